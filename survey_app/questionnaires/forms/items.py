"""Reads the item form: what was typed, as the written form of an item, whatever it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from survey_app.questionnaires.definition import RANDOM, WITH_OPTIONS, ContactField, Item, ItemType, Scale
from survey_app.questionnaires.forms.conditions import condition_data
from survey_app.questionnaires.forms.lines import Lines, lines_data
from survey_app.questionnaires.forms.texts import Form, errors_by_control, number, number_or_none, texts_data
from survey_app.questionnaires.forms.trees import Known
from survey_app.questionnaires.forms.variants import variants_data
from survey_app.questionnaires.item_parsing import KEYS, MOST_OPTIONS, MOST_ROWS
from survey_app.questionnaires.scales import RULES
from survey_app.questionnaires.writing import to_line

__all__ = ["Sheet", "errors_by_control", "item_data", "texts_data"]

Data = dict[str, Any]
HIGHEST_POINT = 10
FLAGS = ("primary", "required", "not_applicable", "dont_know", "shuffle", "short")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a form was filled in for: the questionnaire's languages, the one shown, and what conditions may compare."""

    languages: tuple[str, ...]
    language: str
    known: Known


def item_data(form: Form, item: Item, sheet: Sheet) -> Data:
    """Return the item that was typed, in the written form."""
    data: Data = {
        "code": form.get("code", item.code).strip(),
        "type": item.type.value,
        "text": texts_data(form, "text", sheet.languages, item.text),
        "hint": texts_data(form, "hint", sheet.languages, item.hint),
        "role": form.get("role") or None,
        "show_if": condition_data(form, "show_if", item.show_if, sheet.known),
        "variants": variants_data(form, item, sheet.languages, sheet.language),
    }
    data |= {key: key in form for key in FLAGS}
    if item.scale:
        data["scale"] = _scale(form, item.type, item.scale, sheet.languages)
    if item.type in WITH_OPTIONS:
        data["options"] = lines_data(form, Lines("options", item.options, MOST_OPTIONS), sheet)
    if item.type is ItemType.HIDDEN and form.get("source") == RANDOM:
        data["options"] = _groups(form, item, sheet)
    if item.type is ItemType.LIKERT:
        data["rows"] = lines_data(form, Lines("rows", item.rows, MOST_ROWS), sheet)
    data |= _details(form, item, sheet.languages)
    return {key: value for key, value in data.items() if key in KEYS[item.type]}


def _details(form: Form, item: Item, languages: tuple[str, ...]) -> Data:
    """Return what only some types of items have; the caller keeps what this type may have."""
    return {
        "max_length": number(form.get("max_length", str(item.max_length))),
        "fewest": number_or_none(form.get("fewest", "")),
        "most": number_or_none(form.get("most", "")),
        "total": number(form.get("total", str(item.total))),
        "lowest": form.get("lowest", "").strip().replace(",", ".") or None,
        "highest": form.get("highest", "").strip().replace(",", ".") or None,
        "decimals": number(form.get("decimals", "0")),
        "unit": texts_data(form, "unit", languages, item.unit),
        "contact_fields": [each.value for each in ContactField if f"contact-{each.value}" in form],
        "consent": texts_data(form, "consent", languages, item.consent),
        "source": form.get("source") or None,
    }


def _groups(form: Form, item: Item, sheet: Sheet) -> list[Data]:
    """Return the groups of chance: as typed, else as they stand, else two to begin with."""
    typed = lines_data(form, Lines("options", item.options, MOST_OPTIONS), sheet)
    if typed or "options-0-code" in form or "options_text" in form:
        return typed
    begin = [{"code": code, "text": {sheet.languages[0]: code.upper()}} for code in ("a", "b")]
    return [to_line(each) for each in item.options] or begin


def _scale(form: Form, kind: ItemType, scale: Scale, languages: tuple[str, ...]) -> Data:
    rule = RULES[kind]
    low: int | str = rule.low
    high: int | str = rule.high
    data: Data = {}
    if rule.has_free_points:
        low, high = (number(form.get(f"scale-{end}", str(getattr(scale, end)))) for end in ("low", "high"))
        data |= {"low": low, "high": high}
    if rule.has_free_direction:
        data["higher_is_better"] = form.get("scale-direction") != "down"
    if kind is ItemType.CSAT and form.get("scale-look"):
        data["look"] = form["scale-look"]
    labels = {
        point: texts_data(form, f"scale-labels-{point}", languages, scale.labels.get(point, {}))
        for point in range(HIGHEST_POINT + 1)
    }
    if isinstance(low, int) and isinstance(high, int):
        labels = {point: texts for point, texts in labels.items() if low <= point <= high}
    return data | {"labels": {str(point): texts for point, texts in labels.items() if any(texts.values())}}
