"""The way through a questionnaire."""

from __future__ import annotations

from typing import Any

import pytest

from survey_app.questionnaires.parsing import parse
from survey_app.questionnaires.rendering.course import follow
from tests.factories.answering import a_page, of_pages
from tests.factories.questionnaires import a_choice, a_comment, an_item

UNHAPPY = {"field": "answer.nps", "op": "at_most", "value": 6}
TOLD = {"field": "answer.comment", "op": "is_known"}
QUESTIONNAIRE = parse(
    of_pages(
        a_page(an_item(), code="score"),
        a_page(a_comment(), code="why", show_if=UNHAPPY),
        a_page(a_choice(show_if=TOLD), {"code": "note", "type": "statement", "text": {"en": "Bye"}}, code="last"),
    )
)


@pytest.mark.parametrize(
    ("answers", "missing", "shown", "open_page"),
    [
        ({}, {}, (0, 2), 0),
        ({"nps": 9}, {}, (0, 2), None),
        ({"nps": 6}, {}, (0, 1, 2), 1),
        ({"nps": 6}, {"comment": "skipped"}, (0, 1, 2), None),
        ({"nps": 6}, {"comment": "not_asked"}, (0, 1, 2), 1),
        ({"nps": 6, "comment": "slow"}, {}, (0, 1, 2), 2),
        ({}, {"nps": "dont_know"}, (0, 2), None),
    ],
)
def test_pages_are_asked_as_their_conditions_say(
    answers: dict[str, Any], missing: dict[str, str], shown: tuple[int, ...], open_page: int | None
) -> None:
    course = follow(QUESTIONNAIRE, answers, missing)
    assert (course.shown, course.open_page) == (shown, open_page)


def test_an_answer_to_a_page_no_longer_asked_is_dropped_with_what_followed_from_it() -> None:
    course = follow(QUESTIONNAIRE, {"nps": 9, "comment": "slow", "usage": "daily"}, {})
    assert course.values == {"nps": 9}
    assert course.missing == {"comment": "not_asked", "usage": "not_asked"}


def test_before_and_after_skip_what_is_not_asked() -> None:
    course = follow(QUESTIONNAIRE, {"nps": 9}, {})
    assert (course.after(0), course.before(2), course.before(0), course.after(2)) == (2, 0, None, None)
