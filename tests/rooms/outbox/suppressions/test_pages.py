"""The suppression list on its page and on the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.accounts.models import AuditEntry
from survey_app.customers.models import Customer
from survey_app.extensions import db, writing
from survey_app.outbox.models import MailEvent, Suppression
from survey_app.outbox.operations import suppress
from tests.factories.customers import make_customer
from tests.signing_in import SignIn

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def entries(app: Flask) -> dict[str, str]:
    with app.app_context():
        return {each.address_key: each.reason for each in db.session.scalars(select(Suppression))}


def suppressed(app: Flask, address: str = "an@example.org", reason: str = "bounced") -> int:
    with app.app_context(), writing():
        entry = suppress(address, reason, "mailbox, mail 7", NOW)
        db.session.commit()
        return entry.id


def acts(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        told = db.session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("suppression")))
        return [(entry.action, str(entry.details.get("note", ""))) for entry in told]


def test_the_list_tells_reason_source_and_date_and_is_searched(app: Flask, sign_in: SignIn) -> None:
    suppressed(app)
    suppressed(app, "binh@example.net", "unsubscribed")
    client = sign_in("manager")
    page = client.get("/suppressions").text
    assert all(told in page for told in ("an@example.org", "mailbox, mail 7", "mail came back", "Nov 2, 2026"))
    assert "binh@" not in client.get("/suppressions?address=AN@example").text
    assert "an@example.org" not in client.get("/suppressions?reason=unsubscribed").text
    assert "No address fits" in client.get("/suppressions?address=nobody").text


def test_an_address_is_added_by_hand_with_its_reason_in_the_audit_log(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("marketer")
    wrong = client.post("/suppressions", data={"address": "an@", "note": "asked by telephone"})
    assert (wrong.status_code, "an@" in wrong.text, "asked by telephone" in wrong.text) == (422, True, True)
    assert (
        client.post("/suppressions", data={"address": "An@Example.org", "note": "asked by telephone"}).status_code
        == 303
    )
    assert entries(app) == {"an@example.org": "manual"}
    assert acts(app) == [("suppression.added", "asked by telephone")]
    with app.app_context():
        details = db.session.scalars(select(AuditEntry.details).where(AuditEntry.action == "suppression.added")).one()
        assert "an@example.org" not in json.dumps(details)


def test_lifting_asks_for_a_reason_and_is_written_down(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        make_customer(email="an@example.org")
        db.session.commit()
    entry_id = suppressed(app)
    with app.app_context():
        assert db.session.scalars(select(Customer.email_state)).one() == "bounced"
    client = sign_in("marketer")
    assert "an@example.org" in client.get(f"/suppressions/{entry_id}/lift").text
    assert client.post(f"/suppressions/{entry_id}/lift", data={"note": " "}).status_code == 422
    assert entries(app) == {"an@example.org": "bounced"}
    assert client.post(f"/suppressions/{entry_id}/lift", data={"note": "works again"}).status_code == 303
    assert (entries(app), acts(app)) == ({}, [("suppression.lifted", "works again")])
    with app.app_context():
        assert db.session.scalars(select(Customer.email_state)).one() == "unverified"
    assert client.post(f"/suppressions/{entry_id}/lift", data={"note": "x"}).status_code == 404


@pytest.mark.parametrize("reason", ["unsubscribed", "complained"])
def test_a_persons_own_wish_is_not_staffs_to_lift(app: Flask, sign_in: SignIn, reason: str) -> None:
    entry_id = suppressed(app, reason=reason)
    client = sign_in("admin")
    assert f"/suppressions/{entry_id}/lift" not in client.get("/suppressions").text
    client.post(f"/suppressions/{entry_id}/lift", data={"note": "we want to"})
    done = app.test_cli_runner().invoke(
        args=["suppressions", "lift", "an@example.org", "--reason", reason, "--note", "x"]
    )
    assert done.exit_code == 3
    assert entries(app) == {"an@example.org": reason}
    assert acts(app) == []


def test_only_who_may_keeps_the_list(app: Flask, sign_in: SignIn) -> None:
    entry_id = suppressed(app)
    manager, agent = sign_in("manager"), sign_in("agent")
    assert agent.get("/suppressions").status_code == 404
    assert "Add an address" not in manager.get("/suppressions").text
    for path in ("/suppressions", f"/suppressions/{entry_id}/lift", "/suppressions/file", "/suppressions/export"):
        assert manager.post(path, data={"note": "x", "address": "b@example.org"}).status_code == 404
    assert entries(app) == {"an@example.org": "bounced"}


def upload(client: object, content: bytes) -> object:
    return client.post("/suppressions/file", data={"file": (BytesIO(content), "list.csv")})  # type: ignore[attr-defined]


def test_a_file_only_ever_adds_and_comes_out_as_it_went_in(app: Flask, sign_in: SignIn) -> None:
    suppressed(app, reason="complained")
    client = sign_in("marketer")
    content = (
        "address;reason;note\nan@example.org;complained;\nbinh@example.net;;=1+1\nnobody;;\nc@example.org;angry;\n"
    )
    assert upload(client, content.encode()).status_code == 303  # type: ignore[attr-defined]
    page = client.get("/suppressions").text
    assert "1 address is new" in page
    assert "Line 4" in page
    assert "Line 5" in page
    assert entries(app) == {"an@example.org": "complained", "binh@example.net": "manual"}
    written = client.post("/suppressions/export")
    assert "'=1+1" in written.text
    assert upload(client, written.data).status_code == 303  # type: ignore[attr-defined]
    assert len(entries(app)) == 2
    assert [act for act, _note in acts(app)] == [
        "suppressions.imported",
        "suppressions.exported",
        "suppressions.imported",
    ]


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\0a", b"mail\nan@example.org\n", b"address\n" + b"x\n" * 10_002, b'address\n"']
)
def test_a_file_that_is_no_list_is_refused_in_words(app: Flask, sign_in: SignIn, content: bytes) -> None:
    answer = upload(sign_in("marketer"), content)
    assert answer.status_code in {303, 422}  # type: ignore[attr-defined]
    assert entries(app) == {}


def test_refusals_because_of_us_alert_the_sender_and_suppress_nobody(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        event = {"verdict": "policy", "detail": "550 5.7.26 <b>unauthenticated", "source": "pipe"}
        db.session.add(MailEvent(key="x", received_at=datetime.now(UTC), **event))
        db.session.commit()
    page = sign_in("marketer").get("/suppressions").text
    assert "because of us" in page
    assert "5.7.26 &lt;b&gt;unauthenticated" in page


def test_the_commands_list_add_and_lift(app: Flask) -> None:
    runner = app.test_cli_runner()
    added = runner.invoke(args=["suppressions", "add", "An@example.org", "--note", "asked", "--json"])
    assert json.loads(added.stdout)["address"] == "an@example.org"
    listed = json.loads(runner.invoke(args=["suppressions", "list", "--json"]).stdout)
    assert [(row["address"], row["reason"], row["source"]) for row in listed] == [
        ("an@example.org", "manual", "command line")
    ]
    assert "an@example.org" in runner.invoke(args=["suppressions", "list"]).stdout
    lift = ["suppressions", "lift", "an@example.org", "--reason", "manual", "--note", "by mistake"]
    assert runner.invoke(args=lift).exit_code == 0
    assert runner.invoke(args=lift).exit_code == 3
    assert runner.invoke(args=["suppressions", "add", "nobody", "--note", "x"]).exit_code == 2
    assert acts(app) == [("suppression.added", "asked"), ("suppression.lifted", "by mistake")]
