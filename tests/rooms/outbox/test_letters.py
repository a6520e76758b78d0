"""Letters: composed once, filled for each recipient, queued once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask
from sqlalchemy import select, text

from survey_app.extensions import db, writing
from survey_app.outbox.letters import TOKEN, Letter, filled, slot, without_marks
from survey_app.outbox.models import OutboxLetter, OutboxMail
from survey_app.outbox.operations import queue_mail
from survey_app.outbox.queueing import Order, queue_orders, seal_values, store_letter, unseal_values
from tests.factories.mails import a_mail

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LETTER = Letter(
    subject=f"Dear {slot('first_name')}",
    text=f"{slot('name')}: {slot('link')}",
    html=f'<p>{slot("name")}</p><a href="{slot("link")}?score=9">9</a>',
    from_address="survey@example.com",
)
VALUES = {
    "first_name": "Ann",
    "name": "<b>Ann</b> & co",
    "link": "https://s.example/a/x",
    "unsubscribe_link": "https://s.example/u/x",
}


def test_what_fills_a_slot_is_escaped_where_it_lands() -> None:
    mail = filled(LETTER, "ann@example.com", "Ann", VALUES)
    assert mail.subject == "Dear Ann"
    assert mail.text == "<b>Ann</b> & co: https://s.example/a/x"
    assert mail.html == '<p>&lt;b&gt;Ann&lt;/b&gt; &amp; co</p><a href="https://s.example/a/x?score=9">9</a>'
    assert mail.unsubscribe_url == VALUES["unsubscribe_link"]


def test_nobody_can_write_a_slot() -> None:
    typed = f"Hello {slot('link')}"
    assert without_marks(typed) == "Hello link"
    assert filled(LETTER, "a@b.example", "", {**VALUES, "name": slot("link")}).text.startswith(slot("link"))


def test_the_same_letter_and_the_same_key_are_stored_once(app: Flask) -> None:
    order = Order("invitation:1", "ann@example.com", "Ann", VALUES, NOW)
    with app.app_context(), writing():
        batches = [store_letter(LETTER, kind="invitation", group_key="campaign:1", now=NOW) for _ in range(2)]
        for batch in batches:
            queue_orders(batch, [order, order], NOW)
        db.session.commit()
        assert batches[0] == batches[1]
        assert len(db.session.scalars(select(OutboxLetter)).all()) == 1
        (row,) = db.session.scalars(select(OutboxMail)).all()
        assert row.domain == "example.com"
        assert b"Ann" not in (row.content or b"")
        assert unseal_values(row.content or b"") == ("Ann", VALUES)


def test_another_secret_opens_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        sealed = seal_values("Ann", VALUES)
        monkeypatch.setitem(app.config, "SECRET_KEY", "another secret that is long enough for everybody")
        with pytest.raises(InvalidTag):
            unseal_values(sealed)


def test_many_rows_are_stored_as_a_single_one_is(app: Flask) -> None:
    with app.app_context(), writing():
        batch = store_letter(LETTER, kind="invitation", group_key="campaign:1", now=NOW)
        queue_orders(batch, [Order("invitation:1", "ann@example.com", "Ann", VALUES, NOW)], NOW)
        queue_mail(a_mail(), key="invitation:2", kind="invitation", now=NOW, group_key="campaign:1")
        db.session.commit()
        stored = db.session.execute(text("SELECT due_at, created_at, state, rank, attempts, channel FROM outbox_mails"))
        assert len(set(stored.all())) == 1


def test_of_personal_links_the_token_alone_stands_with_each_mail() -> None:
    starts = {"link": "https://s.example/a/", "unsubscribe_link": "https://s.example/u/"}
    stored = {"first_name": "Ann", "name": VALUES["name"], TOKEN: "x"}
    assert filled(replace(LETTER, links=starts), "a@b.example", "", stored) == filled(LETTER, "a@b.example", "", VALUES)
