"""Who may answer, who is held back, which language, what braces mean: the rules by themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.campaigns.mail.merging import FIELDS, Recipient, merged, unknown_fields
from survey_app.campaigns.mail.texts import PARTS, default_texts, parts_in
from survey_app.campaigns.rules import Candidate, accepts_answers, hold_reason, language_for, may_be_done

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
AN = Recipient(name="Nguyễn Văn An", organisation="Lotus Air", language="vi", company="Hoa Sen")


@dataclass(frozen=True)
class Fielding:
    mode: str = "mail"
    state: str = "open"
    opens_at: datetime | None = None
    closes_at: datetime | None = None


@pytest.mark.parametrize(
    ("campaign", "is_test", "expected"),
    [
        (Fielding(), False, None),
        (Fielding(state="draft"), False, "not-open"),
        (Fielding(state="draft"), True, None),
        (Fielding(opens_at=LATER), False, "not-open"),
        (Fielding(opens_at=EARLIER), False, None),
        (Fielding(state="paused"), False, None),
        (Fielding(state="paused", mode="public"), False, "paused"),
        (Fielding(state="closed"), False, "closed"),
        (Fielding(state="closed"), True, "closed"),
        (Fielding(closes_at=EARLIER), False, "closed"),
        (Fielding(closes_at=NOW), False, "closed"),
        (Fielding(closes_at=LATER), False, None),
        (Fielding(state="draft", closes_at=EARLIER), False, "closed"),
    ],
)
def test_a_campaign_takes_answers_while_it_is_open(campaign: Fielding, is_test: bool, expected: str | None) -> None:
    assert accepts_answers(campaign, NOW, is_test=is_test) == expected


GOOD = Candidate(address="an@example.org", is_valid=True, has_consent=True, suppression=None, is_taken=False)


@pytest.mark.parametrize(
    ("candidate", "expected"),
    [
        (GOOD, None),
        (replace(GOOD, address=None, is_valid=False), "no-address"),
        (replace(GOOD, address="", is_valid=False), "no-address"),
        (replace(GOOD, is_valid=False), "invalid-address"),
        (replace(GOOD, suppression="unsubscribed"), "opted-out"),
        (replace(GOOD, suppression="bounced"), "suppressed"),
        (replace(GOOD, suppression="complained"), "suppressed"),
        (replace(GOOD, suppression="manual"), "suppressed"),
        (replace(GOOD, has_consent=False), "no-consent"),
        (replace(GOOD, is_taken=True), "duplicate-address"),
        (replace(GOOD, suppression="unsubscribed", has_consent=False, is_taken=True), "opted-out"),
        (replace(GOOD, has_consent=False, is_taken=True), "no-consent"),
    ],
)
def test_the_first_reason_that_holds_is_the_one_told(candidate: Candidate, expected: str | None) -> None:
    assert hold_reason(candidate) == expected


@pytest.mark.parametrize(
    ("wanted", "default", "expected"),
    [
        ("vi", "en", "vi"),
        ("es-MX", "en", "es"),
        ("fr", "en", "en"),
        ("fr", "de", "vi"),
        (None, "es", "es"),
        ("", "de", "vi"),
    ],
)
def test_the_customers_language_counts_then_the_organisations(wanted: str | None, default: str, expected: str) -> None:
    assert language_for(wanted, ("vi", "en", "es"), default) == expected


def test_imported_campaigns_are_neither_sent_nor_closed() -> None:
    assert not any(
        may_be_done(step, state=state, mode="imported")
        for step in ("send", "close", "pause", "edit")
        for state in ("draft", "open", "paused", "closed")
    )


def test_a_public_link_reminds_nobody() -> None:
    assert may_be_done("remind", state="open", mode="mail")
    assert not may_be_done("remind", state="open", mode="public")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi {first_name}, {name} of {company} and {organisation}", "Hi An, Nguyễn Văn An of Hoa Sen and Lotus Air"),
        ("{ name }", "{ name }"),
        ("{{name}}", "{Nguyễn Văn An}"),
        ("{0.__class__} {name.__class__} {name!r} {name:>10}", "{0.__class__} {name.__class__} {name!r} {name:>10}"),
        ("{{7*7}} {% if 1 %} ${7*7} %s %(name)s #{7*7}", "{{7*7}} {% if 1 %} ${7*7} %s %(name)s #{7*7}"),
        ("{ } } { {name", "{ } } { {name"),
        ("{recipient} {language}", "{recipient} {language}"),
    ],
)
def test_only_listed_fields_are_replaced(text: str, expected: str) -> None:
    assert merged(text, AN) == expected


def test_what_is_put_in_is_not_searched_again() -> None:
    tricky = Recipient(name="{organisation} {name}", organisation="{name}", language="en")
    assert merged("{name}", tricky) == "{organisation} {name}"


@given(st.text())
def test_any_text_without_a_listed_field_stays_as_it_is(text: str) -> None:
    if not any(f"{{{name}}}" in text for name in FIELDS):
        assert merged(text, AN) == text


@pytest.mark.parametrize(
    ("name", "language", "expected"),
    [
        ("Nguyễn Văn An", "vi", "An"),
        ("Lucía García Pérez", "es", "Lucía"),
        ("Kim", "en", "Kim"),
        ("", "en", ""),
    ],
)
def test_a_given_name_stands_where_the_language_puts_it(name: str, language: str, expected: str) -> None:
    assert Recipient(name=name, organisation="", language=language).first_name == expected


def test_names_in_braces_that_are_no_fields_are_found_once() -> None:
    assert unknown_fields(["{frist_name} {name}", "{frist_name} {7*7} { x }", "{Company}"]) == ("frist_name", "Company")


def test_every_part_has_default_words_in_every_language() -> None:
    for language in ("en", "vi", "es"):
        parts = parts_in({}, language)
        assert set(parts) == set(PARTS)
        assert all(0 < len(parts[part]) <= PARTS[part] for part in PARTS)
        assert unknown_fields(parts.values()) == ()
    assert default_texts(["fr"])["fr"] == parts_in({}, "en")
