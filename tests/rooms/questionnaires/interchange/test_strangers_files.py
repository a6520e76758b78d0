"""Shapes met in files of strangers: what they ask is taken over as what it is, and nothing is lost in silence."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import xlsxwriter
from flask import Flask

from survey_app.questionnaires.checks import check_questionnaire, errors_of
from survey_app.questionnaires.definition import ItemType
from survey_app.questionnaires.interchange.reports import Fate, Imported
from survey_app.questionnaires.interchange.surveyjs import read_surveyjs
from survey_app.questionnaires.interchange.xlsform import read_xlsform


@pytest.fixture(scope="module", autouse=True)
def _request(speaking_app: Flask) -> Iterator[None]:
    with speaking_app.test_request_context():
        yield


def surveyjs(*elements: dict[str, Any], **whole: Any) -> Imported:
    return read_surveyjs(json.dumps({"pages": [{"name": "p", "elements": list(elements)}], **whole}).encode())


def xlsform(*survey: tuple[str, ...]) -> Imported:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("survey")
        for number, row in enumerate([("type", "name", "label", "parameters"), *survey]):
            sheet.write_row(number, 0, row)
    return read_xlsform(file.getvalue())


def lost(found: Imported, kind: str) -> list[str]:
    return [each.name for each in found.report.with_fate(Fate.LOST) if each.kind == kind]


def test_a_recommendation_whose_ends_are_named_in_words_is_an_nps_item() -> None:
    asked = {"type": "rating", "name": "q", "title": "Would you recommend us?", "rateMin": 0, "rateMax": 10}
    found = surveyjs(asked | {"minRateDescription": "Not at all", "maxRateDescription": "Extremely"}, locale="es")
    item = found.questionnaire.items[0]
    assert item.type is ItemType.NPS
    assert item.scale is not None
    assert item.scale.labels[10]["en" if "en" in item.scale.labels[10] else "es"] == "Extremely"


def test_a_range_of_0_to_10_about_recommending_is_an_nps_item_and_another_stays_a_number() -> None:
    found = xlsform(
        ("range", "rec", "How likely are you to recommend us?", "start=0 end=10 step=1"),
        ("range", "spend", "How much?", "start=0 end=10 step=1"),
    )
    assert [each.type for each in found.questionnaire.items] == [ItemType.NPS, ItemType.NUMBER]


def test_cells_to_type_in_stay_texts_though_the_matrix_has_choices() -> None:
    columns = [{"name": "score"}, {"name": "note", "cellType": "text"}]
    found = surveyjs({"type": "matrixdropdown", "name": "m", "columns": columns, "choices": [1, 2, 3], "rows": ["a"]})
    assert [each.type for each in found.questionnaire.items] == [ItemType.LIKERT, ItemType.TEXT]


def test_conditions_and_checks_of_single_cells_and_repeated_questions_are_lost_by_name() -> None:
    column = {"name": "use", "cellType": "text", "visibleIf": "{row.a} > 2", "validators": [{"type": "email"}]}
    inner = {"type": "text", "name": "child", "visibleIf": "{panel.first} notempty"}
    found = surveyjs(
        {"type": "matrixdropdown", "name": "m", "columns": [column], "rows": ["a"]},
        {"type": "paneldynamic", "name": "family", "templateElements": [inner]},
    )
    assert lost(found, "condition") == ["m.use.visibleIf", "family.child.visibleIf"]
    assert lost(found, "validator") == ["m.a.use (email)"]


def test_pages_without_questions_and_hidden_or_locked_pages_are_told() -> None:
    pages = [
        {"name": "first", "visible": False, "elements": [{"type": "text", "name": "a", "readOnly": True}]},
        {"name": "empty", "readOnly": True, "elements": []},
    ]
    found = surveyjs(pages=pages)
    told = {(each.fate, each.kind, each.name) for each in found.report.entries}
    assert {
        (Fate.KEPT, "page", "first"),
        (Fate.CHANGED, "setting", "first.visible"),
        (Fate.LOST, "setting", "a.readOnly"),
        (Fate.LOST, "page", "empty"),
        (Fate.LOST, "setting", "empty.readOnly"),
    } <= told


def test_special_answers_have_words_in_a_main_language_that_is_none_of_ours() -> None:
    asked = {"type": "checkbox", "name": "q", "title": {"ar": "سؤال"}, "choices": [1], "showRefuseItem": True}
    found = surveyjs(asked, locale="ar", title={"default": "T", "ar": "ع"})
    refused = found.questionnaire.items[0].options[-1]
    assert refused.text["ar"] == refused.text["en"] == "I prefer not to say"


def test_a_text_that_repeats_an_answer_of_its_own_page_is_cut_and_told() -> None:
    asked = {"type": "text", "name": "brand"}
    js = surveyjs(asked, {"type": "comment", "name": "why", "title": "Why {brand}?"})
    form = xlsform(("text", "brand", "Which?", ""), ("note", "n", "You said ${brand}.", ""))
    for found in (js, form):
        assert lost(found, "merge field")
        assert not errors_of(check_questionnaire(found.questionnaire))


def test_a_select_without_its_list_is_lost_for_want_of_choices() -> None:
    found = xlsform(("select_one nowhere", "q", "Which?", ""), ("text", "t", "Say", ""))
    (entry,) = [each for each in found.report.with_fate(Fate.LOST) if each.kind == "question"]
    assert "choices" in entry.message
