"""LimeSurvey files: what their questions, conditions and quotas become, and that nothing is lost in silence."""

from __future__ import annotations

from collections import Counter

import pytest

from survey_app.questionnaires.checks import check_questionnaire, errors_of
from survey_app.questionnaires.definition import Item, ItemType
from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.interchange.limesurvey import read_limesurvey
from survey_app.questionnaires.interchange.reports import Entry, Fate, Imported
from survey_app.questionnaires.parsing import parse, to_data
from survey_app.questionnaires.rendering.course import follow
from tests.rooms.questionnaires.interchange.expectations import n_of, types_in
from tests.rooms.questionnaires.interchange.limesurvey_files import (
    asked,
    document,
    every_type,
    further_tables,
    part,
    xml,
)


@pytest.fixture(scope="module", params=[True, False], ids=["old", "new"])
def imported(request: pytest.FixtureRequest) -> Imported:
    return read_limesurvey(document(every_type(), further_tables(), is_old=request.param))


def item(imported: Imported, code: str) -> Item:
    return next(each for each in imported.questionnaire.items if each.code == code)


def entries(imported: Imported, kind: str) -> dict[str, Entry]:
    return {each.name: each for each in imported.report.entries if each.kind == kind}


def one(*questions: object, tables: dict[str, list[dict[str, str]]] | None = None) -> Imported:
    return read_limesurvey(document([("Group", "", list(questions))], tables or {}, is_old=False))  # type: ignore[list-item]


def test_old_and_new_files_of_one_survey_give_the_same_questionnaire() -> None:
    old, new = (read_limesurvey(document(every_type(), further_tables(), is_old=each)) for each in (True, False))
    assert old.questionnaire == new.questionnaire


def test_every_question_is_entered_once_with_its_type(imported: Imported) -> None:
    asked_types = Counter(made.type for _name, _relevance, questions in every_type() for made in questions)
    assert types_in(imported.report) == asked_types


def test_types_become_their_counterparts(imported: Imported) -> None:
    expected = {
        "size": ItemType.SINGLE,
        "drop": ItemType.SINGLE,
        "why": ItemType.SINGLE,
        "why_comment": ItemType.TEXT,
        "yes": ItemType.SINGLE,
        "sex": ItemType.SINGLE,
        "five": ItemType.CSAT,
        "many": ItemType.MULTIPLE,
        "manyc": ItemType.MULTIPLE,
        "manyc_comment": ItemType.TEXT,
        "rank": ItemType.RANKING,
        "nps": ItemType.NPS,
        "array": ItemType.LIKERT,
        "dual": ItemType.LIKERT,
        "dual_b": ItemType.LIKERT,
        "nums_sq001_c1": ItemType.NUMBER,
        "txts_sq002_c1": ItemType.TEXT,
        "af": ItemType.LIKERT,
        "bt": ItemType.LIKERT,
        "cy": ItemType.LIKERT,
        "ei": ItemType.LIKERT,
        "hc": ItemType.LIKERT,
        "two_sq001": ItemType.SINGLE,
        "short": ItemType.TEXT,
        "several_sq002": ItemType.TEXT,
        "num": ItemType.NUMBER,
        "nums2_sq001": ItemType.NUMBER,
        "share": ItemType.SUM,
        "day": ItemType.DATE,
        "text": ItemType.STATEMENT,
        "hid": ItemType.HIDDEN,
    }
    found = {each.code: each.type for each in imported.questionnaire.items}
    assert {code: found.get(code) for code in expected} == expected


def test_what_has_no_counterpart_is_lost_by_name(imported: Imported) -> None:
    lost = {each.name for each in imported.report.with_fate(Fate.LOST) if each.kind == "question"}
    assert lost == {"Sum (*)", "File (|)", "Lang (I)", "Odd (?)"}


def test_limits_orders_and_lengths_are_kept(imported: Imported) -> None:
    assert item(imported, "many").most == 2
    assert item(imported, "rank").is_shuffled
    assert item(imported, "short").max_length == 20
    assert (item(imported, "num").bounds.lowest, item(imported, "num").bounds.highest) == ("1", "9")
    assert item(imported, "share").total == 100
    assert item(imported, "size").is_required
    assert [option.is_other for option in item(imported, "size").options] == [False, False, False, True]


def test_a_relevance_equation_becomes_a_condition_on_option_codes(imported: Imported) -> None:
    assert item(imported, "drop").show_if == {"field": "answer.size", "op": "is", "value": "a2"}


def test_a_group_s_relevance_becomes_its_page_s_condition(imported: Imported) -> None:
    assert imported.questionnaire.pages[1].show_if == {"field": "answer.five", "op": "at_least", "value": 3}


def test_scenarios_are_joined_by_or_questions_by_and_rows_of_one_question_by_or(imported: Imported) -> None:
    size = [{"field": "answer.size", "op": "is", "value": each} for each in ("a1", "a2")]
    yes = {"field": "answer.yes", "op": "is", "value": "y"}
    sex = {"field": "answer.sex", "op": "is", "value": "f"}
    assert item(imported, "short").show_if == {"any": [{"all": [{"any": size}, yes]}, sex]}


