"""Finding records of one person, looking at them, merging them, telling them apart, and taking that back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from survey_app.customers.duplicates import REASONS, alike, alike_with, find_groups, needs_comparing, tell_apart
from survey_app.customers.identity import CustomerMerge
from survey_app.customers.merging import MergePlan, merge_customers
from survey_app.customers.models import Customer
from survey_app.customers.uniting.tasks import fold_names, merge_same_addresses
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from tests.factories.customers import NOW, make_customer
from tests.pages.reading import check
from tests.signing_in import SignIn


def names(reason: str) -> list[list[str]]:
    return [[customer.name for customer in group.customers] for group in find_groups(reason).groups]


def saved(*people: dict[str, str]) -> list[Customer]:
    """Return customers stored as an import in bulk would, two of one address included; commits."""
    with writing():
        made = [make_customer(**({"email": ""} | person)) for person in people]
        db.session.commit()
    return made


def sharing(address: str, *people: dict[str, str]) -> list[Customer]:
    """Return customers who share an address; commits."""
    made = saved(*people)
    with writing():
        for customer in made:
            customer.email, customer.email_key = address, address
        db.session.commit()
    return made


@pytest.mark.parametrize(
    ("reason", "one", "other"),
    [
        (
            "company",
            {"name": "Nguyễn Thị Lan", "company": "Sen Việt"},
            {"name": "nguyen thi lan", "company": "SEN VIET"},
        ),
        ("company", {"name": "José", "company": "Sol"}, {"name": "Jose\u0301", "company": "Sol"}),
        ("phone", {"name": "Lan", "phone": "+84 90 123 4567"}, {"name": "LAN", "phone": "090-123-4567"}),
    ],
)
def test_records_are_found_however_they_are_spelled(
    app: Flask, reason: str, one: dict[str, str], other: dict[str, str]
) -> None:
    with app.app_context():
        pair = saved(one, other, {"name": "Somebody else"})
        assert names(reason) == [[one["name"], pair[1].name]]
        assert alike_with(pair[0]) == [pair[1]]


def test_who_shares_neither_address_nor_name_is_not_proposed(app: Flask) -> None:
    with app.app_context():
        saved(
            {"name": "Lan", "company": "A"},
            {"name": "Lan", "company": "B"},
            {"name": "Lan"},
            {"name": "Mai", "phone": "+84 90 123 4567"},
            {"name": "Lan", "phone": "+84 90 123 4567"},
        )
        assert [names(reason) for reason in REASONS] == [[], [], []]


def test_people_told_apart_are_not_proposed_again_but_a_third_one_is(app: Flask) -> None:
    with app.app_context():
        pair = sharing("info@example.org", {"name": "Lan"}, {"name": "Mai"})
        with writing():
            tell_apart(pair, NOW)
            tell_apart(pair, NOW)
            db.session.commit()
        assert names("address") == []
        assert alike_with(pair[0]) == []
        sharing("info@example.org", {"name": "Hoa"})
        assert names("address") == [["Lan", "Mai", "Hoa"]]


def test_merged_records_are_not_proposed(app: Flask) -> None:
    with app.app_context():
        one, other = sharing("lan@example.org", {"name": "Lan"}, {"name": "Lan"})
        with writing():
            merge_customers(MergePlan(one.id, other.id, {}), NOW)
            db.session.commit()
        assert names("address") == []


def test_what_an_import_wrote_in_bulk_is_folded_by_work_in_the_background(app: Flask) -> None:
    with app.app_context():
        saved({"name": "Lan", "company": "Sen"}, {"name": "lan", "company": "Sen"})
        with writing():
            db.session.execute(update(Customer).values(name_key=None))
            db.session.commit()
        assert needs_comparing()
        fold_names(JobRun(None, {}, NOW))
        assert not needs_comparing()
        assert names("company") == [["Lan", "lan"]]


def test_bulk_merges_who_is_surely_one_and_leaves_the_others_to_people(app: Flask) -> None:
    with app.app_context():
        same = sharing("lan@example.org", {"name": "Lan"}, {"name": "LAN"}, {"name": "lan@example.org"})
        sharing("info@example.org", {"name": "Mai"}, {"name": "Hoa"})
        sharing("two@example.org", {"name": "Vy", "external_id": "1"}, {"name": "Vy", "external_id": "2"})
        told_apart = sharing("apart@example.org", {"name": "An"}, {"name": "An"})
        with writing():
            tell_apart(told_apart, NOW)
            db.session.commit()
        run = JobRun(None, {}, NOW)
        merge_same_addresses(run)
        merge_same_addresses(run)
        db.session.expire_all()
        assert {each.merged_into_id for each in same[1:]} == {same[0].id}
        assert names("address") == [["Mai", "Hoa"], ["Vy", "Vy"]]
        assert len(db.session.scalars(select(CustomerMerge)).all()) == 2
        assert run.progress[0] == 1


class Interrupted(JobRun):
    """A run beside which somebody else writes whenever it tells how far it is."""

    def report_progress(self, share: float, note: str = "") -> None:
        super().report_progress(share, note)
        with writing(), db.engine.begin() as connection:
            connection.execute(update(Customer).values(updated_at=NOW + timedelta(seconds=1 + share)))


def test_bulk_merges_while_others_write(app: Flask) -> None:
    with app.app_context():
        same = sharing("lan@example.org", {"name": "Lan"}, {"name": "LAN"})
        db.session.rollback()
        merge_same_addresses(Interrupted(None, {}, NOW))
        db.session.expire_all()
        assert same[1].merged_into_id == same[0].id


def test_a_marketer_compares_chooses_merges_and_takes_it_back(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("agent")
    with app.app_context():
        pair = sharing("lan@example.org", {"name": "Lan"}, {"name": "Trần <b>Lan</b>", "phone": "+84 90 123 4567"})
        one, other = (customer.id for customer in pair)
    listing = browser.get("/customers/duplicates")
    check(listing.text)
    assert f"/customers/{one}/compare/{other}" in listing.text
    page = browser.get(f"/customers/{one}/compare/{other}").text
    check(page)
    assert "Trần &lt;b&gt;Lan&lt;/b&gt;" in page
    sent = browser.post(f"/customers/{one}/compare/{other}", data={"choice-name": "merged"}, follow_redirects=True)
    assert "one customer now" in sent.text
    check(sent.text)
    assert browser.get(f"/customers/{other}").location == f"/customers/{one}"
    again = browser.post(f"/customers/{one}/compare/{other}")
    assert again.status_code == 422
    assert "already merged" in again.text
    with app.app_context():
        merge_id = db.session.scalars(select(CustomerMerge.id)).one()
        assert db.session.get_one(Customer, one).name == "Trần <b>Lan</b>"
    back = browser.post(f"/customers/merges/{merge_id}/undo", follow_redirects=True)
    assert "two customers again" in back.text
    assert "taken back already" in browser.post(f"/customers/merges/{merge_id}/undo", follow_redirects=True).text
    with app.app_context():
        assert db.session.get_one(Customer, one).name == "Lan"


def test_telling_apart_and_merging_all_by_the_page(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("marketer")
    with app.app_context():
        ids = [each.id for each in sharing("info@example.org", {"name": "Lan"}, {"name": "Mai"})]
    assert browser.post("/customers/duplicates/apart", data={"id": ids, "reason": "address"}).status_code == 303
    assert "Nothing to compare" in browser.get("/customers/duplicates").text
    assert browser.post("/customers/duplicates/merge-all").status_code == 303
    assert browser.post("/customers/duplicates/compare-all").status_code == 303
    assert "are being merged" in browser.get("/customers/duplicates").text


@pytest.mark.parametrize(
    "path", ["/customers/1/compare/1", "/customers/1/compare/999", "/customers/duplicates?reason=x"]
)
def test_what_is_not_there_is_not_compared(app: Flask, sign_in: SignIn, path: str) -> None:
    browser = sign_in("agent")
    with app.app_context():
        saved({"name": "Lan"})
    assert browser.get(path).status_code == 404
    assert browser.post("/customers/duplicates/apart", data={"id": ["999", "x"]}).status_code == 404
    assert browser.post("/customers/merges/99/undo").status_code == 404


def test_only_who_edits_customers_merges(sign_in: SignIn) -> None:
    for role in ("manager", "analyst"):
        assert sign_in(role).get("/customers/duplicates").status_code in {403, 404}


@pytest.mark.parametrize("reason", REASONS)
def test_every_search_reads_an_index_and_not_the_table(app: Flask, reason: str) -> None:
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("SQLite explains it in words")
        rows = [
            {
                "name": "n",
                "name_key": f"n{n}",
                "email_key": f"e{n}",
                "phone_key": f"{n}",
                "created_at": NOW,
                "updated_at": NOW,
            }
            for n in range(50)
        ]
        with writing():
            db.session.execute(insert(Customer), rows)
            db.session.commit()
        sql = str(alike(reason).compile(db.engine, compile_kwargs={"literal_binds": True}))
        plan = " ".join(row[-1] for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}"))
        assert "COVERING INDEX ix_customers_" in plan
        assert "SCAN customers " not in f"{plan} ".replace("SCAN customers USING COVERING INDEX", "")
