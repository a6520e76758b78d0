"""Merge fields: a closed list, in words, and nothing that could do harm."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from survey_app.questionnaires.definition import Item, ItemType, Option, Page, Questionnaire, Scale
from survey_app.questionnaires.piping import (
    LONGEST_VALUE,
    answer_values,
    cleaned,
    customer_values,
    fields_in,
    fill,
    unknown_fields,
)

VALUES = {"customer.name": "Ana Ruiz", "customer.company": "", "answer.nps": "9", "attribute.plan": "Gold"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Dear {customer.name|customer},", "Dear Ana Ruiz,"),
        ("{customer.company|your company}", "your company"),
        ("{customer.company}!", "!"),
        ("{answer.nps|}/10", "9/10"),
        ("{attribute.plan} {attribute.other|—}", "Gold —"),
        ("Keep {this} and {customer.secret|x} and {", "Keep {this} and {customer.secret|x} and {"),
        ("{customer.name|a|b}", "Ana Ruiz"),
        ("{{customer.name}}", "{Ana Ruiz}"),
    ],
)
def test_fields_are_replaced_by_words_or_their_fallback(text: str, filled: str) -> None:
    assert fill(text, VALUES, "en") == filled


def test_numbers_are_written_as_the_language_writes_them() -> None:
    values = {"attribute.spent": 1234.5}
    assert fill("{attribute.spent}", values, "es") == "1.234,5"
    assert fill("{attribute.spent}", values, "en") == "1,234.5"


def test_a_text_names_its_fields_once_in_their_order() -> None:
    text = "{customer.name} {answer.b|x} {customer.name} {nonsense.a}"
    assert fields_in(text) == ("customer.name", "answer.b")


def test_what_looks_like_a_field_and_is_none_is_reported() -> None:
    text = "{customer.nam|you} {Customer.name} {organisation} {name} { } {answer.gone} {} {1,2}"
    assert unknown_fields(text) == ("customer.nam", "Customer.name", "name")
    assert "answer.gone" in unknown_fields(text, {"organisation"})
    assert unknown_fields("{customer.name} and {organisation}") == ()


def test_answers_are_piped_in_words_and_never_as_codes(app: Flask) -> None:
    options = (Option("a1", {"en": "Bread", "es": "Pan"}), Option("oth", {"en": "Other"}, is_other=True))
    items = (
        Item("nps", ItemType.NPS, {"en": "?"}, scale=Scale(0, 10, labels={10: {"en": "Surely"}})),
        Item("ends", ItemType.CES, {"en": "?"}, scale=Scale(1, 2, labels={1: {"en": "Hard"}, 2: {"en": "Easy"}})),
        Item("one", ItemType.SINGLE, {"en": "?"}, options=options),
        Item("many", ItemType.MULTIPLE, {"en": "?"}, options=options),
        Item("rank", ItemType.RANKING, {"en": "?"}, options=options),
        Item("day", ItemType.DATE, {"en": "?"}),
        Item("spent", ItemType.NUMBER, {"en": "?"}, unit={"en": "dong"}),
    )
    whole = Questionnaire({"en": "T"}, ("en", "es"), (Page("p", items),))
    answers = {"nps": 10, "ends": 2, "one": "oth", "one.other": "Cake", "many": ["a1", "oth"], "rank": ["oth", "a1"]}
    answers |= {"day": "2026-01-31", "spent": 1.5, "many.other": "Cake"}
    with app.test_request_context():
        values = answer_values(whole, answers, "en")
    assert values["answer.nps"] == "10"
    assert values["answer.ends"] == "Easy"
    assert values["answer.one"] == "Cake"
    assert values["answer.many"] == "Bread, Cake"
    assert values["answer.rank"] == "1. Other, 2. Bread"
    assert values["answer.day"] == "January 31, 2026"
    assert values["answer.spent"] == "1.5 dong"
    with app.test_request_context():
        assert answer_values(whole, {"one": "a1"}, "es") == {"answer.one": "Pan"}


def test_customers_are_called_by_the_name_their_language_uses() -> None:
    assert customer_values("Ana Ruiz", "Acme")["customer.first_name"] == "Ana"
    assert customer_values("Nguyễn Thị Hoa", language="vi")["customer.first_name"] == "Hoa"
    assert customer_values(None)["customer.name"] == ""


def test_a_value_is_not_filled_again() -> None:
    assert fill("{customer.name}", {"customer.name": "{organisation}", "organisation": "X"}, "en") == "{organisation}"


@given(st.text())
def test_values_are_one_line_of_bearable_length(text: str) -> None:
    plain = cleaned(text)
    assert len(plain) <= LONGEST_VALUE
    assert plain.isprintable() or all(each not in plain for each in "\n\r\t\0\u202e")
    assert cleaned(plain) == plain


@given(st.text(), st.dictionaries(st.sampled_from(["customer.name", "answer.a"]), st.text()))
def test_any_text_can_be_filled(text: str, values: dict[str, object]) -> None:
    fill(text + "{customer.name|x", values, "vi")
    unknown_fields(text)
