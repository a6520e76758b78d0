"""For any questionnaire and any answers: the way as walked page by page is the way as computed at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from analysis.values import MissingReason
from survey_app.questionnaires.definition import Item, ItemType, Questionnaire
from survey_app.questionnaires.rendering.course import Course, follow, is_asked, known_values
from survey_app.questionnaires.rendering.handlers import HANDLERS
from survey_app.responses.rules import may_go_on
from survey_app.responses.turns import BACK, SEND, Posted, Saved, Turn, take_turn
from tests.factories.generated_questionnaires import answers_to, questionnaires

LANGUAGE = "en"
MOST_STEPS = 40


@pytest.fixture(autouse=True)
def _context(session_app: Flask) -> Any:
    with session_app.test_request_context():
        yield


@st.composite
def asked_and_said(draw: Any) -> tuple[Questionnaire, dict[str, Any]]:
    """Return any questionnaire, and answers to all its required items and some of the others."""
    questionnaire = draw(questionnaires())
    said = draw(answers_to(questionnaire))
    for item in questionnaire.items:
        if item.is_required:
            while not set(item.measure_codes) <= said.keys():
                said |= draw(answers_to(questionnaire))
    return questionnaire, said


def computed(questionnaire: Questionnaire, said: dict[str, Any]) -> Course:
    """Return the way that follows from all answers at once; whatever was not said was skipped."""
    codes = [code for item in questionnaire.items for code in item.measure_codes]
    return follow(questionnaire, said, {code: MissingReason.SKIPPED.value for code in codes if code not in said})


@dataclass
class Walker:
    """Somebody who says the same things however they are asked, page by page."""

    questionnaire: Questionnaire
    said: dict[str, Any]
    saved: Saved = field(default_factory=Saved)
    way: list[int] = field(default_factory=list)
    turn: Turn | None = None

    def walk(self) -> Walker:
        """Go on until nothing is left."""
        hidden = [item.code for item in self.questionnaire.items if item.type is ItemType.HIDDEN]
        self.saved = Saved(answers={code: self.said[code] for code in hidden if code in self.said})
        index: int | None = min(self.course.shown)
        for _step in range(MOST_STEPS):
            if index is None:
                return self
            if not self.way or self.way[-1] != index:
                self.check_back(index)
                self.way.append(index)
            self.turn = self.press(index)
            assert not self.turn.reading.errors
            self.saved, index = self.turn.saved, self.turn.next_index
        raise AssertionError("walked in circles")

    @property
    def course(self) -> Course:
        return follow(self.questionnaire, self.saved.answers, self.saved.missing)

    def press(self, index: int, action: str = "") -> Turn:
        """Fill in what the page shows and press its main button, or another."""
        known = known_values(self.course.values)
        is_last = index == len(self.questionnaire.pages) or not may_go_on(self.questionnaire, index, known)
        form: MultiDict[str, str] = MultiDict()
        for item in self.items_on(index):
            if is_asked(item, known):
                form.update(self.typed(item))
        posted = Posted(index, form, LANGUAGE, action or (SEND if is_last else "next"))
        return take_turn(self.questionnaire, self.saved, posted, {})

    def items_on(self, index: int) -> tuple[Item, ...]:
        pages = self.questionnaire.pages
        return pages[index].items if index < len(pages) else ()

    def typed(self, item: Item) -> dict[str, list[str]]:
        controls: dict[str, list[str]] = {}
        for code in item.measure_codes:
            if code in self.said:
                controls |= HANDLERS[item.type].stand(code, self.said[code], LANGUAGE)
        return controls

    def check_back(self, index: int) -> None:
        """Back leads to the page one came from, and keeps what was said."""
        if self.way:
            turn = self.press(index, BACK)
            assert turn.next_index == self.way[-1]
            assert self.saved.answers.keys() <= turn.saved.answers.keys()


@given(asked_and_said())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_way_as_walked_is_the_way_as_computed(case: tuple[Questionnaire, dict[str, Any]]) -> None:
    questionnaire, said = case
    walker = Walker(questionnaire, said).walk()
    expected = computed(questionnaire, said)
    walked = walker.course
    assert tuple(index for index in walker.way if index < len(questionnaire.pages)) == expected.shown
    assert (walked.values, walked.missing, walked.end) == (expected.values, expected.missing, expected.end)
    # Nothing that was asked is left open, and nothing that routing hides was waited for.
    assert walked.open_page is None


@given(asked_and_said())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_not_asked_is_never_kept_and_always_has_its_reason(case: tuple[Questionnaire, dict[str, Any]]) -> None:
    questionnaire, said = case
    course = computed(questionnaire, said)
    codes = {code for item in questionnaire.items for code in item.measure_codes}
    assert {code for code in course.values if "." not in code} | course.missing.keys() == codes
    asked = {code for index in course.shown for item in questionnaire.pages[index].items for code in item.measure_codes}
    hidden = {item.code for item in questionnaire.items if item.type is ItemType.HIDDEN}
    assert course.values.keys() <= asked | hidden
    # Settling twice changes nothing: what counts leads the same way.
    again = follow(questionnaire, course.values, course.missing)
    assert (again.shown, again.values, again.missing, again.end) == (
        course.shown,
        course.values,
        course.missing,
        course.end,
    )
