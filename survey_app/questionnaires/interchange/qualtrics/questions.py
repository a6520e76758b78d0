"""Qualtrics' questions as items: which converter reads which type, and what became of all that a question holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask_babel import gettext as _

from survey_app.questionnaires.definition import WITH_OPTIONS, Item, ItemType
from survey_app.questionnaires.interchange.drafts import DraftItem
from survey_app.questionnaires.interchange.qualtrics import choices, entries, matrices
from survey_app.questionnaires.interchange.qualtrics.choices import Outcome
from survey_app.questionnaires.interchange.qualtrics.demands import enter_demands, with_demands
from survey_app.questionnaires.interchange.qualtrics.orders import enter_order, with_order
from survey_app.questionnaires.interchange.qualtrics.parts import enter_parts
from survey_app.questionnaires.interchange.qualtrics.reading import Reading, native_type, settings_of, tag_of
from survey_app.questionnaires.interchange.qualtrics.survey import Data, is_on, text

Converter = Callable[[Reading, Data, Item], Outcome]
_CONVERTERS: dict[str, Converter] = {
    "MC": choices.multiple_choice,
    "RO": choices.ranking,
    "CS": choices.constant_sum,
    "Matrix": matrices.matrix,
    "SBS": matrices.side_by_side,
    "TE": entries.entry,
    "DB": entries.statement,
    "Slider": entries.slider,
}


def convert(reading: Reading, question: Data) -> list[DraftItem]:
    """Return the items of a question, none where it is lost; everything about it is entered."""
    name, tag = f"{tag_of(question)} ({native_type(question)})", tag_of(question)
    converter = _CONVERTERS.get(text(question.get("QuestionType")))
    items: list[Item] = []
    message = ""
    if converter:
        found, message = converter(reading, question, _base(reading, question))
        items = [with_order(question, with_demands(question, each)) for each in found]
        items = [each for each in items if each.type is not ItemType.LIKERT or each.rows]
    if not items:
        reading.ledger.lost("question", name, _lost(question) if converter is None else _("It has nothing to answer."))
    elif any(each.type in WITH_OPTIONS and not each.options for each in items):
        reading.ledger.changed("question", name, _("It has no answers in the file; add some."))
    elif message:
        reading.ledger.changed("question", name, message)
    else:
        reading.ledger.kept("question", name)
    enter_parts(reading, question, items)
    enter_demands(reading, question, items)
    enter_order(reading, question, items)
    return [DraftItem(each, tag) for each in items]


def _base(reading: Reading, question: Data) -> Item:
    item = Item(
        code=reading.codes.take(tag_of(question), "q"),
        type=ItemType.TEXT,
        text=reading.texts(question, ("QuestionText",), question.get("QuestionText")),
    )
    is_demanded = is_on(settings_of(question).get("ForceResponse"))
    return replace(item, is_required=is_demanded)


def _lost(question: Data) -> str:
    words = {
        "Timing": _("Times on a page are not measured by an item."),
        "Meta": _("Browser and device are not asked."),
        "Captcha": _("Ours has no captcha; each personal link answers once."),
        "FileUpload": _("Files cannot be uploaded."),
        "Draw": _("Signatures cannot be drawn."),
        "HeatMap": _("Places on a picture cannot be marked."),
        "HotSpot": _("Places on a picture cannot be marked."),
        "PGR": _("Choices cannot be put into groups."),
        "DD": _("Lists that depend on each other are not known."),
        "HL": _("Words of a text cannot be marked."),
    }
    return words.get(text(question.get("QuestionType")), _("This type of question is not known."))
