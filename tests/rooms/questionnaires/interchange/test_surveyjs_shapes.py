"""SurveyJS in the shapes that people have it: scripts, entries that repeat, cells with conditions, added types."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from survey_app.questionnaires.definition import Item, ItemType
from survey_app.questionnaires.interchange.detection import kind_of, read_questionnaire
from survey_app.questionnaires.interchange.reports import Imported, Report
from survey_app.questionnaires.interchange.surveyjs import read_surveyjs
from survey_app.questionnaires.interchange.surveyjs.literals import read_literals

SCRIPT = r"""
// A page of a shop
Survey.StylesManager.applyTheme("modern");
const json = {
  title: 'It\'s "us"', /* a comment */
  elements: [
    { type: 'rating', name: `nps`, title: "How likely are you to " + 'recommend us?', rateMin: 0, rateMax: 10, },
    { type: "comment", name: 'why', 'visibleIf': '{nps} <= 6', title: 'Why \ud83d\ude00?',
      onUpdate: function (a) { return {x: 1}; } },
    { type: "text", name: "age", inputType: "number", min: -0x10, max: +.5e2, size: window.size },
  ],
};
window.survey = new Survey.Model(json);
survey.onComplete.add((result) => { document.querySelector('#x').innerHTML = "r:\n" + JSON.stringify(result.data); });
"""
FEELINGS = [{"value": n, "text": text} for n, text in enumerate(("Bad", "So-so", "Good"), start=1)]
VISITED = {"type": "checkbox", "name": "visited", "choices": ["web", "shop"]}


@pytest.fixture(scope="module", autouse=True)
def _request(speaking_app: Flask) -> Iterator[None]:
    with speaking_app.test_request_context():
        yield


def imported(*elements: dict[str, Any]) -> Imported:
    return read_surveyjs(json.dumps({"elements": list(elements)}).encode())


def items_of(*elements: dict[str, Any]) -> dict[str, Item]:
    return {item.code: item for item in imported(*elements).questionnaire.items}


def names(report: Report, kind: str, fate: str = "lost") -> set[str]:
    return {each.name for each in report.entries if each.kind == kind and each.fate == fate}


def test_a_survey_in_a_script_is_read_without_running_it() -> None:
    kind, found = read_questionnaire(SCRIPT.encode())
    nps, why, age = found.questionnaire.items
    assert (kind, found.questionnaire.title) == ("surveyjs", {"en": 'It\'s "us"'})
    assert (nps.type, nps.text) == (ItemType.NPS, {"en": "How likely are you to recommend us?"})
    assert (why.text, why.show_if) == ({"en": "Why 😀?"}, {"field": "answer.nps", "op": "at_most", "value": 6})
    assert (age.bounds.lowest, age.bounds.highest) == ("-16", "50")


@pytest.mark.parametrize(
    "text",
    [
        '{questions: [{type: "text", name: "q"}]}',
        '/* ours */ {"questions": [ // first\n {"type": "text", "name": "q",}, ]}',
        '{"json": {"pages": [{"elements": [{"type": "text", "name": "q"}]}]}, "id": 7}',
        'export default {pages: [{name: "p", elements: [{type: "text", name: "q"}]}]}',
        '\ufeffvar a = {b: 1}; var s = {"elements": [{type: "text", name: "q", choices: [1, 2, ,]}, {name: "r"}]}',
    ],
)
def test_bare_keys_comments_and_wrappers_are_no_hindrance(text: str) -> None:
    assert kind_of(text.encode()) == "surveyjs"
    assert read_surveyjs(text.encode()).questionnaire.items[0].code == "q"


@pytest.mark.parametrize(
    "text",
    ["", "{", "{a", "{a:", "{'a': 'b", "{a: [1, 2", "{a: b(c}", "{" * 9999, "{a: `" * 999, "{a: [" * 999, "{'\\"],
)
def test_what_is_no_literal_yields_nothing(text: str) -> None:
    assert list(read_literals(text)) == []


def test_questions_of_an_entry_look_at_their_own_entry() -> None:
    entry = {
        "type": "paneldynamic",
        "name": "children",
        "templateElements": [
            {"type": "text", "name": "name"},
            {"type": "panel", "name": "more", "visibleIf": "{panel.name} notempty", "elements": [VISITED]},
            {"type": "comment", "name": "why", "visibleIf": "{panel.visited} contains 'web' and {name} = 'Ann'"},
        ],
    }
    found = items_of({"type": "text", "name": "name"}, entry)
    assert found["children_visited"].show_if == {"field": "answer.children_name", "op": "is_known"}
    assert found["children_why"].show_if == {
        "all": [
            {"field": "answer.children_visited", "op": "contains", "value": "web"},
            {"field": "answer.name", "op": "is", "value": "Ann"},
        ]
    }
    assert found["children_name"].text == {"en": "name"}


def test_cells_look_at_their_own_row() -> None:
    grid = {
        "type": "matrixdropdown",
        "name": "grid",
        "rows": ["a", "b"],
        "columns": [
            {"name": "used", "cellType": "boolean"},
            {"name": "rate", "choices": [1, 2, 3, 4, 5], "visibleIf": "{row.used} = true", "isRequired": True},
        ],
    }
    found = items_of(grid)
    assert found["grid_b_rate"].show_if == {"field": "answer.grid_b_used", "op": "is", "value": "true"}
    assert imported(grid).report.counts()["condition"] == {"kept": 1}
    assert imported(grid).report.counts()["required"] == {"kept": 1}


def test_rows_are_shown_by_their_own_condition_or_by_one_for_all() -> None:
    columns = {"type": "matrix", "name": "grid", "columns": FEELINGS}
    for_all = items_of(VISITED, {**columns, "rows": ["web", "shop"], "rowsVisibleIf": "{visited} contains {item}"})
    assert for_all["grid"].show_if == {"field": "answer.visited", "op": "contains", "value": "web"}
    assert for_all["grid_part2"].show_if == {"field": "answer.visited", "op": "contains", "value": "shop"}
    own = items_of(VISITED, {**columns, "rows": ["x", {"value": "y", "visibleIf": "{visited} notempty"}]})
    assert [own[code].show_if for code in ("grid", "grid_part2")] == [
        None,
        {"field": "answer.visited", "op": "is_known"},
    ]


@pytest.mark.parametrize(
    ("element", "kind"),
    [
        ({"type": "emoji", "rateValues": ["a", "b", "c"]}, ItemType.CSAT),
        ({"type": "barrating", "choices": ["1", "2"], "rateMax": 4}, ItemType.CSAT),
        ({"type": "sortablelist", "choices": ["a", "b"]}, ItemType.RANKING),
        ({"type": "bootstrapdatepicker"}, ItemType.DATE),
        ({"type": "nouislider", "min": 0, "max": 5}, ItemType.NUMBER),
        ({"type": "editor"}, ItemType.TEXT),
        ({"type": "our-own-choice", "choices": ["a", "b"]}, ItemType.SINGLE),
        ({"type": "dropdown", "choicesByUrl": {"url": "https://example.com"}}, ItemType.TEXT),
        ({"type": "matrix", "columns": ["a", "b"]}, ItemType.SINGLE),
        ({"type": "text", "validators": [{"type": "numeric", "minValue": 1}]}, ItemType.NUMBER),
    ],
)
def test_as_much_as_possible_is_asked(element: dict[str, Any], kind: ItemType) -> None:
    found = imported({**element, "name": "q", "isRequired": True})
    assert (found.questionnaire.items[0].type, found.questionnaire.items[0].is_required) == (kind, True)
    assert found.report.counts()["required"] == {"kept": 1}
    assert sum(found.report.counts()["question"].values()) == 1


def test_options_of_another_question_are_offered() -> None:
    again = {
        "type": "radiogroup",
        "name": "best",
        "choicesFromQuestion": "visited",
        "choicesFromQuestionMode": "selected",
    }
    found = imported(VISITED, again)
    assert [option.code for option in found.questionnaire.items[1].options] == ["web", "shop"]
    assert found.report.counts()["option"] == {"kept": 2}


def test_lines_of_a_group_keep_their_checks() -> None:
    check = {"type": "numeric", "minValue": 10, "maxValue": 20}
    group = {
        "type": "multipletext",
        "name": "g",
        "isRequired": True,
        "items": [{"name": "a", "validators": [check]}, "b"],
    }
    found = imported(group)
    assert [(item.type, item.is_required) for item in found.questionnaire.items] == [
        (ItemType.NUMBER, True),
        (ItemType.TEXT, True),
    ]
    assert found.report.counts()["required"] == {"kept": 1}
    assert found.report.counts()["validator"] == {"kept": 1}
    assert found.report.counts()["question"] == {"changed": 1}


def test_columns_of_an_entry_enter_their_own_options() -> None:
    shared = {
        "choices": ["x", "y"],
        "columns": [{"name": "a"}, {"name": "b", "cellType": "radiogroup", "choices": ["z"]}],
    }
    assert imported({"type": "matrixdynamic", "name": "m", **shared}).report.counts()["option"] == {"kept": 3}


def test_an_answer_required_whenever_it_is_asked_is_required() -> None:
    shown = {"visibleIf": "{visited} notempty"}
    always, sometimes = (
        {"type": "text", "name": name, **shown, "requiredIf": said}
        for name, said in (("a", "{visited} notempty"), ("b", "{visited} contains 'web'"))
    )
    found = imported(VISITED, always, sometimes)
    assert [item.is_required for item in found.questionnaire.items] == [False, True, False]
    assert names(found.report, "condition") == {"b.requiredIf"}


def test_every_property_that_nothing_reads_is_named() -> None:
    odd = {
        "type": "text",
        "name": "q",
        "placeholder": "So",
        "colCount": 2,
        "startWithNewLine": False,
        "popupdescription": "x",
    }
    report = imported(odd, {**odd, "name": "r"}).report
    assert names(report, "text") == {"q.placeholder", "r.placeholder"}
    assert names(report, "setting") == {"q.popupdescription", "r.popupdescription"}
    assert report.counts()["look"] == {"lost": 4}
    assert names(report, "look") == {"colCount", "startWithNewLine"}
