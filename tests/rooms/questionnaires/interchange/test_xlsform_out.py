"""XLSForm out: what both can say comes back, cells are texts and never formulas, what cannot be said is named."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings

from survey_app.questionnaires.definition import ItemType, Questionnaire
from survey_app.questionnaires.interchange.codebook import write_codebook
from survey_app.questionnaires.interchange.formats import FORMATS as EVERY
from survey_app.questionnaires.interchange.native import FORMATS, read_text, write_text
from survey_app.questionnaires.interchange.reports import Fate
from survey_app.questionnaires.interchange.xlsform import read_xlsform, write_xlsform
from tests.factories.generated_questionnaires import questionnaires
from tests.factories.questionnaires import a_choice, a_comment, a_questionnaire, an_item

SAID_ALIKE = {ItemType.SINGLE, ItemType.MULTIPLE, ItemType.NUMBER, ItemType.DATE, ItemType.TEXT, ItemType.STATEMENT}


@pytest.fixture(scope="module", autouse=True)
def _request(session_app: Flask) -> Iterator[None]:
    with session_app.test_request_context():
        yield


@given(questionnaires())
@settings(max_examples=8, deadline=None)
def test_what_both_can_say_comes_back(questionnaire: Questionnaire) -> None:
    found = read_xlsform(write_xlsform(questionnaire).content).questionnaire
    back = {item.code: item for item in found.items}
    assert found.languages[0] == questionnaire.languages[0]
    for item in questionnaire.items:
        if item.type in SAID_ALIKE:
            same = back[item.code]
            texts = {tag: text.replace("{customer.first_name|you}", "you") for tag, text in item.text.items()}
            assert (same.type, same.text, same.is_required) == (item.type, texts, item.is_required)
            assert [each.code for each in same.options] == [each.code for each in item.options]
            assert (same.bounds.lowest, same.bounds.highest) == (item.bounds.lowest, item.bounds.highest)


def test_conditions_come_back() -> None:
    low = {"field": "answer.usage", "op": "is", "value": "daily"}
    pages = [{"code": "p", "items": [an_item(), a_choice()]}, {"code": "q", "items": [a_comment(show_if=low)]}]
    exported = write_xlsform(a_questionnaire(pages=pages))
    back = {item.code: item for item in read_xlsform(exported.content).questionnaire.items}
    assert back["comment"].show_if == low
    assert exported.report.counts()["condition"] == {"kept": 1}


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    text = {"en": "=HYPERLINK(1)"}
    data = write_xlsform(a_questionnaire(pages=[{"code": "p", "items": [an_item(text=text)]}])).content
    sheet = zipfile.ZipFile(BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert read_xlsform(data).questionnaire.items[0].text == text


def test_what_xlsform_cannot_say_is_named() -> None:
    gold = {"field": "attribute.plan", "op": "is", "value": "gold"}
    report = write_xlsform(a_questionnaire(pages=[{"code": "p", "items": [an_item(), a_comment(show_if=gold)]}])).report
    assert {each.name for each in report.with_fate(Fate.LOST)} >= {"comment.relevant", "nps.role"}


@given(questionnaires())
@settings(max_examples=25, deadline=None)
def test_our_own_format_gives_back_the_same_definition(questionnaire: Questionnaire) -> None:
    for form in FORMATS:
        assert read_text(write_text(questionnaire, form)) == questionnaire


def test_the_codebook_has_a_row_per_stored_answer() -> None:
    low = {"field": "answer.nps", "op": "at_most", "value": 6}
    other = [{"code": "a", "text": {"en": "A"}}, {"code": "o", "text": {"en": "Else"}, "other": True}]
    battery = {
        "code": "grid",
        "type": "likert",
        "text": {"en": "Rate"},
        "rows": [{"code": "r1", "text": {"en": "=cmd()"}}, {"code": "r2", "text": {"en": "Two"}}],
        "dont_know": True,
    }
    items = [an_item(), battery, a_choice(options=other), a_comment(show_if=low), {"code": "s", "type": "statement"}]
    lines = write_codebook(a_questionnaire(pages=[{"code": "p", "items": items}])).splitlines()
    assert [line.partition(",")[0] for line in lines[1:]] == ["nps", "r1", "r2", "usage", "usage.other", "comment"]
    assert lines[0].startswith("\ufeffcode,item,page,type")
    assert "wording.en" in lines[0]
    assert "0\N{EN DASH}10 (0=Not at all likely; 10=Extremely likely)" in lines[1]
    assert "not asked; skipped; don't know" in lines[2]
    assert "is at most 6" in lines[6]


@given(questionnaires())
@settings(max_examples=15, deadline=None)
def test_the_codebook_of_any_questionnaire_is_whole(questionnaire: Questionnaire) -> None:
    n_measures = sum(len(item.measure_codes) for item in questionnaire.items)
    n_other = sum(option.is_other for item in questionnaire.items for option in item.options)
    written = write_codebook(questionnaire).split("\r\n")
    assert len(written) == 1 + n_measures + n_other + 1


@pytest.mark.parametrize("form", list(EVERY))
def test_the_example_of_every_type_leaves_in_every_format(form: str) -> None:
    example = Path(__file__).parents[4] / "docs" / "examples" / "every-type.yaml"
    questionnaire = read_text(example.read_bytes())
    assert {item.type for item in questionnaire.items} == set(ItemType)
    exported = EVERY[form].write(questionnaire)
    assert exported.content
    if form in {"surveyjs", "xlsform"}:
        told = {each.name.partition(" ")[0] for each in exported.report.entries if each.kind == "item"}
        assert told == {item.code for item in questionnaire.items}
