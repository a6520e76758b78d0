"""LimeSurvey's arrays: batteries where their answers can be points of a scale, else an item for each row or cell."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _

from survey_app.conditions.rules import FieldKind
from survey_app.questionnaires.definition import Bounds, Item, ItemType, Row, Scale
from survey_app.questionnaires.interchange.answerables import Answerable
from survey_app.questionnaires.interchange.limesurvey.choices import Outcome
from survey_app.questionnaires.interchange.limesurvey.entries import ANY_NUMBER, numeric
from survey_app.questionnaires.interchange.limesurvey.reading import Reading, part_of, with_words
from survey_app.questionnaires.interchange.limesurvey.survey import Question
from survey_app.questionnaires.interchange.limesurvey.words import usual_word
from survey_app.questionnaires.interchange.ratings import Answer, Rated, choice, options, rated, with_scale

# Answers that are not in the file, from the lowest point to the highest.
_FIXED = {"C": ("N", "U", "Y"), "E": ("D", "S", "I")}
_POINTS = {"A": 5, "B": 10}


def array(reading: Reading, question: Question, item: Item) -> Outcome:
    """Arrays with one scale, their answers in the file or LimeSurvey's own."""
    if question.type in _POINTS:
        points = {str(point): point for point in range(1, _POINTS[question.type] + 1)}
        items = [battery(reading, question, item, Rated(Scale(1, len(points)), points))]
        return items, _("An array from 1 to %(n)s becomes a battery; name the ends of its scale.", n=len(points))
    if question.type in _FIXED:
        answers = [Answer(each, usual_word(each, reading.tags)) for each in _FIXED[question.type]]
    else:
        answers = reading.answers(question)
    items = rows_of(reading, question, item, answers)
    if items and items[0].type is ItemType.LIKERT:
        return items, _("Its answers become the points of a battery, the first the lowest.")
    return items, _("Its answers are no scale of 3 to 10 points, so each row becomes a choice of its own.")


def dual(reading: Reading, question: Question, item: Item) -> Outcome:
    """Arrays with two scales become two batteries."""
    second = replace(item, code=reading.codes.take(f"{item.code}_b", "q"))
    found = []
    for number, own, header in (("0", item, "dualscale_headerA"), ("1", second, "dualscale_headerB")):
        heading = reading.label(question.attributes.get(header, {}), f"{question.code} {header}")
        answers = reading.answers(question, number)
        named = replace(own, text=with_words(item.text, heading))
        found += rows_of(reading, question, named, answers, f"#{number}")
    return found, _("Its two scales become two batteries.")


def rows_of(reading: Reading, question: Question, item: Item, answers: list[Answer], suffix: str = "") -> list[Item]:
    """Return one battery, or a choice for each row."""
    found = rated(answers, reading.main)
    if found:
        return [battery(reading, question, item, found, suffix)]
    items = []
    for part in question.axis("0"):
        converted = choice(part_of(reading, item, question, part), answers, reading.main)
        reading.answerable(_names(reading, question, part.code, suffix), converted.item, converted.values)
        items.append(converted.item)
    return items


def battery(reading: Reading, question: Question, item: Item, found: Rated, suffix: str = "") -> Item:
    """Return the rows on their scale, each known to conditions."""
    rows = []
    for part in question.axis("0"):
        code = reading.codes.take(f"{item.code}_{part.code}", "q")
        reading.parts.setdefault(part.qid, []).append(code)
        rows.append(Row(code, reading.label(part.texts, f"{question.code} {part.code}")))
        target = Answerable(code, FieldKind.NUMBER, dict(found.points))
        reading.know(_names(reading, question, part.code, suffix), target)
    return replace(with_scale(item, found), type=ItemType.LIKERT, rows=tuple(rows))


def cells(reading: Reading, question: Question, item: Item) -> Outcome:
    """Arrays of texts or numbers: an item for each cell; of ticks: a choice of several for each row."""
    columns = question.axis("1")
    if question.type == ":" and question.attribute("multiflexible_checkbox") == "1":
        return [_ticks(reading, question, item, part) for part in question.axis("0")], _(
            "Each row of ticks becomes a choice of several."
        )
    found = []
    for part in question.axis("0"):
        for column in columns:
            own = part_of(reading, item, question, part, f"_{column.code}")
            reading.parts.setdefault(column.qid, []).append(own.code)
            label = reading.label(column.texts, f"{question.code} {column.code}")
            cell = _cell(reading, question, replace(own, text=with_words(own.text, label)))
            reading.answerable(reading.names(question, f"{part.code}_{column.code}"), cell)
            found.append(cell)
    return found, _("Each of its cells becomes an item of its own.")


def _cell(reading: Reading, question: Question, item: Item) -> Item:
    """Return a number or a text; numbers without bounds or boxes to type in are chosen from 1 to 10."""
    if question.type == ";" and question.attribute("numbers_only") != "1":
        return replace(item, is_short=True)
    found = numeric(reading, question, item)
    is_list = question.type == ":" and question.attribute("input_boxes") != "1"
    return replace(found, bounds=Bounds("1", "10")) if is_list and found.bounds == ANY_NUMBER else found


def _ticks(reading: Reading, question: Question, item: Item, part: Question) -> Item:
    answers = [
        Answer(each.code, reading.label(each.texts, f"{question.code} {each.code}")) for each in question.axis("1")
    ]
    found = options(replace(part_of(reading, item, question, part), type=ItemType.MULTIPLE), answers)
    for native, code in found.values.items():
        target = Answerable(found.item.code, FieldKind.CHOICES, option=str(code))
        reading.know(reading.names(question, f"{part.code}_{native}"), target)
    return found.item


def _names(reading: Reading, question: Question, part: str, suffix: str) -> list[str]:
    """Return how expressions call a row: second scales as `Q_SQ001_1` or `…#1`."""
    if not suffix:
        return reading.names(question, part)
    code, old = reading.names(question, part)
    return [f"{code}_{suffix[1:]}", f"{old}{suffix}"]
