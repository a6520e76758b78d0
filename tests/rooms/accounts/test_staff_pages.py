"""What an administrator does with staff, the organisation and the audit log."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import delete, select

from survey_app.accounts.models import AuditEntry, Organisation, User
from survey_app.accounts.operations import record
from survey_app.accounts.queries import list_staff
from survey_app.extensions import db, writing
from tests.mail_sink import MailSink
from tests.signing_in import SignIn

NEW = {"name": "Lê Hòa", "email": "Hoa@example.org", "roles": ["agent", "manager"], "language": "vi"}
DETAILS = {
    "name": "Harbour & Lane",
    "sender_name": "Harbour",
    "sender_address": "surveys@example.org",
    "contact_address": "help@example.org",
    "time_zone": "Asia/Ho_Chi_Minh",
    "default_language": "vi",
    "retention_months": "36",
}


def number_of(app: Flask, email: str) -> int:
    with app.app_context():
        return db.session.scalars(select(User.id).where(User.email == email)).one()


def secret(page: str) -> str:
    found = re.search(r'class="secret">([^<]+)<', page)
    assert found
    return found.group(1)


def test_a_new_colleague_signs_in_with_the_password_shown_once(app: Flask, sign_in: SignIn) -> None:
    admin = sign_in("admin")
    answer = admin.post("/admin/staff", data=NEW)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    password = secret(answer.text)
    number = number_of(app, "hoa@example.org")
    assert password not in admin.get(f"/admin/staff/{number}").text
    colleague = app.test_client()
    form = {"email": "hoa@example.org", "password": password}
    assert colleague.post("/sign-in", data=form).status_code == 303
    assert '<html lang="vi">' in colleague.get("/account").text
    assert colleague.get("/admin/staff").status_code == 404


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"email": "hoa"}, "name@example.com"),
        ({"email": "admin@example.org"}, "There is already an account with this address."),
        ({"roles": []}, "Choose at least one role."),
        ({"roles": ["owner"]}, "owner"),
        ({"name": " "}, "Enter a name."),
    ],
)
def test_a_wrong_detail_is_said_in_words_and_nothing_typed_is_lost(
    app: Flask, sign_in: SignIn, change: dict[str, object], message: str
) -> None:
    admin = sign_in("admin", email="admin@example.org")
    answer = admin.post("/admin/staff", data={**NEW, **change})
    assert answer.status_code == 422
    assert message in answer.text
    assert change.get("email", NEW["email"]) in answer.text
    with app.app_context():
        assert len(list_staff()) == 1


def test_other_roles_end_the_sessions_and_the_log_holds_both(app: Flask, sign_in: SignIn) -> None:
    admin, agent = sign_in("admin"), sign_in("agent", email="a@example.org")
    number = number_of(app, "a@example.org")
    form = {"name": "A", "language": "en", "roles": ["marketer"]}
    assert admin.post(f"/admin/staff/{number}", data=form).status_code == 303
    assert agent.get("/account").status_code == 303
    with app.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "staff.roles_changed")).one()
    assert entry.details == {"before": ["agent"], "after": ["marketer"]}


def test_a_disabled_colleague_is_out_at_once_until_enabled(app: Flask, sign_in: SignIn) -> None:
    admin, agent = sign_in("admin"), sign_in("agent", email="a@example.org")
    number = number_of(app, "a@example.org")
    assert admin.post(f"/admin/staff/{number}/disable").status_code == 303
    assert agent.get("/account").status_code == 303
    password = secret(admin.post(f"/admin/staff/{number}/password").text)
    form = {"email": "a@example.org", "password": password}
    assert app.test_client().post("/sign-in", data=form).status_code == 422
    admin.post(f"/admin/staff/{number}/enable")
    assert app.test_client().post("/sign-in", data=form).status_code == 303


def test_somebody_stays_administrator(app: Flask, sign_in: SignIn) -> None:
    admin = sign_in("admin", email="a@example.org")
    number = number_of(app, "a@example.org")
    answer = admin.post(f"/admin/staff/{number}/disable", follow_redirects=True)
    assert "Somebody must stay administrator." in answer.text
    form = {"name": "A", "language": "en", "roles": ["agent"]}
    assert admin.post(f"/admin/staff/{number}", data=form).status_code == 422
    assert admin.get("/admin/staff").status_code == 200
    sign_in("admin")
    assert admin.post(f"/admin/staff/{number}", data=form).status_code == 303


def test_nobody_gives_themselves_a_password_without_the_old_one(app: Flask, sign_in: SignIn) -> None:
    admin = sign_in("admin", email="me@example.org")
    page = f"/admin/staff/{number_of(app, 'me@example.org')}"
    assert "Give a new random password" not in admin.get(page).text
    assert admin.post(f"{page}/password").location == "/account"
    assert admin.get(page).status_code == 200


def test_an_unknown_colleague_is_not_found(sign_in: SignIn) -> None:
    assert sign_in("admin").get("/admin/staff/999").status_code == 404


def test_the_organisation_is_saved_and_the_log_holds_what_it_was(app: Flask, sign_in: SignIn) -> None:
    admin = sign_in("admin")
    assert admin.post("/admin/organisation", data=DETAILS).status_code == 303
    assert "Harbour &amp; Lane" in admin.get("/admin/organisation").text
    with app.app_context():
        found = db.session.get(Organisation, 1)
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "organisation.changed")).one()
    assert found
    assert (found.time_zone, found.retention_months) == ("Asia/Ho_Chi_Minh", 36)
    assert entry.details["before"]["name"] == "Harbour Lane Stores"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sender_address", "x\r\nBcc: y@example.org"),
        ("time_zone", "Mars/Base"),
        ("retention_months", "0"),
        ("name", ""),
    ],
)
def test_a_wrong_setting_changes_nothing(app: Flask, sign_in: SignIn, field: str, value: str) -> None:
    answer = sign_in("admin").post("/admin/organisation", data={**DETAILS, field: value})
    assert answer.status_code == 422
    with app.app_context():
        found = db.session.get(Organisation, 1)
    assert found
    assert found.name == "Harbour Lane Stores"


def test_a_test_mail_goes_out_at_once(app: Flask, sign_in: SignIn, mail_sink: MailSink) -> None:
    mail_sink.use(app)
    answer = sign_in("admin", email="me@example.org").post("/admin/organisation/test-mail", follow_redirects=True)
    assert "The mail server took the mail." in answer.text
    assert [mail.recipients for mail in mail_sink.mails] == [["me@example.org"]]
    assert "can send mail" in mail_sink.mails[0].part("plain")


def test_a_mail_server_that_refuses_is_quoted(app: Flask, sign_in: SignIn, mail_sink: MailSink) -> None:
    mail_sink.use(app)
    mail_sink.fault = "refuse"
    answer = sign_in("admin", email="me@example.org").post("/admin/organisation/test-mail", follow_redirects=True)
    assert "refused this sender or recipient" in answer.text
    assert "550" in answer.text


def test_the_log_shows_newest_first_by_act_and_person(app: Flask, sign_in: SignIn) -> None:
    admin = sign_in("admin", email="chief@example.org")
    admin.post("/admin/staff", data=NEW)
    sign_in("agent", email="nosy@example.org").get("/admin/audit")
    page = admin.get("/admin/audit").text
    assert page.index("access.refused") < page.rindex("staff.created")
    rows = admin.get("/admin/audit?action=staff.created&actor=chief").text.split("<tbody>")[1]
    assert "access.refused" not in rows
    assert "chief@example.org" in rows
    assert "No entry fits" in admin.get("/admin/audit?actor=nobody-at-all").text


def test_hostile_text_in_the_log_is_only_text(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        record("customers.imported", "file", "<script>alert(1)</script>", name="{{ 7*7 }}<img src=x onerror=1>")
        db.session.commit()
    page = sign_in("admin").get("/admin/audit").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "{{ 7*7 }}&lt;img" in page


def test_a_long_log_has_pages_and_keeps_the_filter(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        for number in range(60):
            record("thing.done", "thing", str(number))
        db.session.commit()
    page = sign_in("admin").get("/admin/audit?action=thing.done").text
    assert "Page 1 of 2" in page
    assert "action=thing.done&amp;actor" in page or "action=thing.done&amp;page=2" in page


def test_an_entry_of_the_log_is_never_changed_nor_deleted(app: Flask) -> None:
    with app.app_context(), writing():
        entry = record("thing.done")
        db.session.commit()
        entry.action = "nothing"
        with pytest.raises(PermissionError):
            db.session.commit()
        db.session.rollback()
        db.session.delete(entry)
        with pytest.raises(PermissionError):
            db.session.commit()
        db.session.rollback()
        assert db.session.scalars(select(AuditEntry.action)).all() == ["thing.done"]


def test_a_person_who_leaves_the_tables_stays_named_in_the_log(app: Flask, sign_in: SignIn) -> None:
    sign_in("agent", email="gone@example.org").get("/admin/audit")
    with app.app_context(), writing():
        db.session.execute(delete(User).where(User.email == "gone@example.org"))
        db.session.commit()
        assert db.session.scalars(select(AuditEntry.actor)).one() == "gone@example.org"
