"""Who may do what: the table, and the gate that reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.accounts.models import AuditEntry
from survey_app.accounts.rules import PERMISSIONS, ROLES, may, safe_next
from survey_app.extensions import db
from tests.signing_in import SignIn

# marketer, manager, analyst, agent, admin: the order of ROLES; docs/roles.md shows the same table.
TABLE = {
    "home.view": "yyyyy",
    "account.edit": "yyyyy",
    "surveys.view": "yyy-y",
    "surveys.design": "y---y",
    "surveys.publish": "y---y",
    "customers.view": "yy-yy",
    "customers.edit": "y--yy",
    "customers.import": "y---y",
    "customers.export": "yy--y",
    "suppressions.view": "yy--y",
    "suppressions.edit": "y---y",
    "segments.view": "yy--y",
    "segments.edit": "y---y",
    "campaigns.view": "yyy-y",
    "campaigns.edit": "y---y",
    "campaigns.send": "y---y",
    "responses.view": "yyy-y",
    "responses.export": "-yy-y",
    "responses.enter": "yy-yy",
    "responses.import": "y-y-y",
    "reports.view": "yyy-y",
    "cases.view": "-y-yy",
    "cases.work": "-y-yy",
    "alerts.edit": "-y--y",
    "staff.manage": "----y",
    "audit.view": "----y",
    "settings.edit": "----y",
    "jobs.view": "----y",
}


def test_every_operation_stands_in_the_table() -> None:
    assert set(TABLE) == set(PERMISSIONS)


@pytest.mark.parametrize("operation", sorted(TABLE))
def test_each_role_may_what_the_table_says(operation: str) -> None:
    assert "".join("y" if may([role], operation) else "-" for role in ROLES) == TABLE[operation]


def test_the_documented_table_is_the_one_in_force() -> None:
    page = (Path(__file__).parents[3] / "docs/roles.md").read_text(encoding="utf-8")
    rows = [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in page.splitlines() if "| `" in line]
    assert {row[0]: "".join("y" if cell == "yes" else "-" for cell in row[1:]) for row in rows} == TABLE


def test_an_unknown_operation_or_role_may_nothing() -> None:
    assert not may(["admin"], "made.up")
    assert not may([], "home.view")
    assert not may(["owner"], "home.view")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("path", "operation"),
    [("/account", "account.edit"), ("/admin/staff", "staff.manage"), ("/admin/audit", "audit.view")],
)
def test_the_gate_opens_as_the_table_says(sign_in: SignIn, role: str, path: str, operation: str) -> None:
    expected = 200 if may([role], operation) else 404
    assert sign_in(role).get(path).status_code == expected


def test_forbidden_and_unknown_look_the_same_and_the_refusal_is_written_down(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("agent", email="agent@example.org")
    forbidden, unknown = client.get("/admin/staff"), client.get("/admin/nothing-here")
    assert forbidden.status_code == unknown.status_code == 404
    assert "There is nothing at this address" in forbidden.text
    assert "There is nothing at this address" in unknown.text
    with app.app_context():
        entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.action, entry.object_id) == ("agent@example.org", "access.refused", "accounts.staff")


def test_a_route_that_declares_nothing_is_closed_to_everybody(sign_in: SignIn, app: Flask) -> None:
    client = sign_in("admin")
    view = app.view_functions["accounts.staff"]
    app.view_functions["accounts.staff"] = lambda: "open"
    try:
        assert client.get("/admin/staff").status_code == 404
    finally:
        app.view_functions["accounts.staff"] = view


def test_the_navigation_shows_what_the_person_may_open(sign_in: SignIn) -> None:
    assert 'href="/admin/staff"' in sign_in("admin").get("/account").text
    page = sign_in("agent").get("/account").text
    assert 'href="/admin/staff"' not in page
    assert 'href="/customers"' in page


@pytest.mark.parametrize("target", ["/a", "/a?b=/c", "/a%0a", "/a:b"])
def test_a_local_address_is_kept(target: str) -> None:
    assert safe_next(target) == target


@pytest.mark.parametrize("target", [None, "a", "///evil.example", "/\x00", "http:/a", "/\u0009/evil.example", "/[::1"])
def test_what_could_lead_elsewhere_becomes_the_start_page(target: str | None) -> None:
    assert safe_next(target) in {"/", "/[::1"}
