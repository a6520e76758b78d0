"""The CRM record: who is who, what changes, what is refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.customers.models import Company, Customer
from survey_app.customers.operations import ConsentEntry, define_attribute, record_consent, save_customer, save_segment
from survey_app.customers.queries import customers_in, find_customers, has_consent, reporting_profile
from survey_app.customers.rules import CustomerError, CustomerRecord
from survey_app.extensions import db
from tests.factories.customers import NOW, agree, buy, make_customer

ANH = CustomerRecord(
    name="Nguyễn Thị Ánh",
    email="Anh.Nguyen@Example.org",
    phone="+84 24 3825 0000",
    language="vi",
    company="Hà Nội Điện Máy",
    external_id="1042",
)


@pytest.fixture
def _context(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


pytestmark = pytest.mark.usefixtures("_context")


def names(text: str) -> list[str]:
    return [each.name for each in find_customers(text, 1).items]


def test_the_same_record_twice_changes_nothing() -> None:
    first, created = save_customer(ANH, NOW)
    again, unchanged = save_customer(ANH, NOW + timedelta(days=1))

    assert (created, unchanged) == ("created", "unchanged")
    assert again.id == first.id
    assert again.updated_at == NOW


def test_a_number_decides_who_is_meant_and_the_address_may_change() -> None:
    first, _ = save_customer(ANH, NOW)

    moved, outcome = save_customer(CustomerRecord(external_id="1042", email="anh@example.com"), NOW)

    assert (moved.id, outcome, moved.email) == (first.id, "changed", "anh@example.com")
    assert moved.name == "Nguyễn Thị Ánh"


def test_without_a_number_the_address_decides_however_it_is_spelled() -> None:
    first, _ = save_customer(ANH, NOW)

    same, outcome = save_customer(CustomerRecord(email="ANH.nguyen@example.ORG", phone=""), NOW)

    assert (same.id, outcome, same.phone) == (first.id, "changed", None)


def test_two_people_with_one_address_and_two_numbers_stay_two() -> None:
    save_customer(ANH, NOW)
    _, outcome = save_customer(CustomerRecord(name="Đức", email=ANH.email, external_id="1043"), NOW)

    assert outcome == "created"
    with pytest.raises(CustomerError, match="Several customers have the address"):
        save_customer(CustomerRecord(name="Who?", email=ANH.email), NOW)


def test_the_numbers_of_two_systems_never_merge_strangers() -> None:
    save_customer(ANH, NOW)

    _, outcome = save_customer(CustomerRecord(name="Stranger", external_id="1042", source="shop"), NOW)

    assert outcome == "created"


@pytest.mark.parametrize(
    "typed", ["nguyen", "NGUYEN anh", "ánh nguyễn", "dien may", "anh.nguyen@example.org", "1042", "3825 0000"]
)
def test_search_finds_a_customer_by_any_part_of_the_record(typed: str) -> None:
    save_customer(ANH, NOW)
    make_customer(name="Somebody Else")

    assert names(typed) == ["Nguyễn Thị Ánh"]


@pytest.mark.parametrize("typed", ["%", "_", "nguyen smith", "\\"])
def test_search_takes_wildcards_as_letters(typed: str) -> None:
    save_customer(ANH, NOW)

    assert names(typed) == []


@pytest.mark.parametrize("name", ["Null", "O'Brien", "田中太郎", "مُحَمَّد", "X", "Søren Åström-Ørsted", "None"])
def test_names_of_any_script_are_kept_as_written_and_found(name: str) -> None:
    make_customer(name=name)

    assert names(name) == [name]


def test_one_company_stands_once_however_it_is_spelled() -> None:
    first = make_customer(company="Điện Máy Xanh")
    second = make_customer(company="dien may xanh")

    assert first.company_id == second.company_id
    assert db.session.scalars(select(Company.name)).all() == ["Điện Máy Xanh"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "not-an-address", "is not a mail address"),
        ("email", "a@b@example.org", "is not a mail address"),
        ("phone", "call me", "is not a telephone number"),
        ("language", "en_US!", "is not a language tag"),
        ("time_zone", "Mars/Base", "is not a time zone"),
        ("name", "x" * 301, "more than 300 characters"),
        ("attributes", {"branch": "x"}, "There is no attribute named branch"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(field: str, value: object, words: str) -> None:
    with pytest.raises(CustomerError, match=words):
        make_customer(**{field: value})

    assert db.session.scalar(select(Customer)) is None


@pytest.mark.parametrize(
    ("kind", "given", "stored"),
    [
        ("number", "12.50", 12.5),
        ("number", "3", 3),
        ("date", "2026-01-31", "2026-01-31"),
        ("date", "2026-01-31 10:00", "2026-01-31"),
        ("text", " =SUM(A1) ", "=SUM(A1)"),
        ("choice", "Gold", "Gold"),
    ],
)
def test_an_attribute_is_stored_as_its_kind(kind: str, given: str, stored: object) -> None:
    define_attribute("value", "Value", kind, for_reporting=True)

    customer = make_customer(attributes={"value": given})

    assert customer.attributes == {"value": stored}
    assert reporting_profile(customer) == {"value": stored}


@pytest.mark.parametrize(
    ("kind", "given"), [("number", "1,5"), ("number", "nan"), ("number", "1e999"), ("date", "31/01/2026")]
)
def test_an_attribute_of_another_kind_is_refused(kind: str, given: str) -> None:
    define_attribute("value", "Value", kind)

    with pytest.raises(CustomerError, match="is not a"):
        make_customer(attributes={"value": given})


def test_the_newest_consent_counts_and_none_means_no() -> None:
    customer = make_customer()
    assert not has_consent(customer)

    agree(customer)
    assert has_consent(customer)

    record_consent(customer, ConsentEntry(is_given=False, basis="objection", source="telephone"), NOW)
    assert not has_consent(customer)


@pytest.mark.parametrize(
    ("field", "op", "value", "found"),
    [
        ("customer.name", "contains", "ANNA", ["Anna"]),
        ("customer.language", "is", "vi", ["Bình"]),
        ("customer.company", "is_unknown", None, ["Bình", "Carla"]),
        ("customer.added_on", "is", "2026-03-02", ["Anna", "Bình", "Carla"]),
        ("attribute.visits", "at_least", 3, ["Bình"]),
        ("attribute.plan", "one_of", ["gold"], ["Anna"]),
        ("attribute.since", "less_than", "2025-06-01", ["Anna"]),
        ("interaction.purchase.count", "is", 0, ["Carla"]),
        ("interaction.purchase.count", "at_least", 2, ["Anna"]),
        ("interaction.purchase.sum", "more_than", 99, ["Anna"]),
        ("interaction.purchase.days_since", "at_most", 30, ["Bình"]),
        ("interaction.purchase.days_since", "is", 40, ["Anna"]),
    ],
)
def test_a_segment_finds_its_customers(field: str, op: str, value: object, found: list[str]) -> None:
    for code, kind in (("visits", "number"), ("plan", "choice"), ("since", "date")):
        define_attribute(code, code, kind)
    anna = make_customer(name="Anna", company="Acme", attributes={"plan": "gold", "since": "2025-01-01", "visits": 1})
    binh = make_customer(name="Bình", language="vi", attributes={"visits": "3", "since": "2025-06-01"})
    make_customer(name="Carla")
    buy(anna, 60, NOW - timedelta(days=50))
    buy(anna, 40, NOW - timedelta(days=40, hours=5))
    buy(binh, 5, NOW - timedelta(days=3))

    comparison = {"field": field, "op": op} | ({} if value is None else {"value": value})
    segment = save_segment("Some", {"all": [comparison]}, NOW)

    assert [each.name for each in db.session.scalars(customers_in(segment, NOW))] == found


def test_a_segment_names_only_what_there_is() -> None:
    with pytest.raises(CustomerError, match="There is no field named customer"):
        save_segment("Some", {"field": "customer.password", "op": "is", "value": "x"}, NOW)
