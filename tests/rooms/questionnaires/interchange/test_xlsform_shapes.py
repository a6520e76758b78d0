"""XLSForm in the shapes that people have it: paths, counts, checks of choices, loops, odd spellings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from survey_app.questionnaires.definition import Item, ItemType
from survey_app.questionnaires.interchange.detection import kind_of
from survey_app.questionnaires.interchange.reports import Imported, Report
from survey_app.questionnaires.interchange.xlsform import read_xlsform
from tests.rooms.questionnaires.interchange.test_xlsform import as_csv, item_of

CHOICES = [["list_name", "name", "label"], *[["ways", name, name.title()] for name in ("web", "shop", "None")]]


@pytest.fixture(scope="module", autouse=True)
def _request(speaking_app: Flask) -> Iterator[None]:
    with speaking_app.test_request_context():
        yield


def imported(head: str, *rows: str, choices: list[list[str]] | None = None) -> Imported:
    """Read a form whose rows are written with bars."""
    cells = [[cell.strip() for cell in row.split("|")] for row in (head, *rows)]
    return read_xlsform(as_csv({"survey": cells, "choices": choices or CHOICES}))


def first(head: str, *rows: str) -> Item:
    return imported(head, *rows).questionnaire.items[0]


def names(report: Report, kind: str, fate: str = "lost") -> set[str]:
    return {each.name for each in report.entries if each.kind == kind and each.fate == fate}


def checked(kind: str, constraint: str) -> tuple[Item, dict[str, int]]:
    found = imported("type|name|label|constraint", f"{kind}|q|Q|{constraint}")
    return found.questionnaire.items[0], found.report.counts()["condition"]


@pytest.mark.parametrize(
    ("expression", "tree"),
    [
        ("/data/grp/q = 'web'", {"field": "answer.q", "op": "is", "value": "web"}),
        ("selected(../q, 'shop')", {"field": "answer.q", "op": "is", "value": "shop"}),
        ("count-selected(${w}) > 0", {"field": "answer.w", "op": "is_known"}),
        ("0 = count-selected(${w})", {"field": "answer.w", "op": "is_unknown"}),
        ("string-length(${t}) >= 1", {"field": "answer.t", "op": "is_known"}),
        (
            "${w} = 'web'",
            {
                "all": [
                    {"field": "answer.w", "op": "contains", "value": "web"},
                    {
                        "not": {
                            "any": [
                                {"field": "answer.w", "op": "contains", "value": "shop"},
                                {"field": "answer.w", "op": "contains", "value": "none"},
                            ]
                        }
                    },
                ]
            },
        ),
    ],
)
def test_paths_and_counts_become_conditions(expression: str, tree: dict[str, Any]) -> None:
    rows = ("select_one ways|q|Q", "select_multiple ways|w|W", "text|t|T")
    found = imported("type|name|label|relevant", *rows, f"text|why|Why|{expression}")
    assert item_of(found, "why").show_if == tree


@pytest.mark.parametrize(
    "expression", ["count-selected(${w}) > 1", "count-selected(${w}) = ${w}", "string-length(1)>0"]
)
def test_counts_beyond_nothing_are_lost_with_their_words(expression: str) -> None:
    found = imported("type|name|label|relevant", "select_multiple ways|w|W", f"text|why|Why|{expression}")
    lost = next(each for each in found.report.entries if each.kind == "condition")
    assert (lost.fate, item_of(found, "why").show_if) == ("lost", None)
    assert expression in lost.message


@pytest.mark.parametrize(
    ("constraint", "limits"),
    [
        ("count-selected(.) <= 2", (None, 2)),
        ("count-selected(.) < 3 and count-selected(.) >= 1", (1, 2)),
        ("2 >= count-selected(.)", (None, 2)),
    ],
)
def test_how_many_may_be_chosen_is_kept(constraint: str, limits: tuple[int | None, int]) -> None:
    item, told = checked("select_multiple ways", constraint)
    assert ((item.fewest, item.most), told) == (limits, {"kept": 1})


@pytest.mark.parametrize(
    "constraint",
    [
        "not(selected(., 'None') and count-selected(.) > 1)",
        "not(count-selected(.)>=2 and selected(.,'None'))",
        "not(selected(., 'None')) or count-selected(.) = 1",
    ],
)
def test_an_option_that_stands_alone_is_exclusive(constraint: str) -> None:
    item, told = checked("select_multiple ways", constraint)
    assert [option.code for option in item.options if option.is_exclusive] == ["none"]
    assert told == {"kept": 1}


@pytest.mark.parametrize(
    ("kind", "constraint"),
    [
        ("select_multiple ways", "not(selected(., 'web') and selected(., 'shop'))"),
        ("select_multiple ways", "count-selected(.) <= 9"),
        ("select_multiple ways", "selected(., 'None') and count-selected(.) > 1"),
        ("select_multiple ways", "not(selected(., 'gone') and count-selected(.) > 1)"),
        ("select_one ways", "count-selected(.) <= 2"),
        ("text", "regex(., '[a-z]+')"),
        ("text", "string-length(.) > 3"),
        ("text", ". = 'x'"),
    ],
)
def test_other_checks_are_lost_with_their_words(kind: str, constraint: str) -> None:
    item, told = checked(kind, constraint)
    assert (told, item.most, [each for each in item.options if each.is_exclusive]) == ({"lost": 1}, None, [])


def test_the_length_of_a_text_is_kept() -> None:
    item, told = checked("text", "string-length(.) <= 80")
    assert (item.max_length, told) == (80, {"kept": 1})


@pytest.mark.parametrize(
    "kind", ["select_one_from_file towns.csv", "select_one_external ways", "select_multiple_from_file a.csv"]
)
def test_a_select_from_elsewhere_is_typed_and_no_condition_looks_at_it(kind: str) -> None:
    found = imported("type|name|label|relevant", f"{kind}|town|Town", "text|why|Why|${town} = 'x'")
    assert [each.type for each in found.questionnaire.items] == [ItemType.TEXT, ItemType.TEXT]
    assert found.report.counts()["question"] == {"changed": 1, "kept": 1}
    assert names(found.report, "condition") == {"why.relevant"}


def test_a_text_that_nobody_can_answer_is_read_only() -> None:
    head = "type|name|label|read_only|default"
    assert first(head, "text|q|Look here|yes|").type is ItemType.STATEMENT
    assert first(head, "text|q|Your name|TRUE|Ann").type is ItemType.TEXT


def test_a_loop_is_asked_once_and_ends() -> None:
    found = imported("type|name|label", "begin loop over ways|l|L", "integer|n|How many?", "end loop", "text|t|T")
    assert [page.items[-1].code for page in found.questionnaire.pages] == ["n", "t"]
    assert found.report.counts()["repeat"] == {"lost": 1}
    assert "row" not in found.report.counts()


def test_one_language_in_two_spellings_is_one_language() -> None:
    choices = [["list name", "name", "label:english"], ["ways", "a", "Alpha"]]
    found = imported("type|name|label:English", "select one from ways|q|Which?", choices=choices)
    assert found.questionnaire.languages == ("en",)
    assert found.questionnaire.items[0].options[0].text == {"en": "Alpha"}
    assert found.report.counts()["language"] == {"changed": 1}


def test_shouted_headings_and_padded_cells_are_read() -> None:
    text = """SURVEY  ,
  , TYPE          , NAME , LABEL::EN     , RELEVANT
  , select_one c1 , q1   , Are you good? ,
  , text          , q2   , Why?          , ${q1}='y'
