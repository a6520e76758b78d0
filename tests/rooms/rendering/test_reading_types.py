"""Numbers, days, rankings, sums, contact details: strict, and saying what to do."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from survey_app.questionnaires.definition import Item, ItemType
from survey_app.questionnaires.rendering.days import day_from, order_of
from survey_app.questionnaires.rendering.hidden import hidden_value
from survey_app.questionnaires.rendering.numbers import number_from, number_text
from tests.rooms.rendering.test_reading import DONT_KNOW, SKIPPED, read

OPTIONS = [{"code": code, "text": {"en": code.title()}} for code in ("price", "speed", "care")]
BOTH = "Give an answer or choose “I don't know”, not both."


@pytest.fixture(autouse=True)
def _speaking(speaking_app: Flask) -> Iterator[None]:
    with speaking_app.test_request_context():
        yield


def a_type(kind: str, **more: Any) -> dict[str, Any]:
    return {"code": "it", "type": kind, "text": {"en": "What?"}} | more


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("1.5", "en", "1.5"),
        ("1,5", "en", "1.5"),
        ("1,5", "es", "1.5"),
        ("1.5", "vi", "1.5"),
        ("1,500", "en", "1500"),
        ("1.500", "es", "1500"),
        ("1,500", "es", "1.5"),
        ("1.500", "en", "1.5"),
        ("1.234.567,8", "vi", "1234567.8"),
        ("1,234,567.8", "es", "1234567.8"),
        ("1 234,5", "es", "1234.5"),
        ("1'234.5", "de-CH", "1234.5"),
        ("-3", "en", "-3"),
        ("\u22123", "en", "-3"),
        ("\u0663\u066b\u0665", "ar", "3.5"),
        ("\uff11\uff12", "ja", "12"),
        (" 7 ", "xx", "7"),
        (".5", "en", "0.5"),
        ("1e3", "en", None),
        ("0x1f", "en", None),
        ("five", "en", None),
        ("1.2.3", "en", None),
        ("1,2,3", "en", None),
        ("", "en", None),
        ("--1", "en", None),
        ("9" * 16, "en", None),
        ("NaN", "en", None),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, language: str, number: str | None) -> None:
    assert number_from(text, language) == (Decimal(number) if number else None)


@given(
    value=st.integers(-(10**9), 10**9) | st.decimals(-(10**6), 10**6, places=6).map(float),
    language=st.sampled_from(["en", "vi", "es", "ar", "de-CH", "fr", "hi"]),
)
def test_a_number_in_its_control_is_read_as_itself(value: float, language: str) -> None:
    found = number_from(number_text(value, language), language)
    assert found is not None
    assert float(found) == value


@pytest.mark.parametrize(
    ("sent", "more", "value", "error"),
    [
        (["12"], {}, 12, None),
        (["1.5"], {}, None, "Write a whole number."),
        (["1.5"], {"decimals": 2}, 1.5, None),
        (["1.555"], {"decimals": 2}, None, "Write at most 2 decimal places."),
        (["5"], {"lowest": 18}, None, "Write a number of 18 or more."),
        (["500"], {"highest": 120}, None, "Write a number of 120 or less."),
        (["500"], {"lowest": 18, "highest": 120}, None, "Write a number from 18 to 120."),
        (["many"], {}, None, "Write a number, with digits only."),
        ([""], {"required": True}, None, "Write a number."),
        (["12", "__dk"], {"dont_know": True}, None, BOTH),
    ],
)
def test_a_number_keeps_its_bounds(sent: list[str], more: dict[str, Any], value: Any, error: str | None) -> None:
    reading = read(a_type("number", **more), [("it", each) for each in sent])
    assert (reading.values.get("it"), reading.errors.get("it")) == (value, error)
    assert reading.typed["it"] == sent


@pytest.mark.parametrize("kind", ["number", "date", "ranking", "sum"])
def test_nothing_is_a_skip_and_a_reason_a_reason(kind: str) -> None:
    item = a_type(kind, dont_know=True, **({"options": OPTIONS} if kind in {"ranking", "sum"} else {}))
    assert read(item, []).missing == {"it": SKIPPED}
    assert read(item, [("it", ""), ("it", "__dk")]).missing == {"it": DONT_KNOW}


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("2026-01-31", "en", "2026-01-31"),
        ("31/1/2026", "vi", "2026-01-31"),
        ("31.01.2026", "es", "2026-01-31"),
        ("1/31/2026", "en", "2026-01-31"),
        ("2026/1/31", "ja", "2026-01-31"),
        ("2026年1月31日", "ja", "2026-01-31"),
        ("\u0663\u0661/\u0661/\u0662\u0660\u0662\u0666", "ar", "2026-01-31"),
        ("31/1/26", "vi", None),
        ("29/2/2026", "vi", None),
        ("31/1/2026", "en", None),
        ("yesterday", "en", None),
        ("1/2/3/4", "en", None),
    ],
)
def test_days_are_read_in_the_order_of_the_language(text: str, language: str, day: str | None) -> None:
    found = day_from(text, language)
    assert (found.isoformat() if found else None) == day


def test_every_language_has_an_order_of_days() -> None:
    assert (order_of("en"), order_of("vi"), order_of("hu"), order_of("xx")) == ("mdy", "dmy", "ymd", "mdy")


@pytest.mark.parametrize(
    ("sent", "more", "value", "error"),
    [
        ("2026-01-31", {}, "2026-01-31", None),
        ("32/32/2026", {}, None, "Write a day such as 03/31/2026, with all four digits of the year."),
        ("1999-01-01", {"lowest": "2000-01-01"}, None, "Choose January 1, 2000 or a later day."),
        ("2026-01-01", {"highest": "2000-01-01"}, None, "Choose January 1, 2000 or an earlier day."),
        ("", {"required": True}, None, "Choose a day."),
    ],
)
def test_a_day_keeps_its_bounds(sent: str, more: dict[str, Any], value: str | None, error: str | None) -> None:
    reading = read(a_type("date", **more), [("it", sent)])
    assert (reading.values.get("it"), reading.errors.get("it")) == (value, error)


@pytest.mark.parametrize(
    ("places", "more", "value", "errors"),
    [
        ({"price": "2", "speed": "1", "care": "3"}, {}, ["speed", "price", "care"], {}),
        ({"speed": "1"}, {}, ["speed"], {}),
        ({"speed": "1", "price": "1"}, {}, None, {"it.speed": "“Price” has place 1 too. Give each its own place."}),
        ({"speed": "1", "price": "3"}, {}, None, {"it": "Nothing has place 2 yet. Use 1, 2, 3 and so on."}),
        ({"speed": "4"}, {}, None, {"it.speed": "Choose a place from 1 to 3."}),
        ({"speed": "0"}, {}, None, {"it.speed": "Choose a place from 1 to 3."}),
        ({"speed": "1.5"}, {}, None, {"it.speed": "Choose a place from 1 to 3."}),
        ({"speed": "2"}, {"most": 1}, None, {"it.speed": "Choose a place from 1 to 1."}),
        ({"speed": "1"}, {"fewest": 2}, None, {"it": "Rank at least 2 answers."}),
        ({}, {"required": True}, None, {"it": "Give 1 to your first choice, 2 to the next, and so on."}),
    ],
)
def test_a_ranking_gives_each_place_once(
    places: dict[str, str], more: dict[str, Any], value: Any, errors: dict[str, str]
) -> None:
    sent = [(f"it.{code}", place) for code, place in places.items()]
    reading = read(a_type("ranking", options=OPTIONS, **more), sent)
    assert (reading.values.get("it"), reading.errors) == (value, errors)
    assert {name: typed for name, typed in reading.typed.items() if typed} == {name: [text] for name, text in sent}


@pytest.mark.parametrize(
    ("amounts", "more", "value", "errors"),
    [
        ({"price": "60", "speed": "40"}, {}, {"price": 60, "speed": 40, "care": 0}, {}),
        ({"price": "60", "speed": "30"}, {}, None, {"it": "You have shared 90 of 100. Share the other 10 too."}),
        ({"price": "60", "speed": "50"}, {}, None, {"it": "You have shared 110 of 100. Take 10 away."}),
        ({"price": "-1", "speed": "101"}, {}, None, {"it.price": "Write a whole number of 0 or more."}),
        ({"price": "half"}, {}, None, {"it.price": "Write a whole number of 0 or more."}),
        ({"price": "1,000"}, {"total": 1000}, {"price": 1000, "speed": 0, "care": 0}, {}),
        ({}, {"required": True}, None, {"it": "Share all 100."}),
    ],
)
def test_a_sum_must_make_its_total(
    amounts: dict[str, str], more: dict[str, Any], value: Any, errors: dict[str, str]
) -> None:
    sent = [(f"it.{code}", amount) for code, amount in amounts.items()]
    reading = read(a_type("sum", options=OPTIONS, **more), sent)
    assert (reading.values.get("it"), reading.errors) == (value, errors)


def test_an_amount_beside_a_reason_is_refused() -> None:
    sent = [("it.price", "100"), ("it", "__dk")]
    assert read(a_type("sum", options=OPTIONS, dont_know=True), sent).errors == {"it": BOTH}


CONTACT = a_type("contact", contact_fields=["name", "email", "phone"], consent={"en": "Keep them"})


@pytest.mark.parametrize(
    ("sent", "value", "wrong"),
    [
        ({"name": " Lan  Anh ", "consent": "yes"}, {"name": "Lan Anh", "consent": True}, []),
        ({"email": "lan@example.org"}, {"email": "lan@example.org", "consent": False}, []),
        ({"email": "lan@"}, None, ["it.email"]),
        ({"phone": "call me", "email": "x"}, None, ["it.email", "it.phone"]),
        ({"name": "x" * 301}, None, ["it.name"]),
        ({"consent": "yes"}, None, []),
        ({"name": "Lan", "consent": "on"}, {"name": "Lan", "consent": False}, []),
    ],
)
def test_contact_details_are_checked_as_the_record_checks_them(
    sent: dict[str, str], value: dict[str, Any] | None, wrong: list[str]
) -> None:
    reading = read(CONTACT, [(f"it.{field}", text) for field, text in sent.items()])
    assert (reading.values.get("it"), sorted(reading.errors)) == (value, wrong)


def test_required_contact_details_are_asked_for_one_by_one() -> None:
    errors = read(CONTACT | {"required": True}, [("it.name", "Lan")]).errors
    assert errors == {"it.email": "Write your e-mail address.", "it.phone": "Write your telephone number."}


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        (["price"], {"it": "Choose at least 2 answers."}),
        (["price", "speed", "care"], {"it": "Choose at most 2 answers."}),
        (["price", "speed"], {}),
        (["none"], {}),
        (["price", "__dk"], {"it": BOTH}),
    ],
)
def test_several_options_keep_their_number(sent: list[str], errors: dict[str, str]) -> None:
    options = [*OPTIONS, {"code": "none", "text": {"en": "None"}, "exclusive": True}]
    item = a_type("multiple", options=options, fewest=2, most=2, dont_know=True)
    assert read(item, [("it", each) for each in sent]).errors == errors


@pytest.mark.parametrize(
    ("raw", "value"),
    [(None, None), ("", None), (" gold\n plan\0 ", "gold plan"), (5, 5), (1.5, 1.5), (True, "true"), ("x" * 999, 200)],
)
def test_hidden_values_are_one_short_line_or_a_number(raw: object, value: object) -> None:
    found = hidden_value(Item("it", ItemType.HIDDEN, {}), raw)
    assert (len(str(found)) if isinstance(raw, str) and len(raw) > 200 else found) == value


@given(
    st.lists(st.tuples(st.sampled_from(["it", "it.price", "it.speed", "it.name", "it.email"]), st.text(max_size=20)))
)
def test_whatever_is_sent_there_is_a_value_a_reason_or_an_error(sent: list[tuple[str, str]]) -> None:
    kinds = {"number": {}, "date": {}, "ranking": {"options": OPTIONS}, "sum": {"options": OPTIONS}}
    for item in [CONTACT, *(a_type(kind, **more) for kind, more in kinds.items())]:
        reading = read(item, sent)
        errors = {name.partition(".")[0] for name in reading.errors}
        assert (("it" in reading.values) + ("it" in reading.missing) + ("it" in errors)) == 1
