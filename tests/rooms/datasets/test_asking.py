"""Imported answers follow the questionnaire's routing, as far as the file can tell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from survey_app.datasets.asking import as_asked, as_decided_by
from survey_app.datasets.rows import AnswerRow
from survey_app.questionnaires.parsing import parse
from tests.factories.answering import a_page, of_pages
from tests.factories.questionnaires import a_choice, a_comment, an_item

UNHAPPY = {"field": "answer.nps", "op": "at_most", "value": 6}
VIETNAMESE = {"field": "customer.language", "op": "is", "value": "vi"}


def a_row(**answers: Any) -> AnswerRow:
    codes = ("nps", "comment", "usage")
    missing = {code: "skipped" for code in codes if code not in answers}
    return AnswerRow(answers, missing, 1.0, "en", datetime(2026, 3, 2, tzinfo=UTC), None, "1")


def asking(show_if: dict[str, Any], **page: Any) -> Any:
    return parse(
        of_pages(a_page(an_item(), code="a", **page), a_page(a_comment(show_if=show_if), a_choice(), code="b"))
    )


@pytest.mark.parametrize(
    ("row", "answers", "reason"),
    [
        (a_row(nps=9, comment="x"), {"nps": 9}, "not_asked"),
        (a_row(nps=2, comment="x"), {"nps": 2, "comment": "x"}, None),
        (a_row(nps=2), {"nps": 2}, "skipped"),
    ],
)
def test_an_answer_that_routing_hides_is_dropped_with_the_reason(row: AnswerRow, answers: Any, reason: str) -> None:
    asked = as_decided_by(asking(UNHAPPY), ["nps", "comment", "usage"])
    kept = as_asked(row, asked)
    assert (kept.answers, kept.missing.get("comment")) == (answers, reason)


def test_what_the_file_cannot_decide_drops_nothing() -> None:
    row = a_row(nps=9, comment="x")
    assert as_asked(row, as_decided_by(asking(VIETNAMESE), ["nps", "comment", "usage"])) is row
    assert as_asked(row, as_decided_by(asking(UNHAPPY), ["comment", "usage"])) is row


def test_jumps_pass_over_pages_until_one_cannot_be_decided() -> None:
    away = {"when": UNHAPPY, "to": "end"}
    first = asking({"all": []}, jumps=[away])
    codes = ["nps", "comment", "usage"]
    assert as_asked(a_row(nps=2, comment="x"), as_decided_by(first, codes)).answers == {"nps": 2}
    unsure = asking({"all": []}, jumps=[{"when": VIETNAMESE, "to": "b"}, away])
    row = a_row(nps=2, comment="x")
    assert as_asked(row, as_decided_by(unsure, codes)) is row
