"""The written form of a questionnaire: what is read, what is refused, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.questionnaires.definition import ItemType
from survey_app.questionnaires.findings import Finding
from survey_app.questionnaires.interchange import read_text, write_text
from survey_app.questionnaires.parsing import QuestionnaireError, parse, to_data
from tests.factories.questionnaires import a_battery, a_choice, a_comment, a_definition, an_item


def with_item(**item: Any) -> dict[str, Any]:
    return a_definition(pages=[{"code": "p", "items": [item]}])


def findings_of(data: object) -> list[str]:
    with pytest.raises(QuestionnaireError) as caught:
        parse(data)
    return [str(each) for each in caught.value.findings]


@pytest.mark.parametrize(
    ("data", "path", "words"),
    [
        (["not", "a", "mapping"], "", "group of named values"),
        (a_definition(colour="red"), "", "“colour” is not known here"),
        (a_definition(format="limesurvey"), "format", "This is not a questionnaire"),
        (a_definition(format_version=2), "format_version", "Only version 1"),
        (a_definition(languages=[]), "languages", "List the languages"),
        (a_definition(languages=["english"]), "languages", "no language tag"),
        (a_definition(languages=["en", "en"]), "languages", "2 times"),
        (a_definition(pages=[]), "pages", "at least one page"),
        (a_definition(pages="p1"), "pages", "Write a list here"),
        (a_definition(title={"fr": "Bonjour"}), "title", "none of this questionnaire's languages"),
        (a_definition(title="x" * 201), "title.en", "longer than 200 characters"),
        (a_definition(pages=[{"code": "p", "items": []}] * 2), "pages", "“p” stands here 2 times"),
        (with_item(code="q1", type="slider"), "pages[1].items[1].type", "“slider” cannot stand here. Choose: nps"),
        (with_item(code="q1"), "pages[1].items[1].type", "Say which type"),
        (with_item(code="Q 1", type="text"), "pages[1].items[1].code", "“Q 1” is no code"),
        (with_item(code="q" * 61, type="text"), "pages[1].items[1].code", "is no code"),
        (with_item(code=False, type="text"), "pages[1].items[1].code", "in quotation marks"),
        (with_item(code="csrf_token", type="text"), "pages[1].items[1].code", "a name we use ourselves"),
        (with_item(code="q1", type="text", text=5), "pages[1].items[1].text", "Write a text"),
        (with_item(code="q1", type="text", max_length=0), "pages[1].items[1].max_length", "from 1 to 10000"),
        (with_item(code="q1", type="text", required="yes"), "pages[1].items[1].required", "true or false"),
        (with_item(code="q1", type="text", role="outcome"), "pages[1].items[1].role", "Choose: verbatim, profile"),
        (with_item(code="q1", type="statement", role="driver"), "pages[1].items[1]", "“role” is not known here"),
        (with_item(code="q1", type="nps", options=[]), "pages[1].items[1]", "“options” is not known here"),
        (with_item(code="q1", type="nps", primary=True), "pages[1].items[1].primary", "role outcome"),
        (with_item(code="q1", type="nps", scale={"low": 1}), "pages[1].items[1].scale", "“low” is not known here"),
        (with_item(code="q1", type="ces", scale={"high": 5}), "pages[1].items[1].scale", "“high” is not known here"),
        (with_item(code="q1", type="csat", scale={"high": 2}), "pages[1].items[1].scale.high", "from 3 to 10"),
        (with_item(code="q1", type="csat", scale={"low": 2}), "pages[1].items[1].scale.low", "from 0 to 1"),
        (with_item(code="q1", type="csat", scale=[1, 5]), "pages[1].items[1].scale", "group of named values"),
        (with_item(code="q1", type="csat", scale={"labels": {6: "x"}}), "pages[1].items[1].scale.labels", "“6”"),
        (with_item(**a_choice(options=[{"code": "-"}])), "pages[1].items[1].options[1].code", "is no code"),
        (with_item(**a_choice(options=[{"code": "a"}] * 2)), "pages[1].items[1].options", "same code"),
        (with_item(**a_battery(rows=["delivery"])), "pages[1].items[1].rows[1]", "group of named values"),
        (with_item(**a_battery(rows=[{"code": "ratings"}])), "pages", "“ratings” stands here 2 times"),
        (with_item(**a_comment(show_if="nps < 7")), "pages[1].items[1].show_if", "a group or a comparison"),
        (
            with_item(**a_comment(show_if={"field": "x", "op": "is", "value": 1})),
            "pages[1].items[1].show_if",
            "no field",
        ),
        (
            with_item(**a_comment(show_if={"field": "answer.nps", "op": "like", "value": 1})),
            "pages[1].items[1].show_if",
            "cannot be compared by like",
        ),
    ],
)
def test_what_is_wrong_is_said_in_words_with_its_place(data: object, path: str, words: str) -> None:
    found = findings_of(data)
    assert [each for each in found if words in each and each.startswith(path)], found


def test_all_faults_are_told_at_once() -> None:
    assert len(findings_of({"languages": ["en"], "pages": [{"code": "P"}, {"code": 7}], "x": 1})) == 3


def test_two_primary_outcomes_are_refused() -> None:
    data = a_definition(pages=[{"code": "p", "items": [an_item(), an_item(code="nps2")]}])
    assert any("nps, nps2" in each for each in findings_of(data))


@pytest.mark.parametrize(
    ("kind", "ends", "labels"),
    [
        ("nps", (0, 10), ("Not at all likely", "Extremely likely")),
        ("csat", (1, 5), ("Very dissatisfied", "Very satisfied")),
        ("ces", (1, 7), ("Strongly disagree", "Strongly agree")),
    ],
)
def test_a_scale_that_is_not_written_is_the_usual_one(
    kind: str, ends: tuple[int, int], labels: tuple[str, str]
) -> None:
    item = parse(with_item(code="q", type=kind, text="How?")).items[0]
    assert item.scale
    assert (item.scale.low, item.scale.high) == ends
    assert tuple(item.scale.labels[end]["en"] for end in ends) == labels
    assert item.scale.higher_is_better


def test_empty_labels_stay_empty() -> None:
    item = parse(with_item(code="q", type="csat", scale={"labels": {}})).items[0]
    assert item.scale
    assert item.scale.labels == {}


def test_a_plain_text_counts_for_the_first_language() -> None:
    assert parse(a_definition(title="Hello", languages=["vi", "en"])).title == {"vi": "Hello"}


def test_texts_are_stored_composed_and_without_what_no_database_stores() -> None:
    assert parse(a_definition(title=" Nguye\u0302\u0303n\x00\ud800 ")).title == {"en": "Nguyễn"}


def test_rows_inherit_the_role_of_their_battery() -> None:
    rows = [{"code": "a", "text": "A"}, {"code": "b", "text": "B", "role": "outcome"}]
    item = parse(with_item(**a_battery(rows=rows))).items[0]
    assert [row.role for row in item.rows] == ["driver", "outcome"]


def test_a_questionnaire_written_and_read_again_is_the_same() -> None:
    questionnaire = parse(a_definition())
    assert parse(to_data(questionnaire)) == questionnaire
    for form in ("yaml", "json"):
        assert read_text(write_text(questionnaire, form)) == questionnaire


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"\xff\xfe\x00", "UTF-8"),
        ("title: [", "line 1"),
        ("a: !!python/object/apply:os.system [ls]", "neither YAML nor JSON"),
        ("[" * 3000, "neither YAML nor JSON|cannot be read as values"),
        ("x" * 1_000_001, "larger than"),
        ("a: 2026-13-45", "cannot be read as values"),
        ("a: " + "9" * 5000, "cannot be read as values"),
        ("", "group of named values"),
    ],
)
def test_a_hostile_file_is_refused_in_words(text: str | bytes, words: str) -> None:
    with pytest.raises(QuestionnaireError, match=words):
        read_text(text)


def test_a_document_that_multiplies_itself_is_refused_soon() -> None:
    levels = "".join(f"l{n}: &l{n} {{all: [{', '.join([f'*l{n - 1}'] * 40)}]}}\n" for n in range(1, 9))
    text = f"l0: &l0 {{field: answer.nps, op: is, value: 1}}\n{levels}pages: [{{code: p, show_if: *l8}}]\n"
    with pytest.raises(QuestionnaireError, match=r"too deep or too long|references that lead"):
        read_text(text)


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["nps", "likert", "single", "en", "outcome", "answer.nps", "at_most", "q1"])
)
keys = st.sampled_from([
    "title", "languages", "pages", "items", "code", "type", "text", "scale", "labels", "low", "high", "options", "rows",
    "role", "show_if", "all", "not", "field", "op", "value", "en", "primary", "hint",
]) | st.integers() | st.booleans() | st.none()  # fmt: skip
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=6), max_leaves=30
)


def reads_or_refuses(read: Callable[[], object]) -> None:
    findings: tuple[Finding, ...] = ()
    try:
        read()
    except QuestionnaireError as error:
        findings = error.findings or (Finding("", ""),)
    assert all(each.message for each in findings)


@settings(max_examples=300, deadline=None)
@given(anything)
def test_whatever_comes_in_is_read_or_refused(data: object) -> None:
    reads_or_refuses(lambda: parse(data))


@settings(max_examples=120, deadline=None)
@given(st.dictionaries(keys, anything, max_size=8), st.sampled_from([*ItemType]))
def test_whatever_an_item_holds_is_read_or_refused(item: dict[Any, Any], kind: ItemType) -> None:
    reads_or_refuses(lambda: parse(with_item() | {"pages": [{"code": "p", "items": [item | {"type": kind.value}]}]}))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_whatever_a_file_holds_is_read_or_refused(text: str) -> None:
    reads_or_refuses(lambda: read_text(text))


GROUP = {"code": "group", "type": "hidden", "source": "random", "options": [{"code": "a", "text": "A"}, {"code": "b"}]}


def test_groups_by_chance_are_read_and_written_again() -> None:
    questionnaire = parse(with_item(**GROUP))
    (item,) = questionnaire.items
    assert item.is_by_chance
    assert [option.code for option in item.options] == ["a", "b"]
    assert parse(to_data(questionnaire)) == questionnaire
    assert questionnaire.codebook().items[0].options == {"a": {"en": "A"}, "b": {}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"source": None}, "Only a hidden value that is assigned by chance"),
        ({"source": "customer.name"}, "Only a hidden value that is assigned by chance"),
        ({"source": "randomly"}, "no source of a hidden value"),
        ({"options": [{"code": "a", "other": True}]}, "other"),
        ({"options": [{"code": "a"}, {"code": "a"}]}, "same code"),
    ],
)
def test_groups_that_chance_could_not_assign_are_refused(change: dict[str, Any], words: str) -> None:
    assert any(words in each for each in findings_of(with_item(**{**GROUP, **change})))
