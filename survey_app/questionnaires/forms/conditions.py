"""Reads the conditions, jumps and quotas of the designer's forms into their written form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from survey_app.questionnaires.forms.texts import Form, number, texts_data
from survey_app.questionnaires.forms.trees import Group, Known, group_of, read_group, tree_of, unfinished

Data = dict[str, Any]
# What a button named `act` asks for beside saving: the form comes back with one part more or less, and nothing saved.
ACTS = ("add", "group", "remove", "refresh")
MOST_JUMPS = 20


def is_act(form: Form) -> bool:
    """Return whether a form was sent to change its rows, not to be saved."""
    return form.get("act", "").partition(":")[0] in ACTS


def condition_data(form: Form, name: str, present: Mapping[str, Any] | None, known: Known) -> Data | None:
    """Return the condition that was typed under a name; a form without one leaves what is there."""
    if f"{name}-joined" not in form:
        return dict(present) if present else None
    tree = tree_of(read_group(form, name), known)
    # “Never” has no rows to show, so that a form without rows leaves it.
    return dict(present) if tree is None and present == {"any": []} else tree


def faults_of(groups: Mapping[str, Group], known: Known) -> dict[str, str]:
    """Return by name what is still to be chosen in the conditions of a form."""
    return {name: words for name, group in groups.items() if (words := unfinished(group, known))}


def groups_typed(form: Form, trees: Mapping[str, Mapping[str, Any] | None]) -> dict[str, Group]:
    """Return by name the conditions as the form is to show them: as typed, else as they stand."""
    return {
        name: read_group(form, name) if f"{name}-joined" in form else group_of(tree) for name, tree in trees.items()
    }


@dataclass(frozen=True, slots=True)
class PageSheet:
    """What a page's form is filled in for: `known` its condition may compare, `known_after` its jumps."""

    languages: tuple[str, ...]
    known: Known
    known_after: Known


def page_data(form: Form, page: Data, sheet: PageSheet) -> Data:
    """Return a page's own settings that were typed."""
    return {
        "code": form.get("code", page["code"]).strip(),
        "title": texts_data(form, "title", sheet.languages, page.get("title", {})),
        "show_if": condition_data(form, "show_if", page.get("show_if"), sheet.known),
        "shuffle": "shuffle" in form,
        "jumps": jumps_data(form, sheet.known_after) if "jumps" in form else page.get("jumps", []),
    }


def jumps_data(form: Form, known: Known) -> list[Data]:
    """Return the jumps that were typed; the button pressed adds one or removes one."""
    jumps: list[Data] = [
        {"when": condition_data(form, f"{name}-when", None, known), "to": form[f"{name}-to"]}
        for name in jump_names_kept(form)
    ]
    if form.get("act") == "add:jumps":
        jumps.append({"when": None, "to": ""})
    return jumps


def jump_names_kept(form: Form) -> list[str]:
    """Return the names of the jumps in the form, without the one that the button pressed removes."""
    names: list[str] = []
    for place in range(MOST_JUMPS):
        name = f"jumps-{place}"
        if f"{name}-to" not in form:
            break
        if form.get("act") != f"remove:{name}":
            names.append(name)
    return names


def quota_data(form: Form, known: Known) -> Data:
    """Return the quota that was typed."""
    return {
        "code": form.get("code", "").strip(),
        "when": condition_data(form, "when", None, known),
        "limit": number(form.get("limit", "")) if form.get("limit", "").strip() else None,
    }
