"""Conditions as trees, jumps and quotas in the designer: by form and without script, in words, and never lost."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from survey_app.conditions.rules import FieldKind, evaluate
from survey_app.customers.models import AttributeDefinition
from survey_app.extensions import db, writing
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.forms.trees import Group, Row, group_of, read_group, tree_of
from survey_app.questionnaires.logic import RuleKind, rules_of, uses
from survey_app.questionnaires.operands import Operand
from survey_app.questionnaires.page_map import page_map
from survey_app.questionnaires.parsing import parse
from survey_app.questionnaires.queries import current_version, get_survey, questionnaire_of
from tests.factories.designing import WHICH, a_large_survey, a_rich_survey, every_type
from tests.rooms.questionnaires.designer_pages import form_of
from tests.signing_in import SignIn

S = "/surveys/everything"
NUMBER = Operand("Recommend?", FieldKind.NUMBER, "Earlier answers")
KNOWN = {f"answer.{name}": NUMBER for name in "abc"}

numbers = st.integers(0, 10)
fields = st.sampled_from(sorted(KNOWN))
comparisons = st.one_of(
    st.builds(
        lambda f, op, v: {"field": f, "op": op, "value": v}, fields, st.sampled_from(["is", "at_least"]), numbers
    ),
    st.builds(
        lambda f, vs: {"field": f, "op": "one_of", "value": vs}, fields, st.lists(numbers, min_size=1, max_size=3)
    ),
    st.builds(lambda f: {"field": f, "op": "is_known"}, fields),
)
trees = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=6,
)


def controls(part: Row | Group, name: str) -> list[tuple[str, str]]:
    """Return what a browser sends of a condition's rows."""
    if isinstance(part, Row):
        values = [(f"{name}-value", value) for value in part.values]
        return [(f"{name}-field", part.field), (f"{name}-op", part.op), *values]
    inside = [each for place, inner in enumerate(part.parts) for each in controls(inner, f"{name}-{place}")]
    return [(f"{name}-joined", part.joined), *inside]


@given(tree=trees, answers=st.fixed_dictionaries({f: st.one_of(st.none(), numbers) for f in sorted(KNOWN)}))
def test_a_condition_means_the_same_after_the_form(tree: dict[str, Any], answers: dict[str, Any]) -> None:
    form = MultiDict(controls(group_of(tree), "show_if"))
    again = tree_of(read_group(form, "show_if"), KNOWN)
    assert evaluate(again, answers) == evaluate(tree, answers)
    assert group_of(again) == read_group(form, "show_if") or evaluate(again, answers) == evaluate(tree, answers)


def test_rows_and_groups_are_added_and_removed_at_their_place() -> None:
    form = MultiDict(controls(group_of({"any": [{"field": "answer.a", "op": "is_known"}]}), "c"))
    added = read_group(form | MultiDict({"act": "group:c"}), "c")
    assert added == Group("any", (Row("answer.a", "is_known"), Group("any", (Row(),))))
    form = MultiDict([*controls(added, "c"), ("act", "add:c-1")])
    assert read_group(form, "c").parts[1] == Group("any", (Row(), Row()))
    form = MultiDict([*controls(added, "c"), ("act", "remove:c-0")])
    assert read_group(form, "c") == Group("any", (Group("any", (Row(),)),))


def test_a_form_nested_without_end_is_read_only_so_deep() -> None:
    form = MultiDict({f"c{'-0' * depth}-joined": "all" for depth in range(500)})
    depth, part = 0, read_group(form, "c")
    while part.parts:
        depth, part = depth + 1, part.parts[0]
        assert isinstance(part, Group)
    assert depth == 6


