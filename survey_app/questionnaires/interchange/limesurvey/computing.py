"""LimeSurvey's equations: numbers by chance become groups by chance, what conditions can say is said where they ask."""

from __future__ import annotations

import re
from dataclasses import replace

from flask_babel import gettext as _

from survey_app.conditions.rules import FieldKind
from survey_app.questionnaires.definition import RANDOM, Item, ItemType, Option
from survey_app.questionnaires.interchange.answerables import Answerable, UnsayableError
from survey_app.questionnaires.interchange.limesurvey.choices import Outcome
from survey_app.questionnaires.interchange.limesurvey.expressions import (
    Call,
    Constant,
    Expression,
    Variable,
    parsed,
)
from survey_app.questionnaires.interchange.limesurvey.reading import Reading
from survey_app.questionnaires.interchange.limesurvey.survey import Question
from survey_app.questionnaires.interchange.markup import plain_text

EQUATION = "*"
# Questions that nobody sees may hold a number by chance as their default answer.
_HOLDERS = frozenset("SN*")
_WHOLE = re.compile(r"\s*\{([^{}]{1,2000})\}\s*")
_ARGUMENTS = 3
MOST_GROUPS = 100


def groups_of(question: Question) -> range | None:
    """Return the numbers of which a question is given one by chance, or None where it is no such question."""
    if question.type not in _HOLDERS or (question.type != EQUATION and question.attribute("hidden") != "1"):
        return None
    for source in _sources(question):
        numbers = _by_chance(expression_of(source), question.code)
        if numbers is not None:
            return numbers
    return None


def computed_by(question: Question) -> Expression | None:
    """Return what an equation question computes, where it can be read."""
    sources = _sources(question) if question.type == EQUATION else []
    return next((found for found in map(expression_of, sources) if found is not None), None)


def expression_of(text: str) -> Expression | None:
    """Return the one expression that a text holds and nothing beside it, or None."""
    whole = _WHOLE.fullmatch(plain_text(text).text)
    try:
        return parsed(whole[1]) if whole else None
    except UnsayableError:
        return None


def _sources(question: Question) -> list[str]:
    if question.type == EQUATION:
        return [each for each in (question.attribute("equation"), next(iter(question.texts.values()), "")) if each]
    return question.defaults


def _by_chance(found: Expression | None, code: str) -> range | None:
    """Return the numbers of `rand(1, 3)`, also where it is kept once given: `if(is_empty(Q), rand(1, 3), Q)`."""
    if not isinstance(found, Call):
        return None
    if found.name == "if" and len(found.arguments) == _ARGUMENTS:
        when, then, other = found.arguments
        return _by_chance(then, code) if _is_own(other, code) and _asks_whether_empty(when, code) else None
    bounds = [int(each.text) for each in found.arguments if isinstance(each, Constant) and _is_small(each.text)]
    if found.name != "rand" or len(bounds) != len(("lowest", "highest")) or len(bounds) != len(found.arguments):
        return None
    numbers = range(bounds[0], bounds[1] + 1)
    return numbers if 1 < len(numbers) <= MOST_GROUPS and numbers[0] >= 0 else None


def _asks_whether_empty(found: Expression, code: str) -> bool:
    if not isinstance(found, Call) or found.name not in {"is_empty", "empty"}:
        return False
    return len(found.arguments) == 1 and _is_own(found.arguments[0], code)


def _is_own(found: Expression, code: str) -> bool:
    return isinstance(found, Variable) and found.name == code


def _is_small(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 6  # noqa: PLR2004 - longer is no group


def by_chance(reading: Reading, question: Question, item: Item) -> Outcome:
    """Return a number by chance as a hidden value that is one of so many groups."""
    numbers = groups_of(question) or range(0)
    options = tuple(Option(str(number), {reading.main: str(number)}) for number in numbers)
    text = {} if question.type == EQUATION else item.text
    group = replace(item, type=ItemType.HIDDEN, text=text, hint={}, is_required=False, source=RANDOM, options=options)
    values: dict[str, str | int] = {option.code: option.code for option in options}
    reading.know(reading.names(question), Answerable(item.code, FieldKind.CHOICE, values))
    return [group], _("The number by chance becomes one of %(n)s groups by chance.", n=len(numbers))
