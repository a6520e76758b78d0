"""Reads the one-line condition of the designer: earlier answer, operator, value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from survey_app.conditions.rules import VALUELESS
from survey_app.questionnaires.definition import Item, Questionnaire
from survey_app.questionnaires.routing import ANSWER

Form = MultiDict[str, str]
KEEP = "keep"


def condition_data(form: Form, present: Mapping[str, Any] | None, questionnaire: Questionnaire) -> object:
    """Return the condition that was chosen; `keep` leaves one that the form cannot show as it is."""
    field, op = form.get("condition-field", ""), form.get("condition-op", "")
    if field == KEEP or "condition-field" not in form:
        return present
    if not field:
        return None
    if op in VALUELESS:
        return {"field": field, "op": op}
    return {"field": field, "op": op, "value": _value(form.get("condition-value", ""), op, field, questionnaire)}


def is_simple(tree: Mapping[str, Any] | None) -> bool:
    """Return whether the designer's form can show a condition."""
    return tree is None or ("field" in tree and tree["field"].startswith(ANSWER))


def typed_value(tree: Mapping[str, Any] | None) -> str:
    """Return a condition's value as it is typed."""
    value = (tree or {}).get("value", "")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _value(text: str, op: str, field: str, questionnaire: Questionnaire) -> object:
    item = next((each for each in questionnaire.items if field.removeprefix(ANSWER) in each.measure_codes), None)
    if op == "one_of":
        return [_one(each.strip(), item) for each in text.split(",") if each.strip()]
    return _one(text.strip(), item)


def _one(text: str, item: Item | None) -> object:
    if item is None:
        return text
    if item.scale:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else text  # noqa: PLR2004 - longer than any scale's point
    for option in item.options:
        if text.casefold() in {option.code, *(each.casefold() for each in option.text.values())}:
            return option.code
    return text
