"""XLSForm out: what both can say comes back, cells are texts and never formulas, what cannot be said is named."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
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
from survey_app.questionnaires.interchange.xlsform.chance import groups_in
from survey_app.questionnaires.interchange.xlsform.conditions import read_expression
from survey_app.questionnaires.interchange.xlsform.workbook import read_workbook
from tests.factories.generated_questionnaires import questionnaires
from tests.factories.questionnaires import a_choice, a_comment, a_questionnaire, an_item

SAID_ALIKE = {ItemType.SINGLE, ItemType.MULTIPLE, ItemType.NUMBER, ItemType.DATE, ItemType.TEXT, ItemType.STATEMENT}


@pytest.fixture(scope="module", autouse=True)
def _request(speaking_app: Flask) -> Iterator[None]:
    with speaking_app.test_request_context():
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


def form_of(questionnaire: Questionnaire) -> dict[str, list[dict[str, str]]]:
    """Return the rows of the sheets that a questionnaire becomes, by their headings."""
    sheets = read_workbook(write_xlsform(questionnaire).content).sheets
    return {name: [dict(zip(rows[0], row, strict=True)) for row in rows[1:]] for name, rows in sheets.items()}


TYPES = re.compile(
    r"(select_one|select_multiple|rank) (?P<list>[a-z0-9_]+)"
    r"|begin_group|end_group|text|integer|decimal|date|note|calculate|hidden"
)


@given(questionnaires())
@settings(max_examples=12, deadline=None)
def test_every_form_keeps_to_the_rules_of_the_field(questionnaire: Questionnaire) -> None:
    form = form_of(questionnaire)
    names = [row["name"] for row in form["survey"] if row["name"]]
    assert len(names) == len({name.casefold() for name in names})
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)
    lists = {row["list_name"] for row in form["choices"]}
    depth = 0
    for row in form["survey"]:
        kind = TYPES.fullmatch(row["type"])
        assert kind, row["type"]
        assert kind["list"] is None or kind["list"] in lists
        depth += (row["type"] == "begin_group") - (row["type"] == "end_group")
        assert depth >= 0
        for column in ("relevant", "constraint", "calculation"):
            assert set(re.findall(r"\$\{([^}]+)\}", row[column])) <= set(names)
            assert not row[column] or read_expression(row[column])
        assert not row["type"].startswith("calculate") or row["calculation"]
    assert depth == 0
    options = [(row["list_name"], row["name"]) for row in form["choices"]]
    assert len(options) == len(set(options))


def test_names_of_parts_never_meet_names_of_questions() -> None:
    options = [{"code": "a", "text": {"en": "A"}}, {"code": "o", "text": {"en": "Else"}, "other": True}]
    second = a_comment(code="usage_other")
    pages = [{"code": "usage", "items": [an_item(), a_choice(options=options), second]}]
    names = [row["name"] for row in form_of(a_questionnaire(pages=pages))["survey"] if row["name"]]
    assert names == ["usage_2", "nps", "usage", "usage_other_2", "usage_other"]


def test_own_words_exclusive_options_limits_and_scales_come_back() -> None:
    options = [
        {"code": "a", "text": {"en": "A"}},
        {"code": "o", "text": {"en": "Else"}, "other": True},
        {"code": "no", "text": {"en": "None"}, "exclusive": True},
    ]
    items = [
        an_item(),
        {"code": "glad", "type": "csat", "text": {"en": "Glad?"}, "scale": {"low": 1, "high": 4, "labels": {}}},
        {"code": "ways", "type": "multiple", "text": {"en": "Which?"}, "options": options, "most": 2},
        {"code": "why", "type": "text", "text": {"en": "Why?"}, "max_length": 80},
    ]
    questionnaire = a_questionnaire(pages=[{"code": "p", "items": items}])
    back = {item.code: item for item in read_xlsform(write_xlsform(questionnaire).content).questionnaire.items}
    assert list(back) == ["nps", "glad", "ways", "why"]
    for item in questionnaire.items:
        assert replace(back[item.code], role=item.role, is_primary=item.is_primary, is_short=item.is_short) == item


def test_groups_by_chance_come_back() -> None:
    groups = [{"code": code, "text": {"en": code.upper()}} for code in ("a", "b", "c")]
    hidden = {"code": "arm", "type": "hidden", "text": {"en": "Arm"}, "source": "random", "options": groups}
    shown = {"field": "answer.arm", "op": "is", "value": "b"}
    pages = [{"code": "p", "items": [an_item(), hidden]}, {"code": "q", "items": [a_comment(show_if=shown)]}]
    questionnaire = a_questionnaire(pages=pages)
    exported = write_xlsform(questionnaire)
    back = {item.code: item for item in read_xlsform(exported.content).questionnaire.items}
    assert (back["arm"].source, back["arm"].options) == ("random", questionnaire.items[1].options)
    assert back["comment"].show_if == shown
    assert any(row["calculation"].startswith("once(if(random() < ") for row in form_of(questionnaire)["survey"])


@pytest.mark.parametrize(
    ("calculation", "groups"),
    [
        ("once(if(random() < 0.5, 'a', 'b'))", ["a", "b"]),
        ("once(if(random()<=0.33,'x',if(random()<.5,'y','z')))", ["x", "y", "z"]),
        ("once(if(random() < 0.9, 'a', 'b'))", None),
        ("if(random() < 0.5, 'a', 'b')", None),
        ("once(random())", None),
        ("once(if(${q} < 0.5, 'a', 'b'))", None),
        ("once(if(random() < 0.5, 'a', 'a'))", None),
        ("once(if(random() < 0.5, ${q}, 'b'))", None),
        ("", None),
    ],
)
def test_only_equal_groups_that_stay_are_groups_by_chance(calculation: str, groups: list[str] | None) -> None:
    assert groups_in(calculation) == groups
