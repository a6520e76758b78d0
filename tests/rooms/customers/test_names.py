"""Names and addresses as people write them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.customers.rules import clean_text, fold


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("nguyen", "Nguyễn Thị Ánh"),
        ("dang", "Đặng Văn Đức"),
        ("duc", unicodedata.normalize("NFD", "Đức")),
        ("NGUYỄN", "nguyễn"),
        ("obrien", "O\u2019Brien"),
        ("o'brien", "O\u00b4Brien"),
        ("strasse", "Straße"),
        ("istanbul", "İstanbul"),
        ("soren", "Søren"),
        ("lodz", "Łódź"),
        ("jose", "José"),
        ("null", "Null"),
        ("tanaka", "\uff34\uff21\uff2e\uff21\uff2b\uff21"),
        ("田中", "田中 太郎"),
        ("محمد", "مُحَمَّد"),
    ],
)
def test_a_name_is_found_as_people_type_it(typed: str, written: str) -> None:
    assert fold(typed) in fold(written)


@given(st.text())
def test_both_unicode_spellings_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_stored_text_is_composed_and_can_be_stored(text: str) -> None:
    stored = clean_text(text)

    assert stored.encode("utf-8").decode("utf-8") == stored
    assert "\0" not in stored
    assert unicodedata.is_normalized("NFC", stored)
    assert clean_text(stored) == stored
