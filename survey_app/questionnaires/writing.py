"""Writes a questionnaire as plain data, leaving out whatever is at its default."""

from __future__ import annotations

from typing import Any

from survey_app.questionnaires.definition import (
    FORMAT,
    FORMAT_VERSION,
    Item,
    ItemType,
    Option,
    Page,
    Questionnaire,
    Row,
    Scale,
)
from survey_app.questionnaires.scales import RULES

NORMAL_LENGTH = 4000


def to_data(questionnaire: Questionnaire) -> dict[str, Any]:
    """Return the written form, ready for JSON or YAML; `parse` reads it back to an equal value."""
    data = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "title": dict(questionnaire.title),
        "languages": list(questionnaire.languages),
        "introduction": dict(questionnaire.introduction),
        "thanks": dict(questionnaire.thanks),
    }
    return _filled(data) | {"pages": [_page(page) for page in questionnaire.pages]}


def _page(page: Page) -> dict[str, Any]:
    head = _filled({"code": page.code, "title": dict(page.title), "show_if": page.show_if})
    return head | {"items": [_item(item) for item in page.items]}


def _item(item: Item) -> dict[str, Any]:
    return _filled(
        {
            "code": item.code,
            "type": item.type.value,
            "text": dict(item.text),
            "hint": dict(item.hint),
            "role": item.role.value if item.role else None,
            "primary": item.is_primary,
            "required": item.is_required,
            "scale": _scale(item.scale, item.type) if item.scale else None,
            "options": [_option(option) for option in item.options],
            "rows": [_row(row) for row in item.rows],
            "not_applicable": item.allows_not_applicable,
            "dont_know": item.allows_dont_know,
            "max_length": item.max_length if item.max_length != NORMAL_LENGTH else None,
            "show_if": item.show_if,
        }
    )


def _scale(scale: Scale, kind: ItemType) -> dict[str, Any]:
    rule = RULES[kind]
    data: dict[str, Any] = {"low": scale.low, "high": scale.high} if rule.has_free_points else {}
    if rule.has_free_direction and not scale.higher_is_better:
        data["higher_is_better"] = False
    # Written even when empty: an absent key would mean the usual labels.
    return data | {"labels": {str(point): dict(texts) for point, texts in scale.labels.items()}}


def _option(option: Option) -> dict[str, Any]:
    words = {"code": option.code, "text": dict(option.text)}
    return _filled(words | {"other": option.is_other, "exclusive": option.is_exclusive})


def _row(row: Row) -> dict[str, Any]:
    return _filled({"code": row.code, "text": dict(row.text), "role": row.role.value if row.role else None})


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, False, {}, [])}
