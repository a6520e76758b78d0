"""Taking a second factor away again."""

from __future__ import annotations

import json
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from survey_app.accounts.models import AuditEntry, RecoveryCode
from survey_app.extensions import db
from tests.pages.reading import check
from tests.phones import (
    EMAIL,
    PAGE,
    Phone,
    actions,
    give_code,
    give_password,
    is_in,
    number_of,
    require_it,
)
from tests.signing_in import SignIn
from tests.strict import PASSWORD


def test_removing_takes_the_password_and_ends_every_other_session(app: Flask, enrol: Callable[..., Phone]) -> None:
    phone = enrol()
    here, there = app.test_client(), app.test_client()
    for client, steps in ((here, 0), (there, 1)):
        give_password(client)
        assert give_code(client, phone.code(steps)) == 303
    refused = here.post(f"{PAGE}/remove", data={"remove-current": "wrong"})
    assert refused.status_code == 422
    check(refused.text)
    assert here.post(f"{PAGE}/remove", data={"remove-current": PASSWORD}).status_code == 303
    assert (is_in(here), is_in(there)) == (True, False)
    assert give_password(there) == "/account"
    assert "account.second_factor_removed" in actions(app)
    with app.app_context():
        assert db.session.scalars(select(RecoveryCode)).all() == []


def test_an_administrator_removes_a_colleagues(app: Flask, enrol: Callable[..., Phone], sign_in: SignIn) -> None:
    phone = enrol()
    colleague, admin = app.test_client(), sign_in("admin", email="boss@example.org")
    give_password(colleague)
    give_code(colleague, phone.code())
    page = f"/admin/staff/{number_of(app)}"
    assert "Remove the second factor" in admin.get(page).text
    assert admin.post(f"{page}/second-factor/remove").location == page
    assert "Remove the second factor" not in admin.get(page).text
    assert not is_in(colleague)
    assert give_password(colleague) == "/account"
    with app.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "account.second_factor_removed")).one()
    assert (entry.actor, entry.object_id) == ("boss@example.org", page.rpartition("/")[2])


def test_nobody_removes_their_own_without_the_password(app: Flask, enrol: Callable[..., Phone]) -> None:
    phone = enrol("admin")
    admin = app.test_client()
    give_password(admin)
    give_code(admin, phone.code())
    page = f"/admin/staff/{number_of(app)}"
    assert "Remove the second factor" not in admin.get(page).text
    assert admin.post(f"{page}/second-factor/remove").location == PAGE
    assert give_password(app.test_client()).startswith("/sign-in/code")


def test_who_removes_theirs_where_it_is_required_is_led_back(app: Flask, enrol: Callable[..., Phone]) -> None:
    phone = enrol("admin")
    require_it(app)
    client = app.test_client()
    give_password(client)
    give_code(client, phone.code())
    assert client.get("/admin/staff").status_code == 200
    client.post(f"{PAGE}/remove", data={"remove-current": PASSWORD})
    assert client.get("/admin/staff").location == PAGE


def test_the_command_line_removes_a_lost_one(app: Flask, enrol: Callable[..., Phone]) -> None:
    enrol()
    runner = app.test_cli_runner()
    kept = json.loads(runner.invoke(args=["staff", "reset", EMAIL, "--json"]).stdout)
    assert kept["second_factor"] is True
    removed = json.loads(runner.invoke(args=["staff", "reset", EMAIL, "--second-factor", "--json"]).stdout)
    assert removed["second_factor"] is False
    client = app.test_client()
    answer = client.post("/sign-in", data={"email": EMAIL, "password": removed["password"], "next": "/account"})
    assert answer.location == "/account"


def test_only_administrators_remove_what_others_have(app: Flask, enrol: Callable[..., Phone], sign_in: SignIn) -> None:
    enrol()
    assert sign_in("manager").post(f"/admin/staff/{number_of(app)}/second-factor/remove").status_code == 404
    assert give_password(app.test_client()).startswith("/sign-in/code")
