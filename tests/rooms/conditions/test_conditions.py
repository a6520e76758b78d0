"""Condition trees: truth tables, closed lists, words, and one meaning in memory and database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Float, Integer, MetaData, String, Table, select

from survey_app.conditions.rules import FieldKind, check, evaluate, fields_of
from survey_app.conditions.sentences import sentence
from survey_app.conditions.sql import to_sql
from survey_app.extensions import db

FIELDS = {
    "answer.nps": FieldKind.NUMBER,
    "customer.name": FieldKind.TEXT,
    "attribute.since": FieldKind.DATE,
    "answer.channels": FieldKind.CHOICES,
}


def nps(op: str, value: object = None) -> dict[str, Any]:
    return {"field": "answer.nps", "op": op} | ({} if value is None else {"value": value})


@pytest.mark.parametrize(
    ("op", "wanted", "known", "holds"),
    [
        ("is", 6, 6, True),
        ("is", 6, 7, False),
        ("is", 6, None, False),
        ("is", 6, "6", False),
        ("is_not", 6, 7, True),
        ("is_not", 6, 6, False),
        ("is_not", 6, None, False),
        ("at_most", 6, 6, True),
        ("at_most", 6, 7, False),
        ("at_most", 6, None, False),
        ("at_least", 9, 9, True),
        ("at_least", 9, 8, False),
        ("more_than", 8, 9, True),
        ("more_than", 8, 8, False),
        ("less_than", 3, 2, True),
        ("less_than", 3, 3, False),
        ("less_than", 3, "2", False),
        ("at_least", "2026-01-31", date(2026, 2, 1), True),
        ("less_than", "2026-01-31", date(2026, 2, 1), False),
        ("contains", "ACME", "the acme company", True),
        ("contains", "100%", "1000", False),
        ("contains", "mail", ["mail", "phone"], True),
        ("contains", "shop", ["mail", "phone"], False),
        ("one_of", [1, 2], 2, True),
        ("one_of", [1, 2], 3, False),
        ("one_of", ["mail"], ["mail", "phone"], True),
        ("is_known", None, 0, True),
        ("is_known", None, None, False),
        ("is_known", None, "", False),
        ("is_unknown", None, None, True),
        ("is_unknown", None, 0, False),
    ],
)
def test_a_comparison_holds_as_the_table_says(op: str, wanted: object, known: object, holds: bool) -> None:
    tree = nps(op, wanted)

    assert evaluate(tree, {"answer.nps": known}) is holds


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("second", [True, False])
def test_groups_join_as_logic_does(first: bool, second: bool) -> None:
    values = {"a": int(first), "b": int(second)}
    left, right = ({"field": name, "op": "is", "value": 1} for name in "ab")

    assert evaluate({"all": [left, right]}, values) is (first and second)
    assert evaluate({"any": [left, right]}, values) is (first or second)
    assert evaluate({"not": left}, values) is (not first)


def test_no_condition_always_holds() -> None:
    assert evaluate(None, {})
    assert evaluate({"all": []}, {})
    assert not evaluate({"any": []}, {})


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({"field": "answer.other", "op": "is", "value": 1}, "There is no field named answer.other."),
        (nps("matches", 1), "answer.nps cannot be compared by matches."),
        (nps("contains", "1"), "answer.nps cannot be compared by contains."),
        (nps("is", "six"), "answer.nps must be compared with a number."),
        (nps("is", float("nan")), "answer.nps must be compared with a number."),
        (nps("is", True), "answer.nps must be compared with a number."),
        (nps("one_of", []), "Give answer.nps a list of one to 200 values."),
        (nps("is_known", 3), "Whether answer.nps is known is asked without a value."),
        ({"field": "attribute.since", "op": "is", "value": "31.1.2026"}, "a date such as 2026-01-31"),
        ({"field": ["x"], "op": "is", "value": 1}, "There is no field named ['x']."),
        (nps("is", 1) | {"then": "drop"}, "and nothing else"),
        ({"all": [], "any": []}, "exactly one of the words"),
        ({}, "exactly one of the words"),
        ({"all": 3}, "needs a list"),
        ({"all": ["x"]}, "must be a group or a comparison"),
        ({"all": [nps("is", 1)] * 61}, "at most 60 comparisons"),
    ],
)
def test_a_malformed_tree_is_refused_in_words(app: Flask, tree: dict[str, Any], words: str) -> None:
    with app.test_request_context():
        problems = check(tree, FIELDS)

    assert len(problems) == 1
    assert words in str(problems[0])


def test_a_tree_as_deep_as_a_well_is_refused_before_it_is_walked(app: Flask) -> None:
    tree: dict[str, Any] = nps("is", 1)
    for _level in range(5000):
        tree = {"not": tree}

    with app.test_request_context():
        assert "nested at most" in str(check(tree, FIELDS)[0])


def test_a_well_formed_tree_passes_and_tells_its_fields(app: Flask) -> None:
    tree = {"all": [nps("at_most", 6), {"not": {"field": "customer.name", "op": "is_unknown"}}]}

    with app.test_request_context():
        assert check(tree, FIELDS) == []
        assert check(None, FIELDS) == []
        assert check(tree, {"answer.nps", "customer.name"}) == []
    assert fields_of(tree) == {"answer.nps", "customer.name"}


def test_a_condition_reads_as_a_sentence(app: Flask) -> None:
    tree = {
        "all": [
            nps("at_most", 6),
            {"any": [{"field": "plan", "op": "one_of", "value": ["g", "s"]}, {"not": nps("is_known")}]},
        ]
    }
    labels = {"answer.nps": "Recommendation", "plan": "Plan", "plan=g": "Gold"}

    with app.test_request_context():
        words = sentence(tree, labels)

    assert words == ("Recommendation is at most 6 and (Plan is one of Gold or s or not (Recommendation is known))")


TABLE = Table(
    "condition_probe",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("n", Float),
    Column("s", String),
)
TEXTS = st.sampled_from(["a", "A", "Z", "É", "é", "%", "_", "ab'", "Nguyễn", "nguyen", "100%", "\\"])
NUMBERS = st.sampled_from([-1, 0, 1, 2.5, 7, 10])
LEAVES = st.one_of(
    st.builds(
        lambda op, value: {"field": "n", "op": op, "value": value},
        st.sampled_from(["is", "is_not", "at_least", "at_most", "more_than", "less_than"]),
        NUMBERS,
    ),
    st.builds(lambda values: {"field": "n", "op": "one_of", "value": values}, st.lists(NUMBERS, min_size=1)),
    st.builds(
        lambda op, value: {"field": "s", "op": op, "value": value}, st.sampled_from(["is", "is_not", "contains"]), TEXTS
    ),
    st.builds(lambda values: {"field": "s", "op": "one_of", "value": values}, st.lists(TEXTS, min_size=1)),
    st.builds(
        lambda field, op: {"field": field, "op": op}, st.sampled_from("ns"), st.sampled_from(["is_known", "is_unknown"])
    ),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda each: {"all": each}),
        st.lists(inner, max_size=3).map(lambda each: {"any": each}),
        inner.map(lambda each: {"not": each}),
    ),
    max_leaves=6,
)
ROWS = [
    {"id": number, "n": n, "s": s}
    for number, (n, s) in enumerate(
        [(None, None), (1, "A"), (2.5, None), (7, "Nguyễn"), (None, "ab'%"), (10, "É"), (0, "é_"), (-1, "\\z")]
    )
]


def test_memory_and_database_agree(app: Flask) -> None:
    with app.app_context(), db.engine.begin() as connection:
        TABLE.drop(connection, checkfirst=True)
        TABLE.create(connection)
        connection.execute(TABLE.insert(), ROWS)

        @settings(max_examples=150, deadline=None)
        @given(TREES)
        def agree(tree: dict[str, Any]) -> None:
            found = connection.scalars(select(TABLE.c.id).where(to_sql(tree, {"n": TABLE.c.n, "s": TABLE.c.s})))
            assert set(found) == {row["id"] for row in ROWS if evaluate(tree, row)}

        agree()
        TABLE.drop(connection)


def test_values_are_bound_and_never_written_into_the_statement() -> None:
    hostile = "x' OR 1=1 --"
    statement = select(TABLE.c.id).where(to_sql({"field": "s", "op": "is", "value": hostile}, {"s": TABLE.c.s}))

    assert hostile not in str(statement)
