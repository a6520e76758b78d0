"""What LimeSurvey's counts, equations, filters and numbers by chance say in conditions of ours."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from survey_app.questionnaires.checks import check_questionnaire, errors_of
from survey_app.questionnaires.definition import RANDOM, Item, ItemType
from survey_app.questionnaires.interchange.limesurvey import read_limesurvey
from survey_app.questionnaires.interchange.reports import Entry, Fate, Imported
from survey_app.questionnaires.rendering.course import follow
from tests.rooms.questionnaires.interchange.limesurvey_files import SID, asked, document, part

THREE = [("A1", "Bad"), ("A2", "Middling"), ("A3", "Good")]
FIRST = asked("1", "L", "First", "First?", answers=THREE, other="Y")
MANY = asked("2", "M", "Many", "Many?", parts=[part(f"2{n}", f"SQ{n}", f"Answer {n}") for n in (1, 2, 10)])
NUMBER = asked("4", "N", "Num", "How many?")
CHANCE = asked("7", "*", "Draw", "{if(is_empty(Draw.NAOK), rand(1, 3), Draw.NAOK)}", attributes={"hidden": "1"})
COMPUTED = asked("8", "*", "Sort", '{if(First == "A1", 1, if(Num > 5, 2, 3))}', attributes={"hidden": "1"})


def one(*questions: object, tables: dict[str, list[dict[str, str]]] | None = None) -> Imported:
    return read_limesurvey(document([("Group", "", list(questions))], tables or {}, is_old=False))  # type: ignore[list-item]


def item(imported: Imported, code: str) -> Item:
    return next(each for each in imported.questionnaire.items if each.code == code)


def entry(imported: Imported, kind: str, name: str) -> Entry:
    return next(each for each in imported.report.entries if (each.kind, each.name) == (kind, name))


def conditional(equation: str) -> Imported:
    last = asked("9", "T", "Last", "Last?", relevance=equation)
    return one(FIRST, MANY, NUMBER, CHANCE, COMPUTED, last)


def is_asked(imported: Imported, code: str, answers: dict[str, Any]) -> bool:
    return follow(imported.questionnaire, answers, {}).missing.get(code) != "not_asked"


@pytest.mark.parametrize(
    ("equation", "holds"),
    [
        ("count(Many_SQ1, Many_SQ2) > 0", lambda chosen: bool(chosen & {"sq1", "sq2"})),
        ("count(that.Many.NAOK) >= 2", lambda chosen: len(chosen) >= 2),
        ("count(that.Many.NAOK) == 1", lambda chosen: len(chosen) == 1),
        ("count(that.Many.NAOK) != 1", lambda chosen: len(chosen) != 1),
        ("2 > count(that.Many)", lambda chosen: len(chosen) < 2),
        ('countif("Y", that.Many.NAOK) == 3', lambda chosen: len(chosen) == 3),
        ("count(that.Many) > 7", lambda _chosen: False),
        ("count(that.Many) >= 0", lambda _chosen: True),
        ("!count(that.Many)", lambda chosen: not chosen),
        (
            "if(Many_SQ1 == 'Y', Many_SQ2 == 'Y', Many_SQ10 == 'Y')",
            lambda chosen: ("sq2" if "sq1" in chosen else "sq10") in chosen,
        ),
    ],
)
def test_counts_of_answers_hold_for_the_same_answers(equation: str, holds: Any) -> None:
    imported = conditional(equation)
    assert entry(imported, "condition", "Last relevance").fate is Fate.KEPT
    for ticks in product((True, False), repeat=3):
        chosen = [code for code, is_ticked in zip(("sq1", "sq2", "sq10"), ticks, strict=True) if is_ticked]
        answers = {"many": chosen} if chosen else {}
        assert is_asked(imported, "last", answers) is holds(set(chosen)), chosen


@pytest.mark.parametrize(
    ("equation", "wanted"),
    [
        ("Sort == 1", {("a1", 1), ("a1", 9)}),
        ("Sort.NAOK == 2", {("a2", 9)}),
        ("Sort != 3", {("a1", 1), ("a1", 9), ("a2", 9)}),
        ("is_empty(First_other) and Sort == 3", {("a2", 1)}),
    ],
)
def test_conditions_say_themselves_what_an_equation_question_computes(
    equation: str, wanted: set[tuple[str, int]]
) -> None:
    imported = conditional(equation)
    pairs = product(("a1", "a2"), (1, 9))
    assert {
        pair for pair in pairs if is_asked(imported, "last", dict(zip(("first", "num"), pair, strict=True)))
    } == wanted


@pytest.mark.parametrize(
    ("equation", "tree"),
    [
        ("Draw == 1", {"field": "answer.draw", "op": "is", "value": "1"}),
        ("Draw.NAOK <= 2", {"field": "answer.draw", "op": "one_of", "value": ["1", "2"]}),
        ("!is_empty(First_other)", {"field": "answer.first", "op": "is", "value": "oth"}),
        (
            "Num",
            {
                "all": [
                    {"field": "answer.num", "op": "is_known"},
                    {"not": {"field": "answer.num", "op": "is", "value": 0}},
                ]
            },
        ),
        ("strlen(Num) > 0", {"field": "answer.num", "op": "is_known"}),
        ('TOKEN:ATTRIBUTE_2 == "gold"', {"field": "attribute.attribute_2", "op": "is", "value": "gold"}),
        ("0", {"any": []}),
        ("1 == 1", None),
    ],
)
def test_further_equations_become_trees(equation: str, tree: dict[str, object] | None) -> None:
    found = conditional(equation)
    assert item(found, "last").show_if == tree
    assert errors_of(check_questionnaire(found.questionnaire)) == []


@pytest.mark.parametrize(
    "made",
    [
        CHANCE,
        asked("7", "*", "Draw", "<p>{rand(1,3)}</p>"),
        asked("7", "*", "Draw", "", attributes={"equation": "{rand(1,3)}"}),
        asked("7", "S", "Draw", "Your group", attributes={"hidden": "1"}),
    ],
)
def test_a_number_by_chance_becomes_a_group_by_chance(made: Any) -> None:
    defaults = [{"qid": "7", "defaultvalue": "{rand(1,3)}"}] if made.type == "S" else []
    found = one(FIRST, made, tables={"defaultvalues": defaults})
    group = item(found, "draw")
    assert (group.type, group.source, [each.code for each in group.options]) == (
        ItemType.HIDDEN,
        RANDOM,
        ["1", "2", "3"],
    )
    assert entry(found, "question", f"Draw ({made.type})").fate is Fate.CHANGED
    assert found.report.counts().get("default", {}) == ({"changed": 1} if defaults else {})
    assert errors_of(check_questionnaire(found.questionnaire)) == []


@pytest.mark.parametrize("text", ["{rand(1,1)}", "{rand(5,1)}", "{rand(1,100000)}", "{rand(Num,3)}", "{rand(1,3) + 1}"])
def test_a_number_by_chance_that_is_no_group_is_lost_by_name(text: str) -> None:
    found = one(FIRST, asked("7", "*", "Draw", text))
    assert entry(found, "question", "Draw (*)").fate is Fate.LOST


def test_an_equation_that_computes_with_itself_is_lost_by_name() -> None:
    sums = [asked(str(50 + n), "*", f"E{n}", f"{{if(E{(n + 1) % 3} == 1, 1, 2)}}") for n in range(3)]
    found = one(FIRST, *sums, asked("9", "T", "Last", "Last?", relevance="E0 == 1"))
    assert entry(found, "condition", "Last relevance").fate is Fate.LOST


def test_equations_that_would_grow_without_end_are_lost_by_name() -> None:
    sums = [asked(str(50 + n), "*", f"E{n}", f"{{if(E{n - 1} == 1, E{n - 1}, E{n - 1})}}") for n in range(1, 30)]
    start = asked("50", "*", "E0", "{if(Num > 1, 1, 2)}")
    found = one(NUMBER, start, *sums, asked("9", "T", "Last", "Last?", relevance="E29 == 1"))
    assert entry(found, "condition", "Last relevance").fate is Fate.LOST


def rows(kind: str = "F", **attributes: str) -> Any:
    parts = [part(f"3{n}", f"SQ{n}", f"Row {n}") for n in (1, 2, 3)]
    return asked("3", kind, "Rows", "Rate", parts=parts, answers=THREE, attributes=attributes)


def test_a_filter_asks_the_rows_that_were_chosen_and_those_it_does_not_speak_of() -> None:
    found = one(MANY, rows(array_filter="Many"))
    parts = [(each.rows[0].code, each.show_if) for each in found.questionnaire.items if each.rows]
    chosen = [{"field": "answer.many", "op": "contains", "value": each} for each in ("sq1", "sq2")]
    assert parts == [("rows_sq1", chosen[0]), ("rows_sq2", chosen[1]), ("rows_sq3", None)]
    assert entry(found, "attribute", "Rows array_filter").fate is Fate.CHANGED


def test_an_excluding_filter_asks_the_items_that_were_not_chosen() -> None:
    found = one(MANY, rows("Q", array_filter_exclude="Many"))
    assert item(found, "rows_sq1").show_if == {"not": {"field": "answer.many", "op": "contains", "value": "sq1"}}
    assert item(found, "rows_sq3").show_if is None


@pytest.mark.parametrize(
    ("kind", "source"), [("M", "Many"), ("F", "Many;First"), ("F", "Later"), ("F", "First"), ("F", ";")]
)
def test_a_filter_that_cannot_be_said_is_lost_by_name(kind: str, source: str) -> None:
    found = one(FIRST, MANY, rows(kind, array_filter=source), asked("6", "M", "Later", "Later?"))
    assert entry(found, "attribute", "Rows array_filter").fate is Fate.LOST
    assert all(each.show_if is None for each in found.questionnaire.items)


def test_the_condition_of_a_row_or_column_is_on_all_its_cells_and_no_others() -> None:
    parts = [part("61", "SQ1", "One", relevance='First == "A1"'), part("62", "SQ10", "Ten")]
    columns = [part("63", "C1", "Now", scale_id="1"), part("64", "C2", "Then", scale_id="1", relevance="Num > 3")]
    found = one(FIRST, NUMBER, asked("6", ";", "Cells", "What?", parts=[*parts, *columns]))
    is_first = {"field": "answer.first", "op": "is", "value": "a1"}
    is_more = {"field": "answer.num", "op": "more_than", "value": 3}
    assert {each.code: each.show_if for each in found.questionnaire.items if each.code.startswith("cells")} == {
        "cells_sq1_c1": is_first,
        "cells_sq1_c2": {"all": [is_first, is_more]},
        "cells_sq10_c1": None,
        "cells_sq10_c2": is_more,
    }


def test_the_condition_of_a_row_is_on_both_scales() -> None:
    dual = asked("3", "1", "Dual", "Now, later", parts=[part("31", "SQ1", "One", relevance="Num > 3")])
    dual.answers = [(code, {"en": code, "fr": code}, scale) for scale in "01" for code in ("A1", "A2", "A3")]
    found = one(NUMBER, dual)
    assert [each.show_if is not None for each in found.questionnaire.items] == [False, True, True]


def test_a_quota_counts_who_chose_all_its_answers_of_a_multiple_choice() -> None:
    members = [{"quota_id": "1", "qid": "2", "code": code} for code in ("SQ1", "SQ2")]
    quota = {"id": "1", "name": "Both", "qlimit": "5", "active": "1", "action": "1"}
    found = one(MANY, tables={"quota": [quota], "quota_members": members})
    chosen = [{"field": "answer.many", "op": "contains", "value": each} for each in ("sq1", "sq2")]
    assert found.questionnaire.quotas[0].when == {"all": chosen}


def test_a_quota_on_rows_joins_answers_of_one_row_by_or_and_rows_by_and() -> None:
    array = asked("3", "A", "Rate", "Rate", parts=[part("31", "SQ1", "One"), part("32", "SQ2", "Two")])
    members = [{"quota_id": "1", "qid": "3", "code": code} for code in ("SQ1-1", "SQ1-2", "SQ2-5")]
    quota = {"id": "1", "name": "Low", "qlimit": "0", "active": "1", "action": "1"}
    found = one(array, tables={"quota": [quota], "quota_members": members})
    low = [{"field": "answer.rate_sq1", "op": "is", "value": each} for each in (1, 2)]
    assert found.questionnaire.quotas[0].when == {
        "all": [{"any": low}, {"field": "answer.rate_sq2", "op": "is", "value": 5}]
    }


@pytest.mark.parametrize(
    ("field", "method", "value", "tree"),
    [
        (f"{SID}X1X1", "==", "A1", {"field": "answer.first", "op": "is", "value": "a1"}),
        (f"+{SID}X1X2SQ1", "==", "Y", {"field": "answer.many", "op": "contains", "value": "sq1"}),
        (f"{SID}X1X2SQ1", "!=", "Y", {"not": {"field": "answer.many", "op": "contains", "value": "sq1"}}),
        (f"{SID}X1X1", "==", "", {"field": "answer.first", "op": "is_unknown"}),
        (f"{SID}X1X4", ">=", "3", {"field": "answer.num", "op": "at_least", "value": 3}),
        ("First.NAOK", "!=", "A2", {"not": {"field": "answer.first", "op": "is", "value": "a2"}}),
        ("{TOKEN:ATTRIBUTE_1}", "==", "x", {"field": "attribute.attribute_1", "op": "is", "value": "x"}),
        (f"{SID}X1X1", "RX", "^A", None),
        (f"{SID}X1X4", "==", f"@{SID}X1X1@", None),
        (f"{SID}X1X77", "==", "A1", None),
    ],
)
def test_rows_of_conditions_become_trees(field: str, method: str, value: str, tree: dict[str, object] | None) -> None:
    row = {"cid": "1", "qid": "9", "cqid": "1", "cfieldname": field, "method": method, "value": value, "scenario": "1"}
    found = one(FIRST, MANY, NUMBER, asked("9", "T", "Last", "Last?"), tables={"conditions": [row]})
    assert item(found, "last").show_if == tree
    assert (entry(found, "condition", "Last condition 1").fate is Fate.LOST) is (tree is None)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("S", "suffix", "kg"),
        ("N", "maximum_chars", "3"),
        ("Q", "min_answers", "2"),
        ("L", "answer_order", "alphabetical"),
        ("N", "min_num_value_n", "{First}"),
        ("D", "date_max", "{today}"),
        ("L", "exclude_all_others", "A1"),
        ("T", "array_filter", "Many"),
    ],
)
def test_an_attribute_that_has_no_effect_here_is_never_called_kept(kind: str, name: str, value: str) -> None:
    parts = [part("31", "SQ1", "One")] if kind == "Q" else []
    answers = THREE if kind == "L" else []
    found = one(MANY, asked("3", kind, "Asked", "What?", parts=parts, answers=answers, attributes={name: value}))
    assert entry(found, "attribute", f"Asked {name}").fate is Fate.LOST


def test_bounds_of_days_and_numbers_are_kept() -> None:
    days = {"date_min": "2020-01-01", "date_max": "2020-12-31 00:00"}
    found = one(
        asked("1", "D", "Day", "When?", attributes=days),
        asked("2", "S", "Digits", "How many?", attributes={"numbers_only": "1"}),
        asked("3", ":", "Grid", "How many?", parts=[part("31", "SQ1", "One"), part("32", "C1", "Now", scale_id="1")]),
    )
    assert (item(found, "day").bounds.lowest, item(found, "day").bounds.highest) == ("2020-01-01", "2020-12-31")
    assert item(found, "digits").type is ItemType.NUMBER
    assert (item(found, "grid_sq1_c1").bounds.lowest, item(found, "grid_sq1_c1").bounds.highest) == ("1", "10")
    assert found.report.counts()["attribute"] == {"kept": 3}
