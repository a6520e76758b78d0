"""What later rooms bring to the CRM record, filled by `create_app`: panels of the customer page, uses of segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from survey_app.customers.models import Customer, Segment

EXTENSION = "survey_app.customers"


@dataclass(frozen=True, slots=True)
class Panel:
    """One part of the customer page: `load` returns what its template shows, `operation` says who may see it."""

    name: str
    order: int
    template: str
    load: Callable[[Customer], Mapping[str, Any]]
    operation: str = "customers.view"


def register_panel(app: Flask, panel: Panel) -> None:
    """Make a panel known; raise ValueError when its name is taken."""
    panels: dict[str, Panel] = app.extensions.setdefault(EXTENSION, {})
    if panel.name in panels:
        message = f"two panels are named {panel.name}"
        raise ValueError(message)
    panels[panel.name] = panel


def panels() -> list[Panel]:
    """Return the panels in the order in which the page shows them."""
    known: dict[str, Panel] = current_app.extensions.get(EXTENSION, {})
    return sorted(known.values(), key=lambda panel: panel.order)


USES = "survey_app.customers.segment_uses"


@dataclass(frozen=True, slots=True)
class Use:
    """Something that a segment decides about, such as a campaign, and its page where it has one."""

    name: str
    address: str = ""


def register_uses(app: Flask, load: Callable[[Segment], list[Use]]) -> None:
    """Make known who can say what uses a segment."""
    app.extensions.setdefault(USES, []).append(load)


def uses_of(segment: Segment) -> list[Use]:
    """Return all that uses a segment."""
    loads: list[Callable[[Segment], list[Use]]] = current_app.extensions.get(USES, [])
    return [use for load in loads for use in load(segment)]
