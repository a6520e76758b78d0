"""What each item type makes of what was posted: a value, a reason for its absence, or an error in words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.parsing import parse
from survey_app.questionnaires.rendering.pages import read_page
from survey_app.questionnaires.rendering.reading import PageReading
from tests.factories.answering import a_page, of_pages
from tests.factories.questionnaires import a_battery, a_choice, a_comment, an_item

NOT_ASKED, SKIPPED, NOT_APPLICABLE, DONT_KNOW = "not_asked", "skipped", "not_applicable", "dont_know"
OPTIONS = [
    {"code": "price", "text": {"en": "Price"}},
    {"code": "other", "text": {"en": "Something else"}, "other": True},
    {"code": "none", "text": {"en": "Nothing"}, "exclusive": True},
]


@pytest.fixture(autouse=True)
def _speaking(speaking_app: Flask) -> Iterator[None]:
    """Messages speak the language of a request."""
    with speaking_app.test_request_context():
        yield


def asking(*items: dict[str, Any]) -> Questionnaire:
    """Return a questionnaire of one page; the item with the outcome is added where a test does not care."""
    outcome = [] if any(item.get("primary") for item in items) else [an_item(code="outcome_")]
    return parse(
        of_pages(a_page(*outcome, code="before") if outcome else a_page(*items), *([a_page(*items)] if outcome else []))
    )


def read(item: dict[str, Any], posted: list[tuple[str, str]], **known: object) -> PageReading:
    """Return what a posted page of one item says."""
    questionnaire = asking(item)
    return read_page(questionnaire, questionnaire.pages[-1], MultiDict(posted), known, language="en")


@pytest.mark.parametrize(
    ("sent", "required", "value", "reason", "error"),
    [
        (["0"], False, 0, None, None),
        (["10"], True, 10, None, None),
        ([], False, None, SKIPPED, None),
        ([], True, None, None, "Choose a number from 0 to 10."),
        (["11"], False, None, None, "Choose a number from 0 to 10."),
        (["-1"], False, None, None, "Choose a number from 0 to 10."),
        (["7.0"], False, None, None, "Choose a number from 0 to 10."),
        (["07"], False, None, None, "Choose a number from 0 to 10."),
        (["\u0667"], False, None, None, "Choose a number from 0 to 10."),
        (["7", "8"], False, None, None, "Choose a number from 0 to 10."),
        (["7", "7"], False, 7, None, None),
        (["__na"], True, None, NOT_APPLICABLE, None),
        (["__dk"], True, None, DONT_KNOW, None),
        (["__na", "3"], True, None, None, "Choose a number from 0 to 10."),
    ],
)
def test_a_score_is_a_point_of_its_scale(
    sent: list[str], required: bool, value: int | None, reason: str | None, error: str | None
) -> None:
    item = an_item(required=required, not_applicable=True, dont_know=True)
    reading = read(item, [("nps", each) for each in sent])
    assert (reading.values.get("nps"), reading.missing.get("nps"), reading.errors.get("nps")) == (value, reason, error)


@pytest.mark.parametrize("special", ["__na", "__dk"])
def test_a_reason_that_is_not_offered_is_refused(special: str) -> None:
    assert read(an_item(), [("nps", special)]).errors == {"nps": "Choose a number from 0 to 10."}


def test_a_battery_is_read_row_by_row() -> None:
    reading = read(a_battery(required=True), [("delivery", "4")])
    assert reading.values == {"delivery": 4}
    assert reading.errors == {"support": "Choose an answer for “Support”."}


@pytest.mark.parametrize(
    ("posted", "values", "reason", "errors"),
    [
        ([("usage", "price")], {"usage": "price"}, None, {}),
        ([], {}, SKIPPED, {}),
        ([("usage", "nonsense")], {}, None, {"usage": "Choose from the answers listed."}),
        ([("usage", "price"), ("usage", "none")], {}, None, {"usage": "Choose one of the answers listed."}),
        ([("usage", "other"), ("usage.other", "Hue")], {"usage": "other", "usage.other": "Hue"}, None, {}),
        ([("usage", "other")], {}, None, {"usage.other": "Write what you mean by “Something else”."}),
        ([("usage", "price"), ("usage.other", "left over")], {"usage": "price"}, None, {}),
        ([("usage", "__dk")], {}, DONT_KNOW, {}),
    ],
)
def test_one_option_is_chosen(
    posted: list[tuple[str, str]], values: dict[str, Any], reason: str | None, errors: dict[str, str]
) -> None:
    reading = read(a_choice(options=OPTIONS, dont_know=True), posted)
    assert (reading.values, reading.missing.get("usage"), reading.errors) == (values, reason, errors)


@pytest.mark.parametrize(
    ("sent", "values", "errors"),
    [
        (["price"], {"usage": ["price"]}, {}),
        (["none"], {"usage": ["none"]}, {}),
        (["price", "price"], {"usage": ["price"]}, {}),
        (["price", "none"], {}, {"usage": "Choose either “Nothing” or the other answers, not both."}),
        (["price", "nonsense"], {}, {"usage": "Choose from the answers listed."}),
        ([], {}, {"usage": "Choose an answer."}),
    ],
)
def test_several_options_are_chosen_and_an_exclusive_one_stands_alone(
    sent: list[str], values: dict[str, Any], errors: dict[str, str]
) -> None:
    reading = read(a_choice(type="multiple", options=OPTIONS, required=True), [("usage", each) for each in sent])
    assert (reading.values, reading.errors) == (values, errors)


def test_text_is_refused_or_kept_whole() -> None:
    item = a_comment(max_length=5)
    assert read(item, [("comment", "12345")]).values == {"comment": "12345"}
    refused = read(item, [("comment", "123456")])
    assert refused.errors == {"comment": "Your answer has 6 characters; shorten it to 5 or fewer."}
    assert refused.typed == {"comment": ["123456"]}
    assert read(item, [("comment", " \n")]).missing == {"comment": SKIPPED}


def test_an_item_whose_condition_fails_is_not_asked_and_its_stale_answer_dropped() -> None:
    item = a_comment(show_if={"field": "answer.outcome_", "op": "at_most", "value": 6})
    reading = read(item, [("comment", "stale")], **{"answer.outcome_": 9})
    assert (reading.values, reading.missing) == ({}, {"comment": NOT_ASKED})
    assert read(item, [("comment", "why")], **{"answer.outcome_": 2}).values == {"comment": "why"}


def test_an_item_that_the_same_page_calls_for_is_revealed_first() -> None:
    questionnaire = asking(an_item(), a_comment(show_if={"field": "answer.nps", "op": "at_most", "value": 6}))
    page = questionnaire.pages[0]
    first = read_page(questionnaire, page, MultiDict({"nps": "2"}), {})
    assert (first.values, first.missing, first.revealed) == ({"nps": 2}, {}, ["comment"])
    again = read_page(questionnaire, page, MultiDict({"nps": "2", "comment": ""}), {"answer.nps": 2})
    assert (again.missing, again.revealed) == ({"comment": SKIPPED}, [])
    happy = read_page(questionnaire, page, MultiDict({"nps": "9", "comment": "stale"}), {"answer.nps": 2})
    assert (happy.values, happy.missing) == ({"nps": 9}, {"comment": NOT_ASKED})


def everything() -> Questionnaire:
    """Return one page with every item type."""
    return asking(
        an_item(not_applicable=True),
        a_battery(dont_know=True),
        a_choice(options=OPTIONS),
        a_choice(code="several", type="multiple", options=OPTIONS, required=True),
        a_comment(),
        {"code": "note", "type": "statement", "text": {"en": "Thank you so far"}},
    )


NAMES = ["nps", "delivery", "support", "usage", "usage.other", "several", "several.other", "comment", "note", "other"]
WORDS = st.one_of(st.sampled_from(["0", "5", "10", "__na", "__dk", "price", "other", "none", ""]), st.text())


@given(st.lists(st.tuples(st.sampled_from(NAMES), WORDS)))
def test_whatever_is_posted_every_measure_has_a_value_a_reason_or_an_error(posted: list[tuple[str, str]]) -> None:
    questionnaire = everything()
    page = questionnaire.pages[0]
    reading = read_page(questionnaire, page, MultiDict(posted), {})
    for code in (code for item in page.items for code in item.measure_codes):
        wrong = code in reading.errors or f"{code}.other" in reading.errors
        assert [code in reading.values, code in reading.missing, wrong].count(True) == 1


@given(st.text(min_size=1))
def test_text_is_stored_as_typed(typed: str) -> None:
    expected = unicodedata.normalize("NFC", typed.replace("\x00", "").replace("\r\n", "\n"))
    stored = read(a_comment(), [("comment", typed)]).values.get("comment")
    assert stored == (expected if expected.strip() else None)


def test_halves_of_surrogate_pairs_are_left_out() -> None:
    assert read(a_comment(), [("comment", "a\ud83d\x00b")]).values == {"comment": "ab"}


def test_decomposed_letters_are_stored_composed() -> None:
    assert read(a_comment(), [("comment", unicodedata.normalize("NFD", "Nguyễn"))]).values == {"comment": "Nguyễn"}
