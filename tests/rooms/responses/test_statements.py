"""How much answering asks of the database: little, and the same however much is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event

from survey_app.extensions import db
from tests.factories.answering import Person, a_fielding, a_page, an_invitation, link_of, of_pages
from tests.factories.questionnaires import a_battery, a_comment, an_item

MOST_TO_OPEN = 3
MOST_TO_SUBMIT = 6
ONE_PAGE = of_pages(a_page(an_item(), a_battery(), a_comment()))


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements executed inside the block, beginnings of transactions apart."""
    statements: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    event.remove(db.engine, "before_cursor_execute", note)


def answer_counted(client: FlaskClient, path: str) -> tuple[int, int, int]:
    """Answer by a link; return the numbers of statements to open, to submit, to be thanked."""
    person = Person(client, path)
    with counted() as to_open:
        person.open()
    with counted() as to_submit:
        done = person.press("send", follow=False, nps=9, delivery=4)
    with counted() as to_thank:
        client.get(done.location)
    return len(to_open), len(to_submit), len(to_thank)


def test_answering_asks_little_and_no_more_when_much_is_stored(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        campaign = a_fielding(ONE_PAGE)
        paths = [link_of(an_invitation(campaign)) for _person in range(30)]
        # The first person of a version lets its questionnaire be read and its page be drawn.
        answer_counted(client, paths[0])
        few = answer_counted(client, paths[1])
        for path in paths[2:-1]:
            answer_counted(client, path)
        many = answer_counted(client, paths[-1])
    assert few == many
    assert few[0] <= MOST_TO_OPEN
    assert few[1] <= MOST_TO_SUBMIT
    assert few[2] <= MOST_TO_OPEN
