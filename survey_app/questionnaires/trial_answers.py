"""Which answers that a preview's page carries can be answers of this questionnaire; the page is anybody's to change."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from survey_app.questionnaires.definition import ItemType, Questionnaire

OWN = ".other"


def read_state(text: str) -> dict[str, Any]:
    """Return what a page carried; nothing where that is no object, or holds what no page could say."""
    try:
        data = json.loads(text)
        json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def fitting_answers(questionnaire: Questionnaire, answers: Any) -> dict[str, Any]:
    """Return those answers that an item of this questionnaire can have, by measure."""
    if not isinstance(answers, dict):
        return {}
    types = {code: item.type for item in questionnaire.items for code in item.measure_codes}
    return {name: value for name, value in answers.items() if _fits(types, name, value)}


def fitting_reasons(reasons: Any) -> dict[str, str]:
    """Return the reasons why answers are missing, without what is none."""
    found = reasons if isinstance(reasons, dict) else {}
    return {name: reason for name, reason in found.items() if isinstance(reason, str)}


def _fits(types: Mapping[str, ItemType], name: str, value: object) -> bool:
    if name.endswith(OWN):
        return _is_text(value)
    return name in types and SHAPES.get(types[name], _is_text)(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _is_point(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_shared(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_number, value.values()))


def _is_details(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str | bool) for each in value.values())


def _is_known(value: object) -> bool:
    return _is_text(value) or _is_number(value) or isinstance(value, bool)


SHAPES: Mapping[ItemType, Callable[[object], bool]] = {
    ItemType.NPS: _is_point,
    ItemType.CSAT: _is_point,
    ItemType.CES: _is_point,
    ItemType.LIKERT: _is_point,
    ItemType.MULTIPLE: _is_list,
    ItemType.RANKING: _is_list,
    ItemType.SUM: _is_shared,
    ItemType.NUMBER: _is_number,
    ItemType.CONTACT: _is_details,
    ItemType.HIDDEN: _is_known,
}