CHOICES ,
  , LIST_NAME , NAME , LABEL::EN
  , c1        , y    , Yes
  , c1        , n    , No
SETTINGS ,
  , FORM_TITLE , FORM_ID , DEFAULT_LANGUAGE
  , Yes or no  , YesNo   , EN
ENTITIES ,
  , DATASET , LABEL
"""
    assert kind_of(text.encode()) == kind_of(b"choices,,\n,list_name,name\nsurvey,,\n") == "xlsform"
    found = read_xlsform(text.encode())
    assert found.questionnaire.title == {"en": "Yes or no"}
    assert item_of(found, "q2").show_if == {"field": "answer.q1", "op": "is", "value": "y"}


def test_every_column_that_is_none_of_a_form_s_is_named() -> None:
    head = "type|name|label|$given_name|constraint_message|notes"
    found = imported(head, "text|q|Q|x|Wrong|n", "text|r|R|y||")
    assert names(found.report, "column") == {"$given_name", "notes"}
    assert names(found.report, "text") == {"q.constraint_message"}


def test_a_question_required_whenever_it_is_asked_is_required() -> None:
    head = "type|name|label|relevant|required"
    rows = ("text|t|T||", "text|a|A|${t} != ''|${t} != ''", "text|b|B||${t} = 'x'")
    found = imported(head, *rows)
    assert [item.is_required for item in found.questionnaire.items] == [False, True, False]
    assert found.report.counts()["required"] == {"kept": 1, "lost": 1}


def test_options_that_name_no_list_are_told() -> None:
    choices = [["list_name", "name", "label"], ["ways", "a", "A"], ["", "b", "B"]]
    report = imported("type|name|label", "select_one ways|q|Q", choices=choices).report
    assert report.counts()["option"] == {"kept": 1, "lost": 1}
