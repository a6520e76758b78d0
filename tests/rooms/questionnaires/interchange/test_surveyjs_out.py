"""SurveyJS JSON out: what both can say comes back, what SurveyJS cannot say is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.conditions.rules import evaluate
from survey_app.questionnaires.definition import ItemType, Questionnaire
from survey_app.questionnaires.interchange.reports import Fate
from survey_app.questionnaires.interchange.surveyjs import read_surveyjs, write_surveyjs
from survey_app.questionnaires.interchange.surveyjs.asking import native_values
from survey_app.questionnaires.interchange.surveyjs.expressions import read_expression
from tests.factories.generated_questionnaires import answers_to, questionnaires
from tests.factories.questionnaires import a_choice, a_comment, a_definition, a_questionnaire, an_item

SAID_ALIKE = frozenset(
    {
        ItemType.CSAT,
        ItemType.LIKERT,
        ItemType.SINGLE,
        ItemType.MULTIPLE,
        ItemType.RANKING,
        ItemType.NUMBER,
        ItemType.DATE,
        ItemType.TEXT,
    }
)


@pytest.fixture(scope="module", autouse=True)
def _request(speaking_app: Flask) -> Iterator[None]:
    with speaking_app.test_request_context():
        yield


def there_and_back(questionnaire: Questionnaire) -> Questionnaire:
    return read_surveyjs(write_surveyjs(questionnaire).content).questionnaire


@given(questionnaires())
@settings(max_examples=15, deadline=None)
def test_what_both_can_say_comes_back(questionnaire: Questionnaire) -> None:
    back = {item.code: item for item in there_and_back(questionnaire).items}
    for item in questionnaire.items:
        if item.type in SAID_ALIKE:
            found = back[item.code]
            texts = {tag: text.replace("{customer.first_name|you}", "you") for tag, text in item.text.items()}
            assert found.text == texts
            assert (found.type, found.is_required) == (item.type, item.is_required)
            assert [row.code for row in found.rows] == [row.code for row in item.rows]
            assert len(found.options) == len(item.options)
            assert found.bounds == item.bounds or item.type not in {ItemType.NUMBER, ItemType.DATE}
            assert (found.scale is None) == (item.scale is None)


def as_there(questionnaire: Questionnaire, answers: dict[str, Any]) -> dict[str, Any]:
    """Return answers as they are called there: 0 to 10 is a choice, the option for own words has a name of its own."""
    found: dict[str, Any] = {}
    for item in questionnaire.items:
        value, natives = answers.get(f"answer.{item.code}"), native_values(item)
        if value is not None and item.type is ItemType.NPS:
            found[f"answer.{item.code}"] = str(value)
        elif item.type is ItemType.MULTIPLE and value is not None:
            found[f"answer.{item.code}"] = [natives[each] for each in value]
        elif item.type is ItemType.SINGLE and value is not None:
            found[f"answer.{item.code}"] = natives[value]
    return found


@given(st.data())
@settings(max_examples=15, deadline=None)
def test_conditions_hold_for_the_same_answers(data: st.DataObject) -> None:
    questionnaire = data.draw(questionnaires())
    exported = write_surveyjs(questionnaire)
    lost = {each.name for each in exported.report.entries if each.kind == "condition" and each.fate == "lost"}
    found = read_surveyjs(exported.content)
    back = {item.code: item for item in found.questionnaire.items}
    unsaid = {each.name for each in found.report.entries if each.kind == "condition" and each.fate == "lost"}
    answers = {f"answer.{code}": value for code, value in data.draw(answers_to(questionnaire)).items()}
    there = {**answers, **as_there(questionnaire, answers)}
    for item in questionnaire.items:
        name = f"{item.code}.visibleIf"
        if item.show_if and item.type in SAID_ALIKE and name not in lost | unsaid:
            assert evaluate(back[item.code].show_if, there) == evaluate(item.show_if, answers)


@given(questionnaires())
@settings(max_examples=15, deadline=None)
def test_everything_that_is_written_is_an_expression(questionnaire: Questionnaire) -> None:
    document = json.loads(write_surveyjs(questionnaire).content)
    for page in document["pages"]:
        for each in (page, *page["elements"]):
            if "visibleIf" in each:
                assert read_expression(each["visibleIf"])


def test_jumps_are_said_as_conditions_of_the_pages_in_between() -> None:
    definition = a_definition()
    low = {"field": "answer.nps", "op": "at_most", "value": 6}
    definition["pages"][0]["jumps"] = [{"when": low, "to": "why"}, {"to": "end"}]
    exported = write_surveyjs(a_questionnaire(pages=definition["pages"]))
    pages = json.loads(exported.content)["pages"]
    assert pages[1]["visibleIf"] == "(!({nps} <= 6) and !(!({nps} <= 6)))"
    assert pages[3]["visibleIf"] == "!(!({nps} <= 6))"
    assert exported.report.counts()["jump"] == {"changed": 2}


def test_what_surveyjs_cannot_say_is_named() -> None:
    quota = {"code": "many", "when": {"field": "answer.nps", "op": "is", "value": 1}, "limit": 3}
    gold = {"field": "attribute.plan", "op": "is", "value": "gold"}
    hidden = {"code": "shop", "type": "hidden"}
    pages = [{"code": "p", "items": [an_item(), a_choice(show_if=gold), a_comment(), hidden]}]
    report = write_surveyjs(a_questionnaire(pages=pages, quotas=[quota])).report
    assert report.counts()["quota"] == report.counts()["condition"] == {"lost": 1}
    assert report.counts()["item"] == {"changed": 1, "kept": 2, "lost": 1}
    assert "shop (hidden)" in {each.name for each in report.with_fate(Fate.LOST)}


def test_texts_are_words_there_and_never_markup() -> None:
    statement = {"code": "s", "type": "statement", "text": {"en": "<script>x</script> & so\non"}}
    exported = write_surveyjs(a_questionnaire(pages=[{"code": "p", "items": [statement, an_item()]}]))
    assert "&lt;script&gt;x&lt;/script&gt; &amp; so<br>on" in exported.content.decode()
