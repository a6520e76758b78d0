"""How values are written for people."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from survey_app.accounts.operations import OrganisationDetails, save_organisation
from survey_app.extensions import db, writing
from survey_app.web.filters import day, file_size, instant, number, percent, plain_value
from survey_app.web.forms import clean_text
from survey_app.web.languages import choose_language

LATE = datetime(2026, 3, 31, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ("42.3%", "1,234.50", "Apr 1, 2026", "Apr 1, 2026, 1:30\u202fAM", "2.5 MB")),
        ("es", ("42,3\xa0%", "1.234,50", "1 abr 2026", "1 abr 2026, 1:30", "2,5 MB")),
        ("vi", ("42,3%", "1.234,50", "1 thg 4, 2026", "01:30 1 thg 4, 2026", "2,5 MB")),
    ],
)
def test_values_are_written_as_the_reader_is_used_to(app: Flask, language: str, expected: tuple[str, ...]) -> None:
    with app.test_request_context(), writing():
        details = OrganisationDetails("X", "X", "a@example.org", "a@example.org", "Asia/Ho_Chi_Minh", "vi", 24)
        save_organisation(details)
        db.session.commit()
        choose_language(language)
        found = (percent(0.4231, 1), number(1234.5, 2), day(LATE), instant(LATE), file_size(2_500_000))
    assert found == expected


def test_nothing_is_a_dash_and_nought_is_a_number(app: Flask) -> None:
    with app.test_request_context():
        assert {percent(None), number(None), day(None), instant(None)} == {"–"}  # noqa: RUF001 - the dash itself
        assert (percent(0), number(0), file_size(999)) == ("0%", "0", "999 B")
        assert day(date(2026, 1, 2)) == "Jan 2, 2026"


def test_stored_documents_read_as_a_line() -> None:
    assert plain_value({"before": ["agent"], "after": [], "note": None}) == "before: agent; after: ; note: –"  # noqa: RUF001


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Nguye\u0302\u0303n", "Nguyễn"), ("a\x00b", "ab"), ("a\ud800b", "ab"), ("  x ", "  x "), (7, 7)],
)
def test_text_is_kept_as_typed_but_for_what_no_database_takes(typed: object, kept: object) -> None:
    assert clean_text(typed) == kept
