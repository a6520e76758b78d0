"""The questions of an XLSForm as items of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import RANDOM as CHANCE
from survey_app.questionnaires.definition import Bounds, Item, ItemType, Scale, Texts
from survey_app.questionnaires.detail_parsing import LONGEST_NUMBER
from survey_app.questionnaires.interchange.ratings import (
    RECOMMENDATION,
    Answer,
    Converted,
    choice,
    options,
    speaks_of_recommending,
    with_scale,
)
from survey_app.questionnaires.interchange.surveyjs.choices import OTHER, USUAL
from survey_app.questionnaires.interchange.surveyjs.scales import numbered
from survey_app.questionnaires.interchange.xlsform.chance import groups_in
from survey_app.questionnaires.interchange.xlsform.columns import Line, only_read
from survey_app.questionnaires.interchange.xlsform.form import Form
from survey_app.questionnaires.interchange.xlsform.types import RowType
from survey_app.questionnaires.item_parsing import LONGEST_LABEL, MOST_OPTIONS

MOST_DECIMALS = 6
RECOMMENDED = ("0", "10", "1")
Read = Callable[[Line, RowType, Form], Converted | None]
_PARAMETER = re.compile(r"([A-Za-z][\w-]*)\s*=\s*([^\s;,]+)")
# Appearances under which a select only shows the labels for the rows below it.
HEADERS = frozenset({"label"})


def question(line: Line, kind: RowType, form: Form) -> Item | None:
    """Return what a row becomes; None where nothing of ours asks it. Either way it is entered."""
    read = _READERS.get(kind.name)
    name, label = line.get("name"), f"{line.get('name') or line.number} ({kind.native})"
    if (kind.choices and HEADERS & set(line.get("appearance").split())) or (kind.name == "text" and only_read(line)):
        read = _header
    elif kind.choices and kind.is_elsewhere:
        read = _typed
    converted = read(line, kind, form) if read else None
    if converted is None:
        is_empty = bool(kind.choices)  # every reader but those of choices and calculations returns an item
        message = _("It has no choices of its own.") if is_empty else _("There is no item of this type here.")
        form.ledger.lost("question", label, message)
        return None
    # Values that stand elsewhere are none that anybody types, so no condition may look at them.
    if name and not kind.is_elsewhere:
        form.answers(name, converted.item, converted.values)
    message = _changes(line, kind, converted.item.type)
    form.ledger.changed("question", label, message) if message else form.ledger.kept("question", label)
    return converted.item


def parameters(line: Line) -> dict[str, str]:
    """Return the parameters of a row by their names."""
    return {name.lower(): value for name, value in _PARAMETER.findall(line.get("parameters")[:1000])}


def _changes(line: Line, kind: RowType, asks_for: ItemType) -> str:
    if kind.choices and HEADERS & set(line.get("appearance").split()):
        return _("It only labels the rows below it, so it is a text without a question.")
    if asks_for is ItemType.STATEMENT and kind.name == "text":
        return _("It is only read there, so it is a text without a question.")
    if kind.is_elsewhere:
        return _("Its options come from elsewhere, so the answer is typed.")
    messages = {
        "range": "" if asks_for is ItemType.NPS else _("A slider is a number to type here."),
        "time": _("It is a short text; that it is a time is not checked."),
        "datetime": _("It is a short text; that it is a day and a time is not checked."),
        "phone": _("It is a short text; that it is a telephone number is not checked."),
        "barcode": _("It is a short text to type."),
        "acknowledge": _("It is a choice with a single option."),
    }
    return messages.get(kind.name, "")


def _item(line: Line, form: Form, kind: ItemType, **parts: Any) -> Item:
    name = line.get("name") or f"q{line.number}"
    text = form.texts(line, "label", name) or form.texts(line, "hint", name) or {form.main: name}
    hint = form.texts(line, "hint", name) if line.texts("label") else {}
    return Item(code=form.codes.take(name, "q"), type=kind, text=text, hint=hint, **parts)


def _plain(kind: ItemType, **parts: Any) -> Read:
    return lambda line, _kind, form: Converted(_item(line, form, kind, **parts), {})


def _text(line: Line, _kind: RowType, form: Form) -> Converted:
    is_long = "multiline" in line.get("appearance").split()
    return Converted(_item(line, form, ItemType.TEXT, is_short=not is_long), {})


def _header(line: Line, _kind: RowType, form: Form) -> Converted:
    return Converted(_item(line, form, ItemType.STATEMENT), {})


def _typed(line: Line, _kind: RowType, form: Form) -> Converted:
    return Converted(_item(line, form, ItemType.TEXT, is_short=True), {})


def _select(line: Line, kind: RowType, form: Form) -> Converted | None:
    answers = _answers(kind, form)
    if not answers:
        return None
    is_one = kind.name == "select_one"
    item = _item(line, form, ItemType.SINGLE if is_one else ItemType.MULTIPLE)
    if parameters(line).get("randomize", "").lower() == "true":
        item = replace(item, is_shuffled=True)
    if is_one and "likert" in line.get("appearance").split():
        return _likert(item, answers, form.main)
    return choice(item, answers, form.main) if is_one else options(item, answers)


def _likert(item: Item, answers: list[Answer], main: str) -> Converted:
    """Return points along a line as a scale where they are numbers, as a choice where they are not."""
    if [each.native for each in answers] == [str(point) for point in RECOMMENDATION]:
        labels = {point: answers[point].texts for point in (0, 10) if answers[point].texts.get(main) != str(point)}
        found = replace(item, type=ItemType.NPS, scale=Scale(0, 10, labels=labels), is_shuffled=False)
        return Converted(found, {str(point): point for point in RECOMMENDATION})
    scale = numbered(answers, main)
    if scale is None:
        return choice(item, answers, main)
    return Converted(replace(with_scale(item, scale), type=ItemType.CSAT, is_shuffled=False), dict(scale.points))


def _calculate(line: Line, _kind: RowType, form: Form) -> Converted | None:
    """Return groups that chance decides; nothing else is calculated from answers while they are given."""
    groups = groups_in(line.get("calculation"))
    if groups is None:
        return None
    named = {each.native: each for each in _listed(f"{line.get('name')}_list", form)}
    answers = [named.get(each, Answer(each, {form.main: each})) for each in groups]
    return options(_item(line, form, ItemType.HIDDEN, source=CHANCE), answers)


def _rank(line: Line, kind: RowType, form: Form) -> Converted | None:
    answers = _answers(kind, form)
    return options(_item(line, form, ItemType.RANKING), answers) if answers else None


def _acknowledge(line: Line, _kind: RowType, form: Form) -> Converted:
    words = {"en": "OK", "vi": "Đồng ý", "es": "De acuerdo"}
    texts = {tag: words[tag] for tag in form.languages if tag in words} or {form.main: "OK"}
    return options(_item(line, form, ItemType.SINGLE), [Answer("OK", texts)])


def _range(line: Line, _kind: RowType, form: Form) -> Converted:
    known = parameters(line)
    ends = [_number(known.get(name, usual)) for name, usual in (("start", "1"), ("end", "10"))]
    step = known.get("step", "1")
    decimals = min(MOST_DECIMALS, len(step.partition(".")[2])) if _number(step) else 0
    low, high = ends if None in ends else sorted(ends, key=lambda each: float(each or 0))
    if (low, high, step) == RECOMMENDED and speaks_of_recommending(form.texts(line, "label", line.get("name"))):
        points = {str(point): point for point in RECOMMENDATION}
        return Converted(_item(line, form, ItemType.NPS, scale=Scale(0, 10)), dict(points))
    return Converted(_item(line, form, ItemType.NUMBER, bounds=Bounds(low, high, decimals)), {})


def _number(text: str) -> str | None:
    return text if re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII) and len(text) <= LONGEST_NUMBER else None


def _answers(kind: RowType, form: Form) -> list[Answer]:
    found = _listed(kind.choices, form)
    if found and kind.has_other:
        words: Texts = {tag: USUAL[OTHER][tag] for tag in form.languages if tag in USUAL[OTHER]}
        found.append(Answer(OTHER, words or {form.main: USUAL[OTHER]["en"]}, is_other=True))
    return found


def _listed(name: str, form: Form) -> list[Answer]:
    return [_answer(line, form) for line in form.choices.get(name, [])[:MOST_OPTIONS]]


def _answer(line: Line, form: Form) -> Answer:
    name = line.get("name")
    texts = form.texts(line, "label", name, LONGEST_LABEL) or {form.main: name or str(line.number)}
    return Answer(name, texts)


_READERS: dict[str, Read] = {
    "text": _text,
    "phone": _plain(ItemType.TEXT, is_short=True),
    "time": _plain(ItemType.TEXT, is_short=True),
    "datetime": _plain(ItemType.TEXT, is_short=True),
    "barcode": _plain(ItemType.TEXT, is_short=True),
    "integer": _plain(ItemType.NUMBER),
    "decimal": _plain(ItemType.NUMBER, bounds=Bounds(decimals=MOST_DECIMALS)),
    "range": _range,
    "date": _plain(ItemType.DATE),
    "note": _plain(ItemType.STATEMENT),
    "hidden": _plain(ItemType.HIDDEN),
    "select_one": _select,
    "select_multiple": _select,
    "rank": _rank,
    "acknowledge": _acknowledge,
    "calculate": _calculate,
}
