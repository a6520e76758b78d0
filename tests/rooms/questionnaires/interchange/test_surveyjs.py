"""SurveyJS JSON in: every thing of a file is kept, changed or lost by name; hostile files end in a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.questionnaires.definition import END, Item, ItemType, Look, Questionnaire
from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.interchange.reports import Imported
from survey_app.questionnaires.interchange.surveyjs import read_surveyjs
from survey_app.questionnaires.interchange.surveyjs.readers import NESTED, READERS
from survey_app.questionnaires.parsing import parse, to_data
from tests.rooms.questionnaires.interchange.expectations import SHARED, WHERE, ending_in, n_of, real_files, types_in

FEELINGS = [{"value": n, "text": text} for n, text in enumerate(("Bad", "So-so", "Good"), start=1)]


@pytest.fixture(scope="module", autouse=True)
def _request(speaking_app: Flask) -> Iterator[None]:
    with speaking_app.test_request_context():
        yield


def imported(*elements: dict[str, Any], **whole: Any) -> Imported:
    return read_surveyjs(json.dumps({"pages": [{"name": "p", "elements": list(elements)}], **whole}).encode())


def the_item(*elements: dict[str, Any], **whole: Any) -> Item:
    return imported(*elements, **whole).questionnaire.items[0]


def item_of(questionnaire: Questionnaire, code: str) -> Item:
    return next(each for each in questionnaire.items if each.code == code)


YES_NO = {"type": "radiogroup", "name": "visited", "choices": ["yes", "no"]}
SEVERAL = {"type": "checkbox", "name": "ways", "choices": ["web", "shop", {"value": 3, "text": "Phone"}]}


@pytest.mark.parametrize(
    ("element", "kind"),
    [
        (YES_NO, ItemType.SINGLE),
        ({"type": "dropdown", "name": "q", "choices": [1, 2]}, ItemType.SINGLE),
        ({"type": "boolean", "name": "q"}, ItemType.SINGLE),
        ({"type": "imagepicker", "name": "q", "choices": [{"value": "a", "imageLink": "x"}, "b"]}, ItemType.SINGLE),
        (SEVERAL, ItemType.MULTIPLE),
        ({"type": "tagbox", "name": "q", "choices": ["a"]}, ItemType.MULTIPLE),
        ({"type": "ranking", "name": "q", "choices": ["a", "b"]}, ItemType.RANKING),
        ({"type": "rating", "name": "q"}, ItemType.CSAT),
        ({"type": "rating", "name": "recommend us?", "rateMin": 0, "rateMax": 10}, ItemType.NPS),
        ({"type": "rating", "name": "q", "rateMin": 0, "rateMax": 20}, ItemType.SINGLE),
        ({"type": "text", "name": "q"}, ItemType.TEXT),
        ({"type": "text", "name": "q", "inputType": "number"}, ItemType.NUMBER),
        ({"type": "text", "name": "q", "inputType": "date", "min": "2026-01-01"}, ItemType.DATE),
        ({"type": "slider", "name": "q", "min": 0, "max": 10}, ItemType.NUMBER),
        ({"type": "comment", "name": "q"}, ItemType.TEXT),
        ({"type": "html", "name": "q", "html": "<b>Hello</b>"}, ItemType.STATEMENT),
        ({"type": "matrix", "name": "q", "columns": FEELINGS, "rows": ["a", "b"]}, ItemType.LIKERT),
        ({"type": "matrix", "name": "q", "columns": ["x", "y"], "rows": ["a", "b"]}, ItemType.SINGLE),
        ({"type": "multipletext", "name": "q", "items": [{"name": "a"}]}, ItemType.TEXT),
        ({"type": "paneldynamic", "name": "q", "templateElements": [{"type": "comment", "name": "c"}]}, ItemType.TEXT),
        ({"type": "matrixdynamic", "name": "q", "columns": [{"name": "c", "cellType": "text"}]}, ItemType.TEXT),
        (
            {"type": "matrixdropdown", "name": "q", "columns": [{"name": "c"}], "choices": [1, 2, 3], "rows": ["a"]},
            ItemType.LIKERT,
        ),
    ],
)
def test_each_type_becomes_one_of_ours(element: dict[str, Any], kind: ItemType) -> None:
    assert the_item(element).type is kind


@pytest.mark.parametrize("kind", ["file", "signaturepad", "expression", "image", "custom-thing"])
def test_types_without_a_counterpart_are_lost_by_name(kind: str) -> None:
    report = imported(YES_NO, {"type": kind, "name": "strange", "visibleIf": "{visited} = 'yes'"}).report
    assert report.counts()["question"] == {"kept": 1, "lost": 1}
    assert report.counts()["condition"] == {"lost": 1}
    assert f"strange ({kind})" in {each.name for each in report.entries}


def test_scales_keep_points_labels_and_look() -> None:
    stars = the_item(
        {"type": "rating", "name": "q", "rateMax": 7, "rateType": "stars", "minRateDescription": "Poor", "title": "T"}
    )
    assert stars.scale is not None
    assert (list(stars.scale.points), stars.scale.look, stars.scale.labels) == (
        [1, 2, 3, 4, 5, 6, 7],
        Look.STARS,
        {1: {"en": "Poor"}},
    )


def test_a_scale_of_other_numbers_is_numbered_anew_and_says_so() -> None:
    found = imported({"type": "rating", "name": "q", "rateMin": -2, "rateMax": 2})
    scale = found.questionnaire.items[0].scale
    assert scale is not None
    assert scale.labels[1] == {"en": "-2"}
    assert found.report.counts()["question"] == {"changed": 1}


def test_choices_keep_other_none_order_and_limits() -> None:
    extras = {"showOtherItem": True, "hasNone": True, "choicesOrder": "random", "maxSelectedChoices": 2}
    item = the_item({**SEVERAL, **extras, "showDontKnowItem": True})
    assert [each.code for each in item.options] == ["web", "shop", "3", "none", "other"]
    assert [each.is_other for each in item.options][-1:] == [True]
    assert [each.is_exclusive for each in item.options][-2:] == [True, False]
    assert (item.is_shuffled, item.most, item.allows_dont_know) == (True, 2, True)


def test_the_random_order_of_rows_is_kept() -> None:
    rows = {"type": "matrix", "name": "q", "columns": FEELINGS, "rows": ["a", "b"], "rowsOrder": "random"}
    found = imported(rows)
    assert found.questionnaire.items[0].is_shuffled
    assert found.report.counts()["randomisation"] == {"kept": 1}


@pytest.mark.parametrize(
    ("expression", "tree"),
    [
        ("{visited} = 'yes'", {"field": "answer.visited", "op": "is", "value": "yes"}),
        ("'YES' == {visited}", {"field": "answer.visited", "op": "is", "value": "yes"}),
        ("{visited} <> 'yes'", {"not": {"field": "answer.visited", "op": "is", "value": "yes"}}),
        ("{visited} notempty", {"field": "answer.visited", "op": "is_known"}),
        ("!({age} empty)", {"not": {"field": "answer.age", "op": "is_unknown"}}),
        ("{age} >= 18", {"field": "answer.age", "op": "at_least", "value": 18}),
        ("{score} > 3", {"field": "answer.score", "op": "at_least", "value": 4}),
        ("{#score} <= 2", {"field": "answer.score", "op": "at_most", "value": 2}),
        (
            "{ways} = ['web']",
            {
                "all": [
                    {"field": "answer.ways", "op": "contains", "value": "web"},
                    {
                        "not": {
                            "any": [
                                {"field": "answer.ways", "op": "contains", "value": "shop"},
                                {"field": "answer.ways", "op": "contains", "value": "3"},
                            ]
                        }
                    },
                ]
            },
        ),
        ("{ways} contains 'web'", {"field": "answer.ways", "op": "contains", "value": "web"}),
        (
            "{ways} anyof ['web', 3] and {age} < 30",
            {
                "all": [
                    {
                        "any": [
                            {"field": "answer.ways", "op": "contains", "value": "web"},
                            {"field": "answer.ways", "op": "contains", "value": "3"},
                        ]
                    },
                    {"field": "answer.age", "op": "less_than", "value": 30},
                ]
            },
        ),
        ("{grid.a} = 2", {"field": "answer.a", "op": "is", "value": 2}),
        ("{sure} = true", {"field": "answer.sure", "op": "is", "value": "true"}),
    ],
)
def test_expressions_become_conditions(expression: str, tree: dict[str, Any]) -> None:
    found = imported(
        YES_NO,
        SEVERAL,
        {"type": "text", "name": "age", "inputType": "number"},
        {"type": "rating", "name": "score"},
        {"type": "boolean", "name": "sure"},
        {"type": "matrix", "name": "grid", "columns": FEELINGS, "rows": ["a"]},
        {"type": "comment", "name": "why", "visibleIf": expression},
    )
    assert item_of(found.questionnaire, "why").show_if == tree
    assert found.report.counts()["condition"] == {"kept": 1}


@pytest.mark.parametrize(
    "expression",
    [
        "{age} + 1 > 3",
        "iif({age} > 1, 'a', 'b') = 'a'",
        "{nobody} = 1",
        "{age} = {score}",
        "{age} >",
        "(" * 60 + "{age} = 1" + ")" * 60,
        "{visited} = 'never offered'",
        "\x00'",
    ],
)
def test_what_no_condition_says_is_lost_by_name(expression: str) -> None:
    found = imported(
        YES_NO,
        {"type": "text", "name": "age", "inputType": "number"},
        {"type": "comment", "name": "why", "visibleIf": expression},
    )
    assert item_of(found.questionnaire, "why").show_if is None
    assert found.report.counts()["condition"] == {"lost": 1}


def test_triggers_become_conditions_and_jumps() -> None:
    ends = {"type": "complete", "expression": "{visited} = 'no'"}
    shows = {"type": "visible", "name": "visited", "operator": "equal", "value": "yes", "questions": ["why"]}
    sets = {"type": "setvalue", "expression": "{visited} = 'no'", "setToName": "why"}
    why = {"type": "comment", "name": "why", "visible": False}
    found = imported(YES_NO, why, triggers=[ends, shows, sets])
    no = {"field": "answer.visited", "op": "is", "value": "no"}
    assert [(each.when, each.to) for each in found.questionnaire.pages[0].jumps] == [(no, END)]
    assert item_of(found.questionnaire, "why").show_if == {"field": "answer.visited", "op": "is", "value": "yes"}
    assert found.report.counts()["trigger"] == {"kept": 1, "changed": 1, "lost": 1}


def test_a_skip_leads_to_the_page_of_its_question() -> None:
    pages = [
        {"name": "a", "elements": [YES_NO]},
        {"name": "b", "elements": [{"type": "comment", "name": "b1"}]},
        {"name": "c", "elements": [{"type": "comment", "name": "c1"}]},
    ]
    skip = {"type": "skip", "expression": "{visited} = 'no'", "gotoName": "c1"}
    found = read_surveyjs(json.dumps({"pages": pages, "triggers": [skip]}).encode())
    assert [each.to for each in found.questionnaire.pages[0].jumps] == ["c"]


def test_panels_pass_their_conditions_on() -> None:
    panel = {
        "type": "panel",
        "name": "more",
        "title": "More",
        "visibleIf": "{visited} = 'yes'",
        "elements": [{"type": "comment", "name": "why", "visibleIf": "{visited} notempty"}],
    }
    questionnaire = imported(YES_NO, panel).questionnaire
    condition = {"field": "answer.visited", "op": "is", "value": "yes"}
    assert item_of(questionnaire, "more_text").show_if == condition
    assert item_of(questionnaire, "why").show_if == {"all": [condition, {"field": "answer.visited", "op": "is_known"}]}


def test_languages_and_their_texts_stay_apart() -> None:
    title = {"default": "How?", "vi": "Thế nào?", "zh-cn": "如何", "klingon!": "nuqneH"}
    found = imported({"type": "comment", "name": "q", "title": title})
    assert found.questionnaire.languages == ("en", "vi", "zh-CN")
    assert found.questionnaire.items[0].text == {"en": "How?", "vi": "Thế nào?", "zh-CN": "如何"}
    assert found.report.counts()["language"] == {"kept": 3, "lost": 1}


def test_names_in_texts_become_merge_fields() -> None:
    asked = {"type": "comment", "name": "q", "title": "You said {visited}. {nothing} stays."}
    found = imported(pages=[{"name": "p", "elements": [YES_NO]}, {"name": "then", "elements": [asked]}])
    assert found.questionnaire.items[1].text["en"] == "You said {answer.visited}. {nothing} stays."
    assert found.report.counts()["reference"] == {"kept": 1, "lost": 1}


def test_scripts_in_texts_are_lost_by_name() -> None:
    found = imported({"type": "html", "name": "q", "html": "<p onclick='x()'>Hi</p><script>alert(1)</script>"})
    assert found.questionnaire.items[0].text == {"en": "Hi"}
    assert found.report.counts()["script"] == {"lost": 2}


def test_what_is_checked_calculated_or_set_is_accounted_for() -> None:
    checked = {"type": "numeric", "minValue": 1, "maxValue": 9}
    found = imported(
        {"type": "text", "name": "n", "inputType": "number", "validators": [checked, {"type": "expression"}]},
        {"type": "text", "name": "t", "defaultValue": "x", "requiredIf": "{n} = 1", "enableIf": "{n} = 2"},
        calculatedValues=[{"name": "v", "expression": "1"}],
        completedHtml="<h3>Thanks</h3>",
        completedHtmlOnCondition=[{"expression": "{n} > 1", "html": "x"}],
        showProgressBar="top",
    )
    assert found.questionnaire.thanks == {"en": "Thanks"}
    assert (found.questionnaire.items[0].bounds.lowest, found.questionnaire.items[0].bounds.highest) == ("1", "9")
    counts = found.report.counts()
    assert counts["validator"] == {"kept": 1, "lost": 1}
    assert counts["calculated value"] == counts["conditional ending"] == counts["setting"] == {"lost": 1}
    assert counts["condition"] == {"lost": 1, "changed": 1}
    assert found.questionnaire.items[1].show_if == {"field": "answer.n", "op": "is", "value": 2}
    assert counts["default"] == {"lost": 1}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"pages": 1}',
        b'{"pages": [{"elements": []}]}',
        b'{"elements": [1, null, "x"]}',
        b'{"elements": [{"type": "image", "name": "only"}]}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"elements": ' + b'[{"type": "panel", "elements": ' * 400 + b"[]" + b"}]" * 400 + b"}",
        b" " * 2_000_001,
        b'{"pages": [{"elements": [{"type": "rating", "name": "q", "rateMax": 1e999}]}]',
    ],
)
def test_damaged_and_hostile_files_end_in_a_sentence(data: bytes) -> None:
    with pytest.raises(QuestionnaireError) as caught:
        read_surveyjs(data)
    assert str(caught.value)


def test_a_file_that_multiplies_is_cut_to_what_a_questionnaire_holds() -> None:
    big = {
        "type": "matrixdropdown",
        "columns": [{"name": f"c{n}", "cellType": "checkbox"} for n in range(15)],
        "rows": list(range(20)),
        "choices": list(range(400)),
    }
    found = imported(*({**big, "name": f"m{n}"} for n in range(20)))
    assert len(found.questionnaire.items) <= 300
    assert found.report.counts()["question"]["lost"] > 0


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 20) | st.floats() | st.text(max_size=8) | st.just("a|b"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = [
    "name",
    "title",
    "description",
    "choices",
    "rows",
    "columns",
    "items",
    "rateValues",
    "rateMin",
    "rateMax",
    "rateStep",
    "min",
    "max",
    "step",
    "inputType",
    "visibleIf",
    "enableIf",
    "isRequired",
    "hasOther",
    "hasNone",
    "choicesOrder",
    "validators",
    "html",
    "templateElements",
    "cellType",
    "maxSelectedChoices",
    "minSelectedChoices",
    "maxLength",
    "showCommentArea",
    "labelTrue",
    "visible",
]


@given(
    st.lists(
        st.builds(
            lambda kind, parts: {**parts, "type": kind},
            st.sampled_from([*READERS, *NESTED, "panel", "file"]),
            st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6),
        ),
        max_size=5,
    ),
    st.dictionaries(st.sampled_from(["title", "locale", "triggers", "calculatedValues", "completedHtml"]), VALUES),
)
@settings(max_examples=80, deadline=None)
def test_whatever_stands_in_a_file_comes_in_or_is_refused_in_words(
    elements: list[dict[str, Any]], whole: dict[str, Any]
) -> None:
    try:
        found = imported(*elements, **whole)
    except QuestionnaireError as error:
        assert str(error)  # noqa: PT017 - either outcome is right
    else:
        assert parse(to_data(found.questionnaire)) == found.questionnaire
        assert n_of(found.report, "question") >= len([each for each in elements if each["type"] != "panel"])


@pytest.mark.parametrize("known", real_files("surveyjs"), ids=lambda each: each["file"])
def test_every_number_of_a_real_file_is_accounted_for(known: dict[str, Any]) -> None:
    expect, report = known["expect"], read_surveyjs((SHARED / known["file"]).read_bytes()).report
    details = expect["details"]
    assert n_of(report, "page") == expect["groups_pages"]
    assert n_of(report, "question") == expect["questions"]
    assert types_in(report) == expect["questions_by_type"]
    assert n_of(report, "option") == expect["answer_options"]
    for counter, kind in {"rows": "row", "columns": "column", "items": "item", "required": "required"}.items():
        assert n_of(report, kind) == details.get(counter, 0), counter
    assert n_of(report, "value|text string") == details.get("value|text strings", 0)
    assert ending_in(report, "showOtherItem", "special option") == details.get("with_other", 0)
    assert ending_in(report, "visibleIf", "condition") == expect["conditions"].get("visibleIf", 0)
    for counter, kind in {
        "triggers": "trigger",
        "calculated_values": "calculated value",
        "completed_html_on_condition": "conditional ending",
        "quotas": "quota",
    }.items():
        assert n_of(report, kind) == expect[counter], counter
    assert n_of(report, "randomisation") == sum(expect["randomisation"].values())
    assert {each.name for each in report.entries if each.kind == "old key"} == set(expect["legacy_keys"])
    languages = {each.name for each in report.entries if each.kind == "language"}
    assert set(expect["languages"]) - {"(single)"} <= languages
    assert n_of(report, "script") == expect["text_markup"]["with_script_or_handler"]


@pytest.mark.skipif(not real_files("surveyjs"), reason=WHERE)
def test_the_real_files_are_all_looked_at() -> None:
    assert len(real_files("surveyjs")) >= 4