def test_a_condition_by_pattern_is_lost_with_a_reason(imported: Imported) -> None:
    entry = entries(imported, "condition")["Huge condition 5"]
    assert entry.fate is Fate.LOST
    assert "RX" in entry.message
    assert item(imported, "huge").show_if is None


def test_quotas_keep_limit_members_and_message(imported: Imported) -> None:
    (quota,) = imported.questionnaire.quotas
    size = [{"field": "answer.size", "op": "is", "value": each} for each in ("a1", "a2")]
    assert (quota.code, quota.limit) == ("women", 50)
    assert quota.when == {"all": [{"field": "answer.sex", "op": "is", "value": "f"}, {"any": size}]}
    assert imported.questionnaire.quota_full == {"en": "Enough of you."}
    assert imported.report.counts()["quota"] == {"kept": 1, "lost": 2}
    assert n_of(imported.report, "quota member") == 5


def test_texts_are_plain_in_every_language_and_what_they_lose_is_entered(imported: Imported) -> None:
    assert item(imported, "text").text == {"en": "Read this", "fr": "Read this\n\n(fr)"}
    assert imported.questionnaire.introduction == {"en": "Welcome en", "fr": "Welcome fr"}
    assert imported.questionnaire.thanks == {"en": "Thanks en", "fr": "Thanks fr"}
    assert imported.report.counts()["script"] == {"lost": 2}


def test_an_answer_in_a_text_becomes_a_merge_field(imported: Imported) -> None:
    assert item(imported, "long").text["en"] == "Tell us about {answer.size}"
    assert imported.report.counts()["expression"] == {"changed": 2, "lost": 2}


def test_the_likeliest_outcome_is_guessed_and_said(imported: Imported) -> None:
    primary = imported.questionnaire.primary_outcome
    assert primary is not None
    assert primary.code == "nps"
    assert imported.report.counts()["role"] == {"changed": 1}


def test_nothing_beside_the_questions_is_lost_in_silence(imported: Imported) -> None:
    counts = imported.report.counts()
    n_parts = sum(len(made.parts) for _name, _relevance, questions in every_type() for made in questions)
    n_answers = sum(len(made.answers) for _name, _relevance, questions in every_type() for made in questions)
    n_attributes = sum(len(made.attributes) for _name, _relevance, questions in every_type() for made in questions)
    assert n_of(imported.report, "subquestion") == n_parts
    assert n_of(imported.report, "option") == n_answers
    assert n_of(imported.report, "attribute") == n_attributes
    assert n_of(imported.report, "condition") == 2 + 5
    assert (counts["default"], counts["assessment"]) == ({"lost": 1}, {"lost": 1})
    assert (counts["other"], counts["required"], counts["validator"]) == ({"kept": 2}, {"kept": 1}, {"lost": 1})
    assert counts["mail text"] == {"lost": 2}


def test_what_comes_out_is_a_questionnaire_without_errors(imported: Imported) -> None:
    assert parse(to_data(imported.questionnaire)) == imported.questionnaire
    assert errors_of(check_questionnaire(imported.questionnaire)) == []


def test_the_way_through_is_limesurvey_s_way(imported: Imported) -> None:
    def asked_of(answers: dict[str, object]) -> set[str]:
        course = follow(imported.questionnaire, answers, {})
        pages = [imported.questionnaire.pages[index] for index in course.shown]
        return {each.code for page in pages for each in page.items if course.missing.get(each.code) != "not_asked"}

    assert {"drop", "array", "short"} <= asked_of({"size": "a2", "five": 4, "yes": "y"})
    assert asked_of({"size": "a1", "five": 2, "sex": "m"}).isdisjoint({"drop", "array", "short"})
    assert "short" in asked_of({"sex": "f"})


THREE = [("A1", "Bad"), ("A2", "Middling"), ("A3", "Good")]
FIRST = asked("1", "L", "First", "First?", answers=THREE)
MANY = asked("2", "M", "Many", "Many?", parts=[part("21", "SQ1", "One"), part("22", "SQ2", "Two")])
ROWS = asked("3", "F", "Rows", "Rate", parts=[part("31", "SQ1", "One"), part("32", "SQ2", "Two")], answers=THREE)
NUMBER = asked("4", "N", "Num", "How many?")
IS_A1 = {"field": "answer.first", "op": "is", "value": "a1"}


