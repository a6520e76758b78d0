"""The main navigation: what the viewer may open, in the order of a survey's life."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import current_app, request
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from survey_app.web.access import access_of


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the navigation."""

    label: LazyString
    url: str

    @property
    def is_exact(self) -> bool:
        """Return whether this very page is shown."""
        return request.path == self.url

    @property
    def is_current(self) -> bool:
        """Return whether this page or one below it is shown."""
        return self.is_exact or request.path.startswith(f"{self.url}/")


@dataclass(frozen=True, slots=True)
class Group:
    """Links that belong together, under a title (none for the main ones)."""

    title: LazyString | str
    items: tuple[Entry, ...]


PLAN = (
    Group(
        "",
        (
            Entry(_l("Surveys"), "/surveys"),
            Entry(_l("Campaigns"), "/campaigns"),
            Entry(_l("Customers"), "/customers"),
            Entry(_l("Segments"), "/segments"),
            Entry(_l("Reports"), "/reports"),
            Entry(_l("Responses"), "/responses"),
            Entry(_l("Cases"), "/cases"),
            Entry(_l("Calls"), "/calls"),
        ),
    ),
    Group(
        _l("Administration"),
        (
            Entry(_l("Staff"), "/admin/staff"),
            Entry(_l("Organisation"), "/admin/organisation"),
            Entry(_l("API keys"), "/admin/api-keys"),
            Entry(_l("Alert rules"), "/admin/alerts"),
            Entry(_l("Background work"), "/admin/jobs"),
            Entry(_l("Outbox"), "/admin/outbox"),
            Entry(_l("Suppression list"), "/suppressions"),
            Entry(_l("Audit log"), "/admin/audit"),
        ),
    ),
)


def navigation(may: Callable[[str], bool]) -> Iterator[Group]:
    """Yield the groups with the entries that exist and that the viewer may open."""
    operations = _operations()
    for group in PLAN:
        items = tuple(entry for entry in group.items if may(operations.get(entry.url, "")))
        if items:
            yield Group(group.title, items)


def _operations() -> dict[str, str]:
    """Return the operation behind each page that takes no arguments, by its address."""
    found: dict[str, str] = {}
    for rule in current_app.url_map.iter_rules():
        access = access_of(current_app.view_functions[rule.endpoint])
        if not rule.arguments and "GET" in (rule.methods or ()) and access and access.operation:
            found[rule.rule.rstrip("/") or "/"] = access.operation
    return found
