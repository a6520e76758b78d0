"""Writes a questionnaire as plain data, leaving out whatever is at its default."""

from __future__ import annotations

from typing import Any

from survey_app.questionnaires.definition import (
    FORMAT,
    FORMAT_VERSION,
    Item,
    ItemType,
    Look,
    Option,
    Page,
    Questionnaire,
    Row,
    Scale,
    Variant,
)
from survey_app.questionnaires.scales import RULES

NORMAL_LENGTH = 4000
NORMAL_TOTAL = 100


def to_data(questionnaire: Questionnaire) -> dict[str, Any]:
    """Return the written form, ready for JSON or YAML; `parse` reads it back to an equal value."""
    data = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "title": dict(questionnaire.title),
        "languages": list(questionnaire.languages),
        "introduction": dict(questionnaire.introduction),
        "thanks": dict(questionnaire.thanks),
        "screened_out": dict(questionnaire.screened_out),
        "quota_full": dict(questionnaire.quota_full),
        "interface": {key: dict(texts) for key, texts in questionnaire.interface.items()},
        "quotas": [{"code": each.code, "when": each.when, "limit": each.limit} for each in questionnaire.quotas],
    }
    return _filled(data) | {"pages": [_page(page) for page in questionnaire.pages]}


def _page(page: Page) -> dict[str, Any]:
    head = _filled({"code": page.code, "title": dict(page.title), "show_if": page.show_if, "shuffle": page.is_shuffled})
    jumps = [_filled({"when": jump.when, "to": jump.to}) for jump in page.jumps]
    return head | {"items": [_item(item) for item in page.items]} | _filled({"jumps": jumps})


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
            **_details(item),
        }
    )


def _details(item: Item) -> dict[str, Any]:
    """Return what only some types of items have; defaults are left out by the caller."""
    return {
        "short": item.is_short,
        "shuffle": item.is_shuffled,
        "fewest": item.fewest,
        "most": item.most,
        "total": item.total if item.total != NORMAL_TOTAL else None,
        "lowest": item.bounds.lowest,
        "highest": item.bounds.highest,
        "decimals": item.bounds.decimals or None,
        "unit": dict(item.unit),
        "contact_fields": [each.value for each in item.contact_fields],
        "consent": dict(item.consent),
        "source": item.source,
        "variants": [to_variant(each) for each in item.variants],
    }


def to_variant(variant: Variant) -> dict[str, Any]:
    """Return the written form of one variant."""
    words = {"code": variant.code, "text": dict(variant.text), "hint": dict(variant.hint)}
    return _filled(words | {"reversed": variant.is_reversed})


def _scale(scale: Scale, kind: ItemType) -> dict[str, Any]:
    rule = RULES[kind]
    data: dict[str, Any] = {"low": scale.low, "high": scale.high} if rule.has_free_points else {}
    if rule.has_free_direction and not scale.higher_is_better:
        data["higher_is_better"] = False
    if scale.look is not Look.NUMBERS:
        data["look"] = scale.look.value
    # Written even when empty: an absent key would mean the usual labels.
    return data | {"labels": {str(point): dict(texts) for point, texts in scale.labels.items()}}


def to_line(line: Option | Row) -> dict[str, Any]:
    """Return the written form of one option or one row."""
    return _option(line) if isinstance(line, Option) else _row(line)


def _option(option: Option) -> dict[str, Any]:
    words = {"code": option.code, "text": dict(option.text)}
    return _filled(words | {"other": option.is_other, "exclusive": option.is_exclusive, "fixed": option.is_fixed})


def _row(row: Row) -> dict[str, Any]:
    return _filled({"code": row.code, "text": dict(row.text), "role": row.role.value if row.role else None})


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, False, {}, [])}
