"""Qualtrics' questions with choices: one, several, in order, sharing a total."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Bounds, Item, ItemType, Option, Scale
from survey_app.questionnaires.detail_parsing import LARGEST_TOTAL, MOST_DECIMALS
from survey_app.questionnaires.document import LONGEST_TEXT
from survey_app.questionnaires.interchange.codes import option_codes
from survey_app.questionnaires.interchange.qualtrics.reading import Reading, part_item, settings_of
from survey_app.questionnaires.interchange.qualtrics.survey import Data, mapping, ordered, sequence, text
from survey_app.questionnaires.interchange.ratings import RECOMMENDATION, Answer, Converted, choice

# What a question becomes: its items, and in words what is different now.
Outcome = tuple[list[Item], str]
MULTIPLE = frozenset({"MAVR", "MAHR", "MACOL", "MSB"})


def multiple_choice(reading: Reading, question: Data, item: Item) -> Outcome:
    """MC: one or several choices, or a recommendation."""
    selector = text(question.get("Selector"))
    if selector == "NPS":
        return recommendation(reading, question, item)
    answers = carried(reading, question) + reading.answers(question)
    if selector in MULTIPLE:
        return [optioned(reading, question, replace(item, type=ItemType.MULTIPLE), answers)], ""
    plain = [replace(each, is_exclusive=False) for each in answers]
    found = choice(item, by_recode(question, plain), reading.main)
    if found.item.type is ItemType.SINGLE:
        single = optioned(reading, question, replace(item, type=ItemType.SINGLE), plain)
        message = _("A dropdown list becomes a choice of one.") if selector in {"DL", "SB"} else ""
        return [single], message
    know(reading, question, found)
    if found.item.type is ItemType.NPS:
        return [found.item], _("It asks for a recommendation on 0 to 10 and becomes an NPS item.")
    return [found.item], _("It asks for satisfaction and becomes a satisfaction scale; its choices are its points.")


def recommendation(reading: Reading, question: Data, item: Item) -> Outcome:
    """Read Qualtrics' own NPS question: choices 0 to 10 with labels at the ends."""
    own = [text(mapping(each).get("Display")) for each in sequence(question.get("ColumnLabels"))]
    labels = {}
    for place, point in enumerate((0, 10)):
        last = place if point == 0 else len(own) - 1
        raw = own[last] if 0 <= last < len(own) else ""
        texts = reading.texts(question, ("ColumnLabels", str(last), "Display"), raw, LONGEST_TEXT // 8)
        if texts:
            labels[point] = texts
    ids = [id_ for id_, _each in ordered(question.get("Choices"), question.get("ChoiceOrder"))]
    values: dict[str, str | int] = dict(zip(ids, RECOMMENDATION, strict=False))
    found = replace(item, type=ItemType.NPS, scale=Scale(0, 10, labels=labels))
    know(reading, question, Converted(found, values))
    return [found], ""


def carried(reading: Reading, question: Data) -> list[Answer]:
    """Return the choices that a question takes from another: all of them, since ours cannot pick by answers."""
    locator = text(mapping(question.get("DynamicChoices")).get("Locator"))
    source_id = locator.removeprefix("q://").split("/")[0]
    source = reading.survey.questions.get(source_id) if locator else None
    kind = "Answers" if source and "Answer" in locator and source.get("Answers") else "Choices"
    found = reading.answers(source, kind) if source and source is not question else []
    return [replace(each, native=f"x{each.native}", is_other=False) for each in found]


def optioned(reading: Reading, question: Data, item: Item, answers: list[Answer]) -> Item:
    """Return an item with options whose codes are the numbers of the data where the file sets them."""
    recodes = _recodes(question)
    codes, values = option_codes(), dict[str, str | int]()
    found = []
    for each in answers:
        code = codes.take(recodes.get(each.native, each.native), "o")
        values.setdefault(each.native, code)
        found.append(Option(code, each.texts, each.is_other, each.is_exclusive, each.is_fixed))
    optioned_item = replace(item, options=tuple(found))
    know(reading, question, Converted(optioned_item, values))
    return optioned_item


def know(reading: Reading, question: Data, found: Converted) -> None:
    """Make a question's choices known to logic, also by the numbers of its data."""
    locator = text(question.get("QuestionID"))
    reading.answerable(locator, found.item, found.values)
    target = reading.answerables.get(locator)
    recodes = _recodes(question) or {native: native for native in found.values}
    if target and target.code == found.item.code:
        numbers = {recodes[native]: value for native, value in found.values.items() if native in recodes}
        reading.answerables.setdefault(f"{locator}/recode", replace(target, values=numbers))


def ranking(reading: Reading, question: Data, item: Item) -> Outcome:
    """RO: choices in order."""
    answers = [replace(each, is_other=False, is_exclusive=False) for each in reading.answers(question)]
    return [optioned(reading, question, replace(item, type=ItemType.RANKING), answers)], ""


def constant_sum(reading: Reading, question: Data, item: Item) -> Outcome:
    """CS: numbers that add up to a total; an item for each where there is none."""
    total = _number(text(settings_of(question).get("ChoiceTotal")))
    answers = [replace(each, is_other=False, is_exclusive=False) for each in reading.answers(question)]
    if total is not None and 1 <= total <= LARGEST_TOTAL:
        return [optioned(reading, question, replace(item, type=ItemType.SUM, total=total), answers)], ""
    found = []
    for each in answers:
        part = part_item(item, reading, each.native, each.texts)
        number = replace(part, type=ItemType.NUMBER, bounds=Bounds(decimals=MOST_DECIMALS))
        reading.answerable(f"{text(question.get('QuestionID'))}/number/{each.native}", number)
        found.append(number)
    return found, _("Its numbers have no total; each becomes an item of its own.")


def by_recode(question: Data, answers: list[Answer]) -> list[Answer]:
    """Return answers in the order of their numbers where these count from 1 without gaps."""
    recodes = {each.native: _number(_recodes(question).get(each.native, "")) for each in answers}
    if sorted(each or 0 for each in recodes.values()) != list(range(1, len(answers) + 1)):
        return answers
    return sorted(answers, key=lambda each: recodes[each.native] or 0)


def _recodes(question: Data) -> dict[str, str]:
    found = question.get("RecodeValues")
    return {str(id_): text(value) for id_, value in found.items() if text(value)} if isinstance(found, dict) else {}


def _number(value: str) -> int | None:
    whole = value.strip().removesuffix(".0")
    return int(whole) if whole.isdecimal() and whole.isascii() and len(whole) < 10 else None  # noqa: PLR2004 - longer is no total