@pytest.fixture
def marketer(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context(), writing():
        a_rich_survey()
        db.session.add(AttributeDefinition(code="plan", label="Plan", kind="choice"))
        db.session.commit()
    return sign_in("marketer")


@pytest.fixture
def draft(app: Flask) -> Any:
    """Return a function that reads the draft as it stands."""

    def read() -> Questionnaire:
        with app.app_context():
            return questionnaire_of(current_version(get_survey("everything")))

    return read


def tree_at(questionnaire: Questionnaire, code: str) -> Any:
    return next(item.show_if for item in questionnaire.items if item.code == code)


def press(client: FlaskClient, path: str, form: MultiDict[str, str], **changes: str) -> MultiDict[str, str]:
    """Send a form with a button pressed and return the form that comes back."""
    sent = form.copy()
    for name, value in changes.items():
        sent.setlist(name, [value])
    answer = client.post(path, data=sent)
    assert answer.status_code == 200
    return form_of(answer.text, path)


def test_a_condition_is_built_row_by_row_without_script(marketer: FlaskClient, draft: Any) -> None:
    path = f"{S}/items/visits"
    form = form_of(marketer.get(f"{S}/design?item=visits").text, path)
    form = press(marketer, path, form, act="add:show_if", **{"text-en": "Typed meanwhile"})
    form = press(marketer, path, form, act="refresh", **{"show_if-0-field": "answer.nps"})
    form.setlist("show_if-0-op", ["at_most"])
    form.setlist("show_if-0-value", ["6"])
    form = press(marketer, path, form, act="group:show_if")
    assert form["text-en"] == "Typed meanwhile"
    assert draft().pages[2].items[1].show_if is None
    form = press(marketer, path, form, act="refresh", **{"show_if-1-0-field": "attribute.plan"})
    form.setlist("show_if-1-0-op", ["is"])
    form.setlist("show_if-1-0-value", ["gold"])
    assert marketer.post(path, data=form).status_code == 303
    assert tree_at(draft(), "visits") == {
        "all": [
            {"field": "answer.nps", "op": "at_most", "value": 6},
            {"field": "attribute.plan", "op": "is", "value": "gold"},
        ]
    }
    page = unescape(marketer.get(f"{S}/logic").text)
    assert "Show “Typed meanwhile” if" in page
    assert "is at most 6 and Plan is gold." in page


def test_only_what_fits_is_offered(marketer: FlaskClient) -> None:
    page = marketer.get(f"{S}/design?item=why").text
    fields_offered = page.split('name="show_if-0-field"')[1].split("</select>")[0]
    assert 'value="answer.used"' in fields_offered
    # Later questions, and the item itself, cannot be picked.
    for code in ("why", "ratings", "delivery", "visits"):
        assert f'value="answer.{code}"' not in fields_offered
    operators = page.split('name="show_if-1-1-op"')[1].split("</select>")[0]
    assert re.findall(r'value="(\w+)"', operators) == ["contains", "one_of", "is_known", "is_unknown"]
    values = page.split('name="show_if-1-1-value"')[1].split("</select>")[0]
    assert re.findall(r'value="(\w+)"', values) == ["shop", "web", "other", "none"]


def test_a_condition_on_a_later_item_stays_and_is_named(marketer: FlaskClient, draft: Any) -> None:
    path = f"{S}/items/nps"
    form = form_of(marketer.get(f"{S}/design?item=nps").text, path)
    later = {"show_if-joined": "all", "show_if-0-field": "answer.visits", "show_if-0-op": "is", "show_if-0-value": "1"}
    assert marketer.post(path, data=form | MultiDict(later)).status_code == 303
    assert tree_at(draft(), "nps")["field"] == "answer.visits"
    assert "answer.visits (not known here)" in marketer.get(f"{S}/design?item=nps").text


def test_a_comparison_without_a_value_is_refused_and_kept(marketer: FlaskClient) -> None:
    path = f"{S}/items/note"
    form = form_of(marketer.get(f"{S}/design?item=note").text, path)
    form = press(marketer, path, form, act="add:show_if")
    form = press(marketer, path, form, act="refresh", **{"show_if-0-field": "answer.nps"})
    answer = marketer.post(path, data=form)
    assert answer.status_code == 422
    assert "Say what “How likely are you to recommend us to a friend or colleague?” is compared with." in answer.text
    assert form_of(answer.text, path)["show_if-0-field"] == "answer.nps"


def test_badges_show_where_logic_touches(marketer: FlaskClient) -> None:
    page = marketer.get(f"{S}/design").text
    assert 'title="Shown if ' in page
    assert "decides 2 rules" in page
    assert ">jump<" in page


def test_rules_are_listed_in_the_order_in_which_people_meet_them() -> None:
    questionnaire = parse(every_type())
    assert [(rule.kind, rule.subject) for rule in rules_of(questionnaire)] == [
        (RuleKind.JUMP, "experience"),
        (RuleKind.ITEM, "why"),
        (RuleKind.JUMP, "about"),
        (RuleKind.QUOTA, "companies"),
    ]
    assert {code: len(rules) for code, rules in uses(questionnaire).items()} == {
        "nps": 2,
        "satisfaction": 1,
        "used": 1,
        "visits": 1,
        "kind": 1,
    }


def test_the_logic_tab_says_rules_jumps_and_quotas_in_words(marketer: FlaskClient) -> None:
    page = unescape(marketer.get(f"{S}/logic").text)
    assert "After “Page 1: Your experience”, if" in page
    assert "go to “Page 3: About you”." in page
    assert "go to “Out: not counted”." in page
    assert "“companies”: at most 200 where “Which are you?” is Company." in page
    assert "<svg" in page
    assert "3 pages and 2 jumps" in page


def test_the_map_draws_every_jump_once(app: Flask) -> None:
    with app.test_request_context():
        questionnaire = parse(every_type())
        drawing = page_map(questionnaire, {page.code: page.code for page in questionnaire.pages})
    assert drawing.count("stroke-dasharray") == 2
    assert "Out: not counted" in drawing


def test_quotas_are_made_changed_and_deleted(marketer: FlaskClient, draft: Any) -> None:
    path = f"{S}/quotas/new"
    form = form_of(marketer.get(path).text, path)
    form = press(marketer, path, form, act="add:when", limit="25")
    form = press(marketer, path, form, act="refresh", **{"when-0-field": "answer.kind"})
    form.setlist("when-0-value", ["person"])
    assert marketer.post(path, data=form).status_code == 303
    quota = draft().quotas[1]
    assert (quota.code, quota.limit) == ("quota", 25)
    assert quota.when == {"field": "answer.kind", "op": "is", "value": "person"}
    path = f"{S}/quotas/quota"
    form = form_of(marketer.get(path).text, path)
    form.setlist("limit", ["many"])
    answer = marketer.post(path, data=form)
    assert answer.status_code == 422
    assert 'value="many"' in answer.text
    marketer.post(f"{path}/delete", data={"revision": "2"})
    assert [each.code for each in draft().quotas] == ["companies"]


def test_a_quota_needs_a_condition(marketer: FlaskClient) -> None:
    path = f"{S}/quotas/new"
    answer = marketer.post(path, data=form_of(marketer.get(path).text, path))
    assert answer.status_code == 422
    assert "A quota needs a condition that says whom it counts." in answer.text


def test_the_texts_of_the_ways_out_are_written_in_every_language(marketer: FlaskClient, draft: Any) -> None:
    path = f"{S}/logic/texts"
    form = form_of(marketer.get(f"{S}/logic").text, path)
    form.setlist("screened_out-vi", ["Cảm ơn quý khách."])
    assert marketer.post(path, data=form).status_code == 303
    assert draft().screened_out == {"vi": "Cảm ơn quý khách."}


def test_the_condition_of_the_example_is_shown_as_it_is(marketer: FlaskClient, draft: Any) -> None:
    assert tree_at(draft(), "why") == WHICH
    page = marketer.get(f"{S}/design?item=why").text
    assert 'name="show_if-1-joined"' in page


def test_two_hundred_items_with_a_hundred_rules_are_shown_page_by_page(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_large_survey()
        db.session.commit()
    client = sign_in("marketer")
    page = client.get("/surveys/large/design?item=q150").text
    assert page.count("<iframe") == 1
    assert len(page) < 700_000
    assert client.get("/surveys/large/logic").status_code == 200


@pytest.mark.parametrize("act", ["refresh", "add:show_if", "save"])
def test_an_operator_that_nobody_offers_is_answered_in_words(marketer: FlaskClient, act: str) -> None:
    path = f"{S}/items/note"
    form = form_of(marketer.get(f"{S}/design?item=note").text, path)
    odd = {"show_if-0-field": "answer.nps", "show_if-0-op": "NaN", "show_if-0-value": "1", "act": act}
    assert marketer.post(path, data=form | MultiDict(odd)).status_code == (422 if act == "save" else 200)


def test_a_quota_without_a_condition_says_what_it_counts(marketer: FlaskClient) -> None:
    page = unescape(marketer.get(f"{S}/quotas/new").text)
    assert "Every finished answer." in page
    assert "to ask only some" not in page
