"""The first start and staff from the command line."""

from __future__ import annotations

import json

from flask import Flask
from sqlalchemy import select

from survey_app.accounts.models import AuditEntry, Organisation
from survey_app.extensions import db
from tests.signing_in import SignIn

FIRST = ["init", "--organisation", "Bến Thành", "--sender-address", "s@example.org", "--email", "Boss@example.org"]
FIRST += ["--name", "Ánh", "--time-zone", "Asia/Ho_Chi_Minh", "--language", "vi"]


def test_the_first_start_makes_the_organisation_and_one_administrator(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=[*FIRST, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["roles"] == ["admin"]
    answer = app.test_client().post("/sign-in", data={"email": "boss@example.org", "password": told["password"]})
    assert answer.status_code == 303
    with app.app_context():
        found = db.session.get(Organisation, 1)
        assert found
        assert (found.name, found.contact_address) == ("Bến Thành", "s@example.org")
        assert not found.is_demo


def test_a_second_first_start_is_refused_and_changes_nothing(app: Flask) -> None:
    runner = app.test_cli_runner()
    runner.invoke(args=FIRST)
    done = runner.invoke(args=[*FIRST[:-1], "es"])
    assert done.exit_code == 3
    assert "prepared already" in done.stderr
    assert done.stdout == ""


def test_a_script_is_told_what_is_missing_and_never_asked(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["init", "--name", "Ánh"], input="x\n" * 9)
    assert done.exit_code == 2
    assert "--organisation" in done.stderr


def test_a_wrong_value_is_a_wrong_usage(app: Flask) -> None:
    runner = app.test_cli_runner()
    zone = runner.invoke(args=[*FIRST, "--time-zone", "Mars/Base"])
    address = runner.invoke(args=["staff", "create", "--email", "x", "--name", "X", "--role", "agent"])
    role = runner.invoke(args=["staff", "create", "--email", "x@example.org", "--name", "X", "--role", "owner"])
    assert (zone.exit_code, address.exit_code, role.exit_code) == (2, 2, 2)


def test_staff_are_created_listed_disabled_and_reset(app: Flask, sign_in: SignIn) -> None:
    sign_in("admin", email="boss@example.org")
    runner = app.test_cli_runner()
    create = ["staff", "create", "--email", "a@example.org", "--name", "A", "--role", "agent", "--role", "analyst"]
    made = json.loads(runner.invoke(args=[*create, "--json"]).stdout)
    assert made["roles"] == ["agent", "analyst"]
    again = runner.invoke(args=create)
    assert (again.exit_code, "already an account" in again.stderr) == (3, True)
    listed = json.loads(runner.invoke(args=["staff", "list", "--json"]).stdout)
    assert {row["email"]: row["active"] for row in listed} == {"a@example.org": True, "boss@example.org": True}
    assert runner.invoke(args=["staff", "disable", "a@example.org"]).exit_code == 0
    assert runner.invoke(args=["staff", "enable", "a@example.org"]).exit_code == 0
    new = json.loads(runner.invoke(args=["staff", "reset", "a@example.org", "--json"]).stdout)["password"]
    client = app.test_client()
    assert client.post("/sign-in", data={"email": "a@example.org", "password": made["password"]}).status_code == 422
    assert client.post("/sign-in", data={"email": "a@example.org", "password": new}).status_code == 303
    with app.app_context():
        actors = db.session.scalars(select(AuditEntry.actor).where(AuditEntry.action.startswith("staff."))).all()
    assert set(actors) == {"command line"}


def test_the_last_administrator_and_a_stranger_are_refused(app: Flask, sign_in: SignIn) -> None:
    sign_in("admin", email="boss@example.org")
    runner = app.test_cli_runner()
    assert runner.invoke(args=["staff", "disable", "boss@example.org"]).exit_code == 3
    stranger = runner.invoke(args=["staff", "reset", "nobody@example.org"])
    assert (stranger.exit_code, "staff list" in stranger.stderr) == (3, True)


def test_the_log_is_listed(app: Flask) -> None:
    runner = app.test_cli_runner()
    runner.invoke(args=FIRST)
    rows = json.loads(runner.invoke(args=["audit", "list", "--action", "staff.created", "--json"]).stdout)
    assert [row["actor"] for row in rows] == ["command line"]
