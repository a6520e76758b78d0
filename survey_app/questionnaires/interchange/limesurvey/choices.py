"""LimeSurvey's questions with answers to choose from, to order, or to comment."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _

from survey_app.conditions.rules import FieldKind
from survey_app.questionnaires.definition import Item, ItemType, Option, Scale
from survey_app.questionnaires.interchange.answerables import Answerable
from survey_app.questionnaires.interchange.limesurvey.reading import OTHER, Reading
from survey_app.questionnaires.interchange.limesurvey.survey import Question
from survey_app.questionnaires.interchange.limesurvey.words import usual_word
from survey_app.questionnaires.interchange.ratings import Answer, Converted, choice, options

# What a question becomes: its items, and in words what is different now.
Outcome = tuple[list[Item], str]


def single(reading: Reading, question: Question, item: Item) -> Outcome:
    """List, dropdown, list with comment."""
    found = choice(item, reading.answers(question), reading.main)
    _know(reading, question, found)
    _know_other(reading, question, found)
    kind = found.item.type
    message = {
        ItemType.NPS: _("It asks for a recommendation on 0 to 10 and becomes an NPS item."),
        ItemType.CSAT: _("It asks for satisfaction and becomes a satisfaction scale; its answers are its points."),
    }.get(kind, "")
    if question.type == "O":
        message = _("The comment becomes an item of its own.")
        return [found.item, comment(reading, question, item)], message
    if question.type == "!" and not message:
        message = _("A dropdown list becomes a choice of one.")
    return [found.item], message


def comment(reading: Reading, question: Question, item: Item) -> Item:
    """Return the item for a question's comment."""
    own = replace(
        item,
        code=reading.codes.take(f"{item.code}_comment", "q"),
        type=ItemType.TEXT,
        text=usual_word("comment", reading.tags),
        hint={},
        is_required=False,
    )
    reading.answerable(reading.names(question, "comment"), own)
    return own


def usual(reading: Reading, question: Question, item: Item) -> Outcome:
    """Yes or no, and gender: the answers are not in the file."""
    natives = {"Y": ("Y", "N"), "G": ("F", "M")}[question.type]
    answers = [Answer(native, usual_word(native, reading.tags)) for native in natives]
    found = options(replace(item, type=ItemType.SINGLE), answers)
    _know(reading, question, found)
    return [found.item], _("LimeSurvey's own answers become options.")


def five_points(reading: Reading, question: Question, item: Item) -> Outcome:
    """One rating from 1 to 5."""
    rating = replace(item, type=ItemType.CSAT, scale=Scale(1, 5))
    reading.answerable(reading.names(question), rating, {str(point): point for point in range(1, 6)})
    return [rating], _("A 5 point choice becomes a satisfaction scale from 1 to 5; name its ends.")


def multiple(reading: Reading, question: Question, item: Item) -> Outcome:
    """Several answers, with or without comments."""
    parts = question.axis("0")
    exclusive = set(question.attribute("exclude_all_others").split(";"))
    answers = [
        Answer(
            each.code, reading.label(each.texts, f"{question.code} {each.code}"), is_exclusive=each.code in exclusive
        )
        for each in parts
    ]
    answers += [reading.other(question)] if question.has_other else []
    found = options(replace(item, type=ItemType.MULTIPLE), answers)
    for native, code in found.values.items():
        ending = "other" if native == OTHER else native
        target = Answerable(item.code, FieldKind.CHOICES, option=str(code))
        reading.know(reading.names(question, ending), target)
    reading.know(reading.names(question), Answerable(item.code, FieldKind.CHOICES, found.values))
    if question.type == "P":
        return [found.item, comment(reading, question, item)], _("The comments on each answer become one item for all.")
    return [found.item], ""


def ranking(reading: Reading, question: Question, item: Item) -> Outcome:
    """Answers to put in order; newer versions keep them as subquestions."""
    parts = question.axis("0")
    answers = reading.answers(question) or [
        Answer(each.code, reading.label(each.texts, f"{question.code} {each.code}")) for each in parts
    ]
    found = options(replace(item, type=ItemType.RANKING), answers)
    reading.know(reading.names(question), Answerable(item.code, FieldKind.CHOICES, found.values))
    return [found.item], ""


def sharing(reading: Reading, question: Question, item: Item) -> Item:
    """Return numbers that must add up to a total as one constant sum."""
    answers = [
        Answer(each.code, reading.label(each.texts, f"{question.code} {each.code}")) for each in question.axis("0")
    ]
    found = options(replace(item, type=ItemType.SUM), answers)
    reading.know(reading.names(question), Answerable(item.code, FieldKind.PRESENCE))
    return found.item


def _know(reading: Reading, question: Question, found: Converted) -> None:
    item = found.item
    kind = FieldKind.CHOICE if item.options else FieldKind.NUMBER
    labels = {option.text[reading.main]: native for native, option in _shown(found) if option.text.get(reading.main)}
    reading.know(reading.names(question), Answerable(item.code, kind, found.values, labels))


def _know_other(reading: Reading, question: Question, found: Converted) -> None:
    """Let conditions ask whether words of one's own were given, which nobody is asked for without choosing "other"."""
    code = found.values.get(OTHER)
    if isinstance(code, str):
        names = reading.names(question, "other")
        reading.families.pop(question.code)
        reading.know(names, Answerable(found.item.code, FieldKind.CHOICE, option=code))


def _shown(found: Converted) -> list[tuple[str, Option]]:
    codes = {str(code): native for native, code in found.values.items()}
    return [(codes[option.code], option) for option in found.item.options if option.code in codes]
