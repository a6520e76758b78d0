"""One turn of the conversation with a respondent: a posted page, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.values import MissingReason
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.rendering.course import Course, Known, follow, known_values
from survey_app.questionnaires.rendering.pages import read_page
from survey_app.questionnaires.rendering.reading import Form, PageReading, measure_of

BACK = "back"
SEND = "send"
CHANGE_LANGUAGE = "language:"


@dataclass(frozen=True, slots=True)
class Saved:
    """What is kept of a person's answers until they are complete; `typed` is what cannot stand as an answer yet."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted page: which one, in which language, and which button sent it."""

    index: int
    form: Form
    language: str
    action: str

    @property
    def goes_on(self) -> bool:
        """Return whether the person means the page to be done; going back or changing language asks for nothing."""
        return self.action != BACK and not self.action.startswith(CHANGE_LANGUAGE)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a posted page leads to: errors to mend, else answers to keep and the page to show.

    `next_index` is the number of pages where nothing is left but to send, and None where answering ends.
    """

    saved: Saved
    reading: PageReading
    course: Course
    next_index: int | None


def take_turn(questionnaire: Questionnaire, saved: Saved, posted: Posted, others: Known) -> Turn:
    """Return what follows from a posted page; `others` are values that conditions know beside the answers."""
    before = follow(questionnaire, saved.answers, saved.missing, others)
    known = known_values(before.values, others)
    reading = PageReading()
    if posted.index < len(questionnaire.pages):
        page = questionnaire.pages[posted.index]
        reading = read_page(questionnaire, page, posted.form, known, language=posted.language)
    kept = _merged(saved, reading, goes_on=posted.goes_on)
    course = follow(questionnaire, kept.answers, kept.missing, others)
    return Turn(kept, reading, course, _next(questionnaire, course, posted, reading))


def _next(questionnaire: Questionnaire, course: Course, posted: Posted, reading: PageReading) -> int | None:
    here = posted.index
    if posted.action == BACK:
        before = course.before(here)
        return here if before is None else before
    if not posted.goes_on or reading.errors or reading.revealed:
        return here
    after = course.after(here)
    if after is not None:
        return after
    if course.open_page is not None:
        return course.open_page
    # Who is screened out has nothing to send.
    is_over = posted.action == SEND or course.is_screened_out
    return None if is_over else len(questionnaire.pages)


def _merged(saved: Saved, reading: PageReading, *, goes_on: bool) -> Saved:
    """Return what was saved before with this page's answers in place of its earlier ones."""
    gone = reading.typed.keys() | {code for code in saved.answers if measure_of(code) in reading.typed}
    # Who goes back has not skipped anything yet.
    reasons = {
        code: reason
        for code, reason in reading.missing.items()
        if goes_on or reason not in {MissingReason.SKIPPED, MissingReason.NOT_ASKED}
    }
    return Saved(
        answers={code: value for code, value in saved.answers.items() if code not in gone} | reading.values,
        missing={code: reason for code, reason in saved.missing.items() if code not in gone} | reasons,
        typed={name: text for name, text in saved.typed.items() if name not in reading.typed} | _unsettled(reading),
    )


def _unsettled(reading: PageReading) -> dict[str, list[str]]:
    """Return what was typed under the items with errors."""
    wrong = {measure_of(name) for name in reading.errors}
    return {name: text for name, text in reading.typed.items() if text and measure_of(name) in wrong}
