"""After an anonymous answer, nothing anywhere in the database ties it to a person."""

from __future__ import annotations

import csv
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import MetaData, select

from survey_app.extensions import db
from survey_app.responses.models import Response
from survey_app.responses.rules import PRIVACY_BASE
from tests.factories.answering import Person, a_fielding, a_page, a_public_link, an_invitation, link_of, of_pages
from tests.factories.questionnaires import an_item
from tests.signing_in import SignIn

WORDS = "words that stand once in the whole database"
TWO_PAGES = of_pages(a_page(an_item(code="nps")), a_page({"code": "why", "type": "text", "text": "Why?"}, code="last"))


Tables = dict[str, list[dict[str, Any]]]


def whole_database() -> Tables:
    """Return every row of every table, those of no model too."""
    found = MetaData()
    with db.engine.connect() as connection:
        found.reflect(connection)
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in found.sorted_tables
        }


def an_answer() -> tuple[Tables, set[Any]]:
    """Return the database after one anonymous answer of two pages, and the ids that its draft had."""
    invitation = an_invitation(a_fielding(TWO_PAGES, identification="anonymous"))
    person = Person(current_app.test_client(), link_of(invitation))
    person.open()
    person.press(nps="2")
    draft = db.session.execute(select(Response.id, Response.public_id, Response.submission_id)).one()
    db.session.rollback()
    person.press(why=WORDS)
    return whole_database(), {*draft}


def test_an_anonymous_answer_stands_alone(app: Flask) -> None:
    with app.app_context():
        tables, draft = an_answer()
    (row,) = tables["responses"]
    assert WORDS in str(row["answers"])
    assert row["invitation_id"] is row["customer_id"] is None
    # Not even by what a backup of the night before says of the draft, or by the order of arrival.
    assert not {row["id"], row["public_id"], row["submission_id"]} & draft
    assert row["id"] < 0
    for name in ("started_at", "saved_at", "completed_at"):
        instant = datetime.fromisoformat(str(row[name]))
        assert (instant.hour, instant.minute, instant.second, instant.microsecond) == (0, 0, 0, 0)


def test_nothing_else_knows_of_an_anonymous_answer(app: Flask) -> None:
    with app.app_context():
        tables, _draft = an_answer()
    (row,) = tables["responses"]
    others = str({table: rows for table, rows in tables.items() if table != "responses"})
    assert not [each for each in (WORDS, row["public_id"], row["submission_id"], str(row["id"])) if each in others]
    assert tables["cases"] == tables.get("link_fetches", []) == []
    assert {entry["object_kind"] for entry in tables["audit_entries"]} <= {"survey"}
    (invited,) = tables["invitations"]
    assert invited["disposition"] == "completed"
    assert invited["completed_at"] is None


@pytest.mark.parametrize("n_people", [3])
def test_anonymous_answers_do_not_stand_in_the_order_in_which_they_came(app: Flask, n_people: int) -> None:
    with app.app_context():
        path = a_public_link(TWO_PAGES, identification="anonymous")
        for number in range(n_people):
            person = Person(app.test_client(), path)
            person.open()
            person.press(nps=str(number))
            person.press(why="because")
        rows = whole_database()["responses"]
        assert len(rows) == n_people
        assert all(row["id"] < 0 and row["state"] == "completed" for row in rows)
        assert len({row["id"] for row in rows}) == n_people


@pytest.mark.parametrize(("identification", "is_told"), [("identified", True), ("confidential", False)])
def test_an_export_tells_the_minute_only_where_staff_may_see_who(
    app: Flask, sign_in: SignIn, identification: str, *, is_told: bool
) -> None:
    with app.app_context():
        link = a_public_link(TWO_PAGES, identification=identification)
        for _ in range(PRIVACY_BASE):
            person = Person(app.test_client(), link)
            person.open()
            person.press(nps="2")
            person.press(why=WORDS)
    answer = sign_in("manager").post("/surveys/relationship/responses.csv")
    rows = list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert len(rows) == PRIVACY_BASE
    assert all(row["completed_on"] for row in rows)
    assert {bool(row["completed_at"]) for row in rows} == {is_told}