@pytest.mark.parametrize(
    ("equation", "tree"),
    [
        ('First == "A1"', IS_A1),
        ('(First.NAOK == "A1")', IS_A1),
        ("'A1' == First", IS_A1),
        ('First.shown == "Bad"', IS_A1),
        ('First != "A1"', {"not": IS_A1}),
        ('!(First == "A1")', {"not": IS_A1}),
        ('First == "A1" && Num > 3', {"all": [IS_A1, {"field": "answer.num", "op": "more_than", "value": 3}]}),
        ('First == "A1" or 3 >= Num', {"any": [IS_A1, {"field": "answer.num", "op": "at_most", "value": 3}]}),
        ("is_empty(First)", {"field": "answer.first", "op": "is_unknown"}),
        ("!is_empty(Num.NAOK)", {"not": {"field": "answer.num", "op": "is_unknown"}}),
        ('Many_SQ1.NAOK == "Y"', {"field": "answer.many", "op": "contains", "value": "sq1"}),
        ('Many_SQ2 != "Y"', {"not": {"field": "answer.many", "op": "contains", "value": "sq2"}}),
        ('Rows_SQ1 == "A3"', {"field": "answer.rows_sq1", "op": "is", "value": 3}),
        ('4711X1X1 eq "A1"', IS_A1),
    ],
)
def test_equations_become_trees(equation: str, tree: dict[str, object]) -> None:
    last = asked("9", "T", "Last", "Last?", relevance=equation)
    assert item(one(FIRST, MANY, ROWS, NUMBER, last), "last").show_if == tree


@pytest.mark.parametrize(
    "equation",
    [
        "Num + 1 == 3",
        "sum(First, Num) > 1",
        'regexMatch("/a/", First)',
        'First == "A9"',
        'Nowhere == "A1"',
        'Later == "A1"',
        'First = "A1"',
        "(((",
        'TOKEN:EMAIL == "x"',
        "Num > Num",
        '"' * 50,
        "(" * 400 + "Num" + ")" * 400,
    ],
)
def test_equations_that_trees_cannot_say_are_lost_in_their_own_words(equation: str) -> None:
    last = asked("9", "T", "Last", "Last?", relevance=equation)
    found = one(FIRST, NUMBER, last, asked("10", "L", "Later", "Later?", answers=THREE))
    entry = entries(found, "condition")["Last relevance"]
    assert entry.fate is Fate.LOST
    assert equation[:20] in entry.message
    assert item(found, "last").show_if is None


def test_a_subquestion_s_relevance_makes_its_row_a_battery_of_its_own() -> None:
    rows = [part("31", "SQ1", "One"), part("32", "SQ2", "Two", relevance='First == "A1"')]
    found = one(FIRST, asked("3", "F", "Rows", "Rate", parts=rows, answers=THREE))
    assert [(each.code, len(each.rows), each.show_if) for each in found.questionnaire.items[1:]] == [
        ("rows", 1, None),
        ("rows_part2", 1, IS_A1),
    ]


def test_an_option_s_relevance_is_lost_by_name() -> None:
    parts = [part("21", "SQ1", "One", relevance='First == "A1"'), part("22", "SQ2", "Two")]
    found = one(FIRST, asked("2", "M", "Many", "Many?", parts=parts))
    assert entries(found, "condition")["Many_SQ1 relevance"].fate is Fate.LOST


def test_foreign_codes_become_unique_codes_of_ours() -> None:
    found = one(
        asked("1", "S", "q-1", "A"), asked("2", "S", "q_1", "B"), asked("3", "S", "1", "C"), asked("4", "S", "đ", "D")
    )
    assert [each.code for each in found.questionnaire.items] == ["q_1", "q_1_2", "q1", "d"]


def test_without_groups_the_questions_stand_on_one_page() -> None:
    data = document([("Group", "", [FIRST, NUMBER])], {}, is_old=False)
    data = data.replace(b"<groups>", b"<grapes>").replace(b"</groups>", b"</grapes>")
    (page,) = read_limesurvey(data).questionnaire.pages
    assert [each.code for each in page.items] == ["first", "num"]


def test_a_question_without_its_group_is_lost_by_name() -> None:
    data = document([("Group", "", [FIRST])], {}, is_old=False).replace(
        b"<gid><![CDATA[1]]></gid><type>", b"<gid>7</gid><type>"
    )
    with pytest.raises(QuestionnaireError, match="no question"):
        read_limesurvey(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        b"<document><answers>",
        b"<survey/>",
        b"<document/>",
        "<document>é</document>".encode("latin-1"),
        b'<?xml version="1.0" encoding="nonsense"?><document/>',
        b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><document>&b;</document>',
        b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><document><rows>&e;</rows></document>',
        b"<document>" + b"<a>" * 100_000,
        b"<document>" + b" " * 5_000_000 + b"</document>",
        xml({}),
    ],
)
def test_what_is_no_survey_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(QuestionnaireError) as refused:
        read_limesurvey(data)
    assert all(finding.message for finding in refused.value.findings)


def test_three_hundred_options_and_rows_are_cut_into_pieces() -> None:
    many = [(f"A{number}", f"Answer {number}") for number in range(600)]
    rows = [part(f"3{number:03}", f"SQ{number}", f"Row {number}") for number in range(250)]
    found = one(
        asked("1", "L", "First", "First?", answers=many), asked("3", "F", "Rows", "Rate", parts=rows, answers=THREE)
    )
    assert [len(each.options) or len(each.rows) for each in found.questionnaire.items] == [500, 100, 100, 50]
    assert found.report.counts()["limit"] == {"changed": 1}


def test_texts_that_are_too_long_are_cut_and_said() -> None:
    found = one(asked("1", "S", "Long", "x" * 100_000))
    assert len(item(found, "long").text["en"]) == 4000
    assert "text" in found.report.counts()
