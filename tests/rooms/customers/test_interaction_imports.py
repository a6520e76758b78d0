"""Interactions brought in, and both subjects taken out and in again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from survey_app.accounts.models import AuditEntry
from survey_app.customers.imports.happenings import amount_of, instant_of
from survey_app.customers.models import Company, ContactPoint, Customer, ExternalId, Interaction
from survey_app.customers.operations import define_attribute
from survey_app.extensions import db
from tests.factories.customers import buy, make_customer
from tests.signing_in import SignIn

FILE = """Customer number,E-mail,Kind,Time,Value,Cost,Channel,Note,Order number
1,,purchase,2026-03-01 10:00,120.50,80,shop,first,A-1
,b@example.org,call,2026-03-01T10:00+07:00,,,telephone,,
,b@example.org,call,2026-03-01T10:00+07:00,,,telephone,,
9,,purchase,2026-03-01 10:00,1,,,,A-2
1,,purchase,yesterday,1,,,,A-3
1,,purchase,2026-03-01 10:00,1.005,,,,A-4
"""


@pytest.fixture
def file(app: Flask, tmp_path: Path) -> Path:
    with app.app_context():
        make_customer(name="Ánh", email="a@example.org", external_id="1")
        make_customer(name="Bình", email="b@example.org")
        db.session.commit()
    written = tmp_path / "orders.csv"
    written.write_text(FILE, encoding="utf-8")
    return written


def brought(app: Flask, *arguments: str) -> dict[str, object]:
    done = app.test_cli_runner().invoke(args=[*arguments, "--json"])
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.stdout))


def test_interactions_find_their_customers_and_are_recorded_once(app: Flask, file: Path) -> None:
    options = ("interactions", "import", str(file), "--time-zone", "Asia/Ho_Chi_Minh")
    tried = brought(app, *options, "--dry-run")
    first = brought(app, *options)
    second = brought(app, *options)

    assert (tried["n_created"], tried["n_unchanged"], tried["n_refused"]) == (2, 1, 3)
    assert (first["n_created"], first["n_unchanged"], first["n_refused"]) == (2, 1, 3)
    assert (second["n_created"], second["n_changed"], second["n_unchanged"]) == (0, 0, 3)
    reasons = " ".join(each["reason"] for each in first["refused"])  # type: ignore[attr-defined]
    assert "No customer has this number or address." in reasons
    assert "yesterday is not a time" in reasons
    assert "1.005 has more than two decimals" in reasons
    with app.app_context():
        order = db.session.scalars(select(Interaction).where(Interaction.external_id == "crm:A-1")).one()
        assert (order.value, order.cost, order.happened_at.hour) == (Decimal("120.50"), Decimal(80), 3)
        assert order.recorded_at is not None


def test_a_known_interaction_is_brought_in_line_by_its_number(app: Flask, file: Path) -> None:
    brought(app, "interactions", "import", str(file))
    file.write_text(FILE.replace("120.50", "99"), encoding="utf-8")

    again = brought(app, "interactions", "import", str(file))

    assert (again["n_created"], again["n_changed"], again["n_unchanged"]) == (0, 1, 2)


def test_customers_who_are_not_known_are_added_where_that_is_chosen(app: Flask, file: Path) -> None:
    done = brought(app, "interactions", "import", str(file), "--add-customers")

    assert (done["n_created"], done["n_refused"]) == (3, 2)
    with app.app_context():
        assert db.session.scalars(select(Customer.name).where(Customer.external_id == "crm:9")).one() == "9"


def test_what_goes_out_comes_in_again_without_changing_anything(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        define_attribute("branch", "Branch", "choice", choices=("Hà Nội", "Huế"))
        define_attribute("member", "Name", "yes_no")
        details = {"branch": "Huế", "member": "yes"}
        ann = make_customer(name="=Ann, 'A'\nLee", email="ann@example.org", external_id="7", company="Öl & Co")
        make_customer(name="Bình", phone="+84 90 123 4567", time_zone="Asia/Ho_Chi_Minh", attributes=details)
        buy(ann, 12, datetime(2026, 3, 1, 10, 0, 0, 123, tzinfo=UTC))
        db.session.commit()
    runner = app.test_cli_runner()
    for subject in ("customers", "interactions"):
        for ending in ("csv", "xlsx"):
            out = str(tmp_path / f"{subject}.{ending}")
            assert runner.invoke(args=[subject, "export", "--output", out]).exit_code == 0

            done = brought(app, subject, "import", out)

            assert (done["n_created"], done["n_changed"], done["n_refused"]) == (0, 0, 0), done
            assert done["n_unchanged"] == done["n_rows"] > 0  # type: ignore[operator]


def test_an_export_is_audited_and_holds_no_live_cell(app: Flask, sign_in: SignIn) -> None:
    manager = sign_in("manager")
    with app.app_context():
        make_customer(name="=cmd()", email="x@example.org")
        db.session.commit()

    assert "formaction=" in manager.get("/customers/export").text
    text = manager.get("/customers/export/customers.csv").text
    book = manager.get("/customers/export/customers.xlsx")

    assert ",'=cmd()," in text
    rows = CalamineWorkbook.from_filelike(BytesIO(book.data)).get_sheet_by_index(0).to_python()
    assert rows[1][1] == "=cmd()"
    assert book.headers["Content-Disposition"].startswith("attachment")
    with app.app_context():
        kept = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "customers.export")
        assert db.session.scalar(kept) == 2


@pytest.mark.parametrize("role", ["agent", "analyst"])
def test_only_those_who_may_take_customers_out(sign_in: SignIn, role: str) -> None:
    assert sign_in(role).get("/customers/export/customers.csv").status_code == 404


PEOPLE = """Customer number,Name,E-mail,Second email,Second phone,Company,Company number,Plan,Seats
1,Ánh,a@example.org,a2@example.org,+84 90 111 2222,Acme,C-1,Gold,10
2,Bình,b@example.org,b@example.org,,Acme Ltd,C-1,Silver,10
3,Chi,c@example.org,not an address,,Acme,,Gold,
4,Dũng,d@example.org,,,,C-9,Gold,
"""


def test_companies_further_addresses_and_choices_come_with_their_customers(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        define_attribute("plan", "Plan", "choice", choices=("Gold",))
        define_attribute("seats", "Seats", "number", subject="company")
        db.session.commit()
    file, mapping = tmp_path / "people.csv", tmp_path / "columns.yaml"
    file.write_text(PEOPLE, encoding="utf-8")
    mapping.write_text(
        "columns: {Customer number: number, Name: name, E-mail: email, Second email: second_email,"
        " Second phone: second_phone, Company: company, Company number: company_number, Plan: 'attribute:plan',"
        " Seats: 'company_attribute:seats'}",
        encoding="utf-8",
    )
    options = ("customers", "import", str(file), "--mapping", str(mapping))

    strict = brought(app, *options)
    open_minded = brought(app, *options, "--add-choices")
    again = brought(app, *options, "--add-choices")

    assert (strict["n_created"], strict["n_refused"]) == (1, 3)
    assert "Silver is none of the choices: Gold." in str(strict["refused"])
    assert "No company has the number crm:C-9." in str(strict["refused"])
    assert (open_minded["n_created"], open_minded["n_unchanged"]) == (1, 1)
    assert (again["n_created"], again["n_changed"], again["n_unchanged"]) == (0, 0, 2)
    with app.app_context():
        company = db.session.scalars(select(Company)).one()
        assert (company.name, company.external_id, company.attributes) == ("Acme", "crm:C-1", {"seats": 10})
        assert db.session.scalars(select(ContactPoint.kind).order_by(ContactPoint.id)).all() == ["mail", "phone"]
        assert define_attribute("plan", "Plan", "choice").choices == ["Gold", "Silver"]


def test_a_further_number_means_its_customer(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        customer = make_customer(name="Ánh", external_id="1")
        db.session.add(ExternalId(customer_id=customer.id, number="billing:A-17"))
        db.session.commit()
    file = tmp_path / "billing.csv"
    file.write_text("Customer number,Phone\nA-17,0901234567\n", encoding="utf-8")

    done = brought(app, "customers", "import", str(file), "--source", "billing")

    assert (done["n_created"], done["n_changed"]) == (0, 1)


@pytest.mark.parametrize(
    ("text", "zone", "instant"),
    [
        ("2026-03-01 10:00", "UTC", "2026-03-01T10:00:00+00:00"),
        ("2026-03-01T10:00:30+07:00", "UTC", "2026-03-01T03:00:30+00:00"),
        ("2026-07-01", "Europe/Madrid", "2026-06-30T22:00:00+00:00"),
        ("2026-10-25 02:30", "Europe/Madrid", "2026-10-25T00:30:00+00:00"),
    ],
)
def test_a_time_without_a_zone_is_in_the_stated_one(app: Flask, text: str, zone: str, instant: str) -> None:
    with app.test_request_context():
        assert instant_of(text, zone).isoformat() == instant


@pytest.mark.parametrize("text", ["2026-03-29 02:30", "0001-01-01", "9999-12-31", "noon", ""])
def test_a_time_that_never_was_is_refused_in_words(app: Flask, text: str) -> None:
    with app.test_request_context(), pytest.raises(ValueError, match=r"left out by the clocks|is not a time"):
        instant_of(text, "Europe/Madrid")


@pytest.mark.parametrize("text", ["1,5", "1e20", "nan", "0.001", "\u0661", "1_000"])
def test_an_amount_that_is_none_is_refused_in_words(app: Flask, text: str) -> None:
    with app.test_request_context(), pytest.raises(ValueError, match=r"not a number|two decimals"):
        amount_of(text)
