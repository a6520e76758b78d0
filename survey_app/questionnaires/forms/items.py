"""Reads the item form: what was typed, as the written form of an item, whatever it is worth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from survey_app.questionnaires.definition import CHOICES, SCALED, Item, ItemType, Questionnaire
from survey_app.questionnaires.findings import Finding
from survey_app.questionnaires.forms.conditions import condition_data
from survey_app.questionnaires.forms.lines import lines_data
from survey_app.questionnaires.item_parsing import KEYS, MOST_OPTIONS, MOST_ROWS
from survey_app.questionnaires.scales import RULES

Form = MultiDict[str, str]
Data = dict[str, Any]
LONGEST_NUMBER = 9
HIGHEST_POINT = 10


def item_data(form: Form, item: Item, questionnaire: Questionnaire) -> Data:
    """Return the item that was typed, in the written form."""
    languages = questionnaire.languages
    data: Data = {
        "code": form.get("code", item.code).strip(),
        "type": item.type.value,
        "text": texts_data(form, "text", languages),
        "hint": texts_data(form, "hint", languages),
        "role": form.get("role") or None,
        "show_if": condition_data(form, item.show_if, questionnaire),
    }
    data |= {key: key in form for key in ("primary", "required", "not_applicable", "dont_know")}
    if item.type in SCALED:
        data["scale"] = _scale(form, item.type, languages)
    if item.type in CHOICES:
        data["options"] = lines_data(form, "options", languages, MOST_OPTIONS)
    if item.type is ItemType.LIKERT:
        data["rows"] = lines_data(form, "rows", languages, MOST_ROWS)
    if item.type is ItemType.TEXT:
        data["max_length"] = number(form.get("max_length", ""))
    return {key: value for key, value in data.items() if key in KEYS[item.type]}


def page_data(form: Form, questionnaire: Questionnaire, code: str, tree: Mapping[str, Any] | None) -> Data:
    """Return a page's own settings that were typed, in the written form."""
    return {
        "code": form.get("code", code).strip(),
        "title": texts_data(form, "title", questionnaire.languages),
        "show_if": condition_data(form, tree, questionnaire),
    }


def texts_data(form: Form, name: str, languages: tuple[str, ...]) -> dict[str, str]:
    """Return a text that was typed in several languages."""
    return {tag: form.get(f"{name}-{tag}", "") for tag in languages}


def number(text: str) -> int | str:
    """Return a whole number, or the text as typed, which the parser will refuse in words."""
    stripped = text.strip()
    is_number = stripped.isascii() and stripped.isdigit() and len(stripped) <= LONGEST_NUMBER
    return int(stripped) if is_number else text


def errors_by_control(findings: tuple[Finding, ...], path: str) -> dict[str, str]:
    """Return findings by the control they belong to; those about something else stand under the empty name."""
    errors: dict[str, str] = {}
    for finding in findings:
        name = control_name(finding.path.removeprefix(path).lstrip(".")) if finding.path.startswith(path) else ""
        errors[name] = " ".join(each for each in (errors.get(name), finding.message) if each)
    return errors


def control_name(path: str) -> str:
    """Return the control that a path names: `options[2].text.en` is `options-1-text-en`."""
    return re.sub(r"\[(\d+)\]", lambda found: f"-{int(found[1]) - 1}", path).replace(".", "-")


def _scale(form: Form, kind: ItemType, languages: tuple[str, ...]) -> Data:
    rule = RULES[kind]
    low: int | str = rule.low
    high: int | str = rule.high
    data: Data = {}
    if rule.has_free_points:
        data["low"], data["high"] = low, high = number(form.get("scale-low", "")), number(form.get("scale-high", ""))
    if rule.has_free_direction:
        data["higher_is_better"] = form.get("scale-direction") != "down"
    labels = {point: texts_data(form, f"scale-labels-{point}", languages) for point in range(HIGHEST_POINT + 1)}
    if isinstance(low, int) and isinstance(high, int):
        labels = {point: texts for point, texts in labels.items() if low <= point <= high}
    return data | {"labels": {str(point): texts for point, texts in labels.items() if any(texts.values())}}
