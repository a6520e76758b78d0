"""Setting a second factor up, and who has to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select, update

from survey_app.accounts.models import AuditEntry, Organisation, RecoveryCode, SecondFactor, User
from survey_app.accounts.second_factor import PURPOSE
from survey_app.accounts.sweeping import sweep_sign_in_records
from survey_app.extensions import db, writing
from survey_app.outbox.content import cipher
from tests.pages.reading import check
from tests.phones import (
    EMAIL,
    PAGE,
    SECRET,
    SET_UP,
    Phone,
    actions,
    give_code,
    give_password,
    is_in,
    require_it,
    set_up,
    signed_in,
)
from tests.signing_in import SignIn
from tests.strict import PASSWORD, make_account, now


def test_setting_up_takes_the_password_and_a_first_code(app: Flask, known_hash: str) -> None:
    make_account(app, known_hash, email=EMAIL)
    client = signed_in(app)
    assert client.get(SET_UP).location == PAGE
    refused = client.post(PAGE, data={"current": "wrong"})
    assert (refused.status_code, "This is not your current password." in refused.text) == (422, True)
    check(refused.text)
    assert client.get(SET_UP).location == PAGE
    client.post(PAGE, data={"current": PASSWORD})
    page = client.get(SET_UP).text
    check(page)
    assert 'src="data:image/svg+xml' in page
    wrong = client.post(SET_UP, data={"code": Phone(SECRET.findall(page)[0], []).wrong()})
    assert (wrong.status_code, "This code does not fit." in wrong.text) == (422, True)
    check(wrong.text)
    assert give_password(app.test_client()) == "/account"


def test_what_was_set_up_is_asked_for_from_then_on(app: Flask, known_hash: str) -> None:
    make_account(app, known_hash, email=EMAIL)
    here, there, old = signed_in(app), signed_in(app), signed_in(app).get_cookie("session")
    before = here.get_cookie("session")
    phone = set_up(here)
    assert len(set(phone.paper)) == 10
    assert is_in(here)
    assert not is_in(there)
    for cookie in (old, before):
        assert cookie
        there.set_cookie("session", cookie.value)
        assert not is_in(there)
    assert give_password(there) == "/sign-in/code?next=/account"
    check(there.get("/sign-in/code?next=/account").text)
    assert give_code(there, phone.code(1)) == 303
    assert is_in(there)
    found = actions(app)
    for act in ("offered", "set_up"):
        assert f"account.second_factor_{act}" in found
    assert found[-1] == "account.signed_in"


def test_the_first_code_of_the_set_up_does_not_sign_in(app: Flask, known_hash: str) -> None:
    make_account(app, known_hash, email=EMAIL)
    client = signed_in(app)
    client.post(PAGE, data={"current": PASSWORD})
    code = Phone(SECRET.findall(client.get(SET_UP).text)[0], []).code()
    assert client.post(SET_UP, data={"code": code}).status_code == 200
    other = app.test_client()
    give_password(other)
    assert give_code(other, code) == 422


def test_new_recovery_codes_need_the_password_and_replace_the_old(app: Flask, enrol: Callable[..., Phone]) -> None:
    phone = enrol()
    client = app.test_client()
    give_password(client)
    give_code(client, phone.code())
    refused = client.post(f"{PAGE}/recovery-codes", data={"codes-current": "wrong"})
    assert refused.status_code == 422
    check(refused.text)
    fresh = SECRET.findall(client.post(f"{PAGE}/recovery-codes", data={"codes-current": PASSWORD}).text)
    assert len(fresh) == 10
    other = app.test_client()
    give_password(other)
    assert [give_code(other, code) for code in (phone.paper[5], fresh[5])] == [422, 303]


def test_the_database_holds_neither_the_secret_nor_the_recovery_codes(app: Flask, enrol: Callable[..., Phone]) -> None:
    phone = enrol()
    with app.app_context():
        sealed = db.session.scalars(select(SecondFactor.secret)).one()
        hashes = set(db.session.scalars(select(RecoveryCode.code_hash)))
        assert cipher(PURPOSE).decrypt(sealed).decode() == phone.secret
        logged = str([entry.details for entry in db.session.scalars(select(AuditEntry))])
    assert phone.secret.encode() not in sealed
    for code in phone.paper:
        assert not {code, code.replace("-", "")} & hashes
        assert code not in logged


def test_an_unfinished_set_up_is_over_after_a_quarter_of_an_hour_and_swept(app: Flask, known_hash: str) -> None:
    make_account(app, known_hash, email=EMAIL)
    client = signed_in(app)
    client.post(PAGE, data={"current": PASSWORD})
    code = Phone(SECRET.findall(client.get(SET_UP).text)[0], []).code()
    with app.app_context(), writing():
        db.session.execute(update(SecondFactor).values(offered_at=now() - timedelta(minutes=15, seconds=1)))
        db.session.commit()
    assert client.get(SET_UP).location == PAGE
    assert client.post(SET_UP, data={"code": code}).location == PAGE
    with app.app_context(), writing():
        sweep_sign_in_records(now())
        db.session.commit()
        assert db.session.scalars(select(SecondFactor)).all() == []


def test_sweeping_leaves_second_factors_that_count(app: Flask, enrol: Callable[..., Phone]) -> None:
    enrol()
    with app.app_context(), writing():
        sweep_sign_in_records(now() + timedelta(days=400))
        db.session.commit()
        assert len(db.session.scalars(select(SecondFactor)).all()) == 1


def test_who_has_one_cannot_be_given_another_secret(app: Flask, enrol: Callable[..., Phone]) -> None:
    phone = enrol()
    client = app.test_client()
    give_password(client)
    give_code(client, phone.code())
    assert client.post(PAGE, data={"current": PASSWORD}).location == PAGE
    assert client.get(SET_UP).location == PAGE
    with app.app_context():
        assert cipher(PURPOSE).decrypt(db.session.scalars(select(SecondFactor.secret)).one()).decode() == phone.secret


def test_an_administrator_without_one_can_do_nothing_else_where_it_is_required(app: Flask, known_hash: str) -> None:
    make_account(app, known_hash, "admin", email=EMAIL)
    client = signed_in(app)
    require_it(app)
    for path in ("/", "/account", "/admin/staff", "/admin/organisation", "/surveys", "/account/password"):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (303, PAGE), path
    details = {"name": "X", "email": "x@example.org", "roles": ["admin"], "language": "en"}
    assert client.post("/admin/staff", data=details).location == PAGE
    assert client.get("/admin/staff", headers={"Accept": "application/json"}).status_code == 403
    with app.app_context():
        assert len(db.session.scalars(select(User)).all()) == 1
    page = client.get(PAGE).text
    check(page)
    assert "Your organisation requires a second factor" in page
    set_up(client)
    assert client.get("/admin/staff").status_code == 200


def test_the_requirement_is_a_setting_off_by_default_and_for_administrators_only(app: Flask, sign_in: SignIn) -> None:
    admin, agent = sign_in("admin"), sign_in("agent")
    page = admin.get("/admin/organisation").text
    assert "Administrators must use a second factor" in page
    with app.app_context():
        found = db.session.get_one(Organisation, 1)
        names = ("name", "sender_name", "sender_address", "contact_address", "time_zone", "default_language")
        form = {name: getattr(found, name) for name in (*names, "retention_months")}
        assert not found.admins_need_second_factor
    assert admin.post("/admin/organisation", data={**form, "admins_need_second_factor": "y"}).status_code == 303
    assert admin.get("/admin/organisation").location == PAGE
    assert is_in(agent)
