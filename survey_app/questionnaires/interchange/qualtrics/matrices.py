"""Qualtrics' matrices: batteries where their scale points can be a scale, else an item for each row, column or cell."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _

from survey_app.conditions.rules import FieldKind
from survey_app.questionnaires.definition import Bounds, Item, ItemType, Row
from survey_app.questionnaires.detail_parsing import MOST_DECIMALS
from survey_app.questionnaires.interchange.answerables import Answerable
from survey_app.questionnaires.interchange.qualtrics.choices import Outcome, by_recode
from survey_app.questionnaires.interchange.qualtrics.reading import Reading, part_item, tag_of
from survey_app.questionnaires.interchange.qualtrics.survey import Data, mapping, ordered, text
from survey_app.questionnaires.interchange.ratings import Answer, Rated, choice, options, rated, with_scale
from survey_app.questionnaires.item_parsing import LONGEST_LABEL

LONGEST_ROW = 500


def matrix(reading: Reading, question: Data, item: Item) -> Outcome:
    """Read every kind of matrix by its selector."""
    selector, sub = text(question.get("Selector")), text(question.get("SubSelector"))
    if selector == "TE":
        return cells(reading, question, item, ItemType.TEXT)
    if selector == "CS":
        return cells(reading, question, item, ItemType.NUMBER)
    if selector == "MaxDiff":
        return best_and_worst(reading, question, item)
    if selector == "RO":
        return per_row(reading, question, item, ItemType.RANKING)
    if selector == "Profile" or sub == "MultipleAnswer":
        kind = ItemType.MULTIPLE if sub == "MultipleAnswer" else ItemType.SINGLE
        return per_row(reading, question, item, kind)
    return ratings(reading, question, item)


def ratings(reading: Reading, question: Data, item: Item) -> Outcome:
    """Read rows that share one scale."""
    answers = by_recode(question, plain_answers(reading, question, "Answers"))
    found = rated(answers, reading.main)
    if found is None:
        return per_row(reading, question, item, ItemType.SINGLE)
    message = _("Its scale points become the points of a battery, the first the lowest.")
    return [battery(reading, question, item, found)], message


def battery(reading: Reading, question: Data, item: Item, found: Rated) -> Item:
    """Return the rows on their scale, each known to logic."""
    locator, rows = text(question.get("QuestionID")), []
    for row in plain_answers(reading, question, "Choices"):
        code = reading.codes.take(f"{item.code}_{row.native}", "q")
        rows.append(Row(code, {tag: words[:LONGEST_ROW] for tag, words in row.texts.items()}))
        target = Answerable(code, FieldKind.NUMBER, dict(found.points))
        reading.answerables.setdefault(f"{locator}/{row.native}", target)
    return replace(with_scale(item, found), type=ItemType.LIKERT, rows=tuple(rows))


def per_row(reading: Reading, question: Data, item: Item, kind: ItemType) -> Outcome:
    """Read every row as a question of its own."""
    shared = plain_answers(reading, question, "Answers")
    locator, found = text(question.get("QuestionID")), []
    for row in plain_answers(reading, question, "Choices"):
        answers = _own_answers(reading, question, row.native) or shared
        part = replace(part_item(item, reading, row.native, row.texts), type=kind)
        single = kind is ItemType.SINGLE
        converted = choice(part, answers, reading.main) if single else options(part, answers)
        reading.answerable(f"{locator}/{row.native}", converted.item, converted.values)
        found.append(converted.item)
    return found, _("Each of its rows becomes a question of its own.")


def _own_answers(reading: Reading, question: Data, row: str) -> list[Answer]:
    """Return the scale points that only one row of a profile has."""
    points = mapping(mapping(question.get("Answers")).get(row))
    if "Display" in points or not any(isinstance(each, dict) for each in points.values()):
        return []
    return [
        Answer(id_, reading.texts(question, ("Answers", row, id_, "Display"), each.get("Display"), LONGEST_LABEL))
        for id_, each in ordered(points, mapping(question.get("AnswerOrder")).get(row))
    ]


def best_and_worst(reading: Reading, question: Data, item: Item) -> Outcome:
    """MaxDiff: one question for each column, with the rows as options."""
    rows = [replace(each, is_exclusive=False, is_other=False) for each in plain_answers(reading, question, "Choices")]
    found = []
    for column in plain_answers(reading, question, "Answers"):
        part = replace(part_item(item, reading, f"c{column.native}", column.texts), type=ItemType.SINGLE)
        converted = options(part, rows)
        locator = f"{text(question.get('QuestionID'))}/column/{column.native}"
        reading.answerable(locator, converted.item, converted.values)
        found.append(converted.item)
    return found, _("Each of its columns becomes a choice of one among the rows.")


def cells(reading: Reading, question: Data, item: Item, kind: ItemType) -> Outcome:
    """Read every cell as an entry of its own."""
    found, locator = [], text(question.get("QuestionID"))
    columns = plain_answers(reading, question, "Answers") or [Answer("1", {})]
    for row in plain_answers(reading, question, "Choices"):
        of_row = part_item(item, reading, row.native, row.texts)
        for column in columns:
            cell = part_item(of_row, reading, column.native, column.texts)
            if kind is ItemType.NUMBER:
                cell = replace(cell, type=kind, bounds=Bounds(decimals=MOST_DECIMALS))
            else:
                cell = replace(cell, is_short=text(question.get("SubSelector")) != "Essay")
            word = "number" if kind is ItemType.NUMBER else "text"
            reading.answerable(f"{locator}/{word}/{row.native}/{column.native}", cell)
            found.append(cell)
    return found, _("Each of its cells becomes an item of its own.")


def side_by_side(reading: Reading, question: Data, item: Item) -> Outcome:
    """SBS: a matrix for each of its columns."""
    found: list[Item] = []
    for number, each in ordered(question.get("AdditionalQuestions"), None):
        part = dict(each)
        # The parts share the rows; translations of parts stand in the parts.
        part.setdefault("QuestionID", f"{text(question.get('QuestionID'))}#{number}")
        if not mapping(part.get("Choices")):
            part["Choices"] = question.get("Choices")
        part.setdefault("DataExportTag", f"{tag_of(question)}#{number}")
        part["ChoiceOrder"] = question.get("ChoiceOrder")
        own = reading.texts(part, ("QuestionText",), part.get("QuestionText"))
        items, _message = matrix(reading, part, part_item(item, reading, number, own))
        found += items
    return found, _("Each of its columns becomes a question of its own.")


def plain_answers(reading: Reading, question: Data, kind: str) -> list[Answer]:
    """Return choices or answers that stand for nothing but themselves."""
    return [replace(each, is_other=False, is_exclusive=False) for each in reading.answers(question, kind)]
