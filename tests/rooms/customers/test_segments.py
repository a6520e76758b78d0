"""Whom segments find: the database and plain values agree, whatever the condition."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from survey_app.conditions.rules import OPERATORS_OF, RELATIVE, VALUELESS, FieldKind
from survey_app.customers.fields import Field, known_fields
from survey_app.customers.models import AttributeDefinition, Company, Customer, Interaction
from survey_app.customers.segments import customers_where, holds_for, problems_of, reasons_for, values_for
from survey_app.extensions import db
from tests.factories.customers import NOW, agree, make_customer

DAYS = (0, 3, 40, 200)


def happened(customer: Customer, days: int, value: int | None = 10, **more: Any) -> None:
    at = NOW - timedelta(days=days, hours=1)
    row = {"customer_id": customer.id, "kind": "purchase", "happened_at": at, "value": value}
    db.session.execute(insert(Interaction).values(row | more))


def define(code: str, kind: str, subject: str = "customer", choices: tuple[str, ...] = ()) -> None:
    db.session.add(AttributeDefinition(code=code, label=code.title(), kind=kind, subject=subject, choices=[*choices]))
    db.session.flush()


@pytest.fixture
def people(app: Flask) -> Any:
    """Five customers who differ in everything conditions look at."""
    with app.test_request_context("/"):
        define("plan", "choice", choices=("gold", "basic"))
        define("visits", "number")
        define("born", "date")
        define("vip", "yes_no")
        define("industry", "text", "company")
        company = Company(name="Sông Hàn", name_key="song han", attributes={"industry": "Hotels"})
        db.session.add(company)
        ann, bao, eva, leo = (make_customer(name=name, language=None) for name in ("Ann", "Bảo", "Eva", "Leo"))
        ann.attributes = {"plan": "gold", "visits": 3, "born": "2026-02-20", "vip": True}
        bao.attributes = {"plan": "basic", "visits": 2.5, "born": "2026-03-05", "vip": False}
        eva.attributes, eva.language, eva.phone = {"plan": ""}, "vi", "+84 90"
        ann.company = company
        agree(bao)
        for days in DAYS:
            happened(ann, days, product="Shoes", channel="web")
        happened(bao, 40, None, product="Hats")
        happened(leo, 3, 5, kind="call", location="Huế")
        merged = make_customer(name="Ann again", language="vi")
        merged.merged_into_id = ann.id
        db.session.flush()
        yield {"ann": ann, "bao": bao, "eva": eva, "leo": leo}


def found(tree: dict[str, Any]) -> set[str]:
    return {each.name for each in db.session.scalars(customers_where(tree, NOW))}


def one(field: str, op: str, value: Any = None, **within: Any) -> dict[str, Any]:
    tree = {"field": field, "op": op} | ({} if value is None else {"value": value})
    return tree | ({"within": within} if within else {})


@pytest.mark.parametrize(
    ("tree", "names"),
    [
        (one("attribute.plan", "is", "gold"), {"Ann"}),
        (one("attribute.plan", "is_unknown"), {"Eva", "Leo"}),
        (one("attribute.visits", "more_than", 2.4), {"Ann", "Bảo"}),
        (one("attribute.vip", "is", "yes"), {"Ann"}),
        (one("attribute.vip", "is", "no"), {"Bảo"}),
        (one("attribute.born", "in_last_days", 10), {"Ann"}),
        (one("attribute.born", "in_next_days", 3), {"Bảo"}),
        (one("attribute.born", "over_days_ago", 9), {"Ann"}),
        (one("attribute.born", "over_days_ago", 10), set()),
        (one("customer.company", "contains", "hàn"), {"Ann"}),
        (one("customer.company", "is_unknown"), {"Bảo", "Eva", "Leo"}),
        (one("company.attribute.industry", "is", "Hotels"), {"Ann"}),
        (one("customer.consent", "is", "given"), {"Bảo"}),
        (one("customer.phone", "is_known"), {"Eva"}),
        (one("interaction.purchase.count", "is", 0), {"Eva", "Leo"}),
        (one("interaction.purchase.count", "at_least", 2), {"Ann"}),
        (one("interaction.purchase.count", "at_least", 2, days=30), {"Ann"}),
        (one("interaction.purchase.count", "at_least", 2, days=3), set()),
        (one("interaction.purchase.count", "less_than", 1, days=30), {"Bảo", "Eva", "Leo"}),
        (one("interaction.purchase.count", "at_least", 1, product="Hats"), {"Bảo"}),
        (one("interaction.*.count", "at_least", 1, location="Huế"), {"Leo"}),
        (one("interaction.*.count", "at_least", 1, channel="web", days=1), {"Ann"}),
        (one("interaction.purchase.sum", "at_least", 40), {"Ann"}),
        (one("interaction.purchase.sum", "is", 0), {"Bảo", "Eva", "Leo"}),
        (one("interaction.purchase.days_since", "more_than", 30), {"Bảo"}),
        (one("interaction.*.last_on", "in_last_days", 5), {"Ann", "Leo"}),
        ({"not": one("interaction.purchase.days_since", "at_most", 30)}, {"Bảo", "Eva", "Leo"}),
        ({"any": [one("attribute.plan", "is", "gold"), {"not": {"any": [one("customer.language", "is_unknown")]}}]},
         {"Ann", "Eva"}),
    ],
)  # fmt: skip
def test_a_condition_finds_those_it_means_and_nobody_merged_away(people: Any, tree: Any, names: set[str]) -> None:
    assert problems_of(tree) == []
    assert found(tree) == names


NUMBERS = st.one_of(st.integers(-1, 5), st.sampled_from([2.5, 10, 40]))
DATES = st.sampled_from(["2026-02-20", "2026-03-02", "2026-03-05"])
TEXTS = st.sampled_from(["gold", "basic", "vi", "given", "a", "Hotels", "Sông Hàn", "unverified"])
VALUES = {FieldKind.NUMBER: NUMBERS, FieldKind.DAY: DATES, FieldKind.YES_NO: st.sampled_from(["yes", "no"])}
WITHIN = st.fixed_dictionaries(
    {}, optional={"days": st.sampled_from([1, 3, 30, 300]), "product": st.sampled_from(["Shoes", "Hats", "None"])}
)


@st.composite
def comparisons_of(draw: Any, known: dict[str, Field]) -> dict[str, Any]:
    field = known[draw(st.sampled_from(sorted(known)))]
    op = draw(st.sampled_from(OPERATORS_OF[field.kind]))
    value = VALUES.get(field.kind, TEXTS)
    tree = {"field": field.code, "op": op}
    if op not in VALUELESS:
        many = st.lists(value, min_size=1, max_size=3)
        tree["value"] = draw(many if op == "one_of" else st.integers(0, 60) if op in RELATIVE else value)
    within = {name: each for name, each in draw(WITHIN).items() if name in field.narrowed_by}
    return tree | ({"within": within} if within else {})


def trees_of(known: dict[str, Field]) -> st.SearchStrategy[dict[str, Any]]:
    return st.recursive(
        comparisons_of(known),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda each: {"all": each}),
            st.lists(inner, max_size=3).map(lambda each: {"any": each}),
            inner.map(lambda each: {"not": each}),
        ),
        max_leaves=6,
    )


def test_the_database_finds_exactly_those_for_whom_the_condition_holds_in_memory(people: Any) -> None:
    known = known_fields()
    everybody = set(db.session.scalars(select(Customer.id).where(Customer.merged_into_id.is_(None))))

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(trees_of(known))
    def agree_on(tree: dict[str, Any]) -> None:
        assert problems_of(tree) == []
        by_database = {each.id for each in db.session.scalars(customers_where(tree, NOW))}
        values = values_for(everybody, tree, NOW)
        assert by_database == {each for each in everybody if holds_for(tree, values[each], NOW)}

    agree_on()


def test_a_segment_on_a_deleted_attribute_says_so_and_finds_nobody(people: Any) -> None:
    tree = {"any": [one("attribute.gone", "is", "x"), one("attribute.plan", "is", "gold")]}
    assert problems_of(tree) == ["There is no field named attribute.gone."]
    assert found(tree) == set()
    assert found({"not": tree}) == set()


def test_examples_say_why_they_match(people: Any) -> None:
    tree = {
        "all": [
            one("attribute.plan", "is", "gold"),
            one("interaction.purchase.count", "at_least", 2, days=90),
            {"any": [one("attribute.born", "is", "2026-02-20"), one("customer.phone", "is_known")]},
        ]
    }
    ann = people["ann"].id
    reasons = reasons_for(tree, values_for([ann], tree, NOW)[ann], NOW)
    assert [(each.label, each.value) for each in reasons] == [
        ("Plan", "gold"),
        ("Number of interactions: purchase (last 90 days)", "3"),
        ("Born", "Feb 20, 2026"),
    ]


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        (one("attribute.born", "in_last_days", -1), "Give the number of days as a whole number from 0 to 36500."),
        (
            one("interaction.purchase.count", "at_least", 1, days=0),
            "Give the number of days as a whole number from 1 to 36500.",
        ),
        (
            one("interaction.purchase.count", "at_least", 1, colour="red"),
            "What happened is narrowed down by days, product, channel or location only.",
        ),
        (one("attribute.vip", "is", "perhaps"), "attribute.vip is either yes or no."),
        (one("attribute.plan", "is", "gold", days=3), "A comparison has a field, an operator and a value, and nothing"),
    ],
)
def test_what_is_typed_wrongly_is_refused_in_words(people: Any, tree: Any, sentence: str) -> None:
    assert problems_of(tree)[0].startswith(sentence)


@pytest.mark.parametrize("days", [0, 36_500])
def test_any_number_of_days_that_is_taken_can_be_counted(people: Any, days: int) -> None:
    assert found({"not": one("attribute.born", "in_next_days", days)}) >= {"Eva"}
    assert found(one("attribute.born", "over_days_ago", 36_500)) == set()
