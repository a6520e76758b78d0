"""How much answering asks of the database: little, and the same however much is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event

from survey_app.customers.operations import define_attribute
from survey_app.extensions import db, writing
from tests.factories.answering import Person, a_fielding, a_page, an_invitation, link_of, of_pages, the_responses
from tests.factories.customers import make_customer
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


EVERYTHING = of_pages(
    a_page(
        {"code": "shop", "type": "hidden"},
        {"code": "plan", "type": "hidden", "source": "attribute.plan"},
        an_item(text={"en": "How is {customer.first_name|your} plan?"}, variants=[{"code": "a"}, {"code": "b"}]),
        a_battery(shuffle=True, show_if={"field": "customer.company", "op": "is_unknown"}),
        code="one",
        shuffle=True,
        jumps=[{"when": {"field": "customer.language", "op": "is", "value": "vi"}, "to": "end"}],
    ),
    a_page(a_comment(), code="two"),
    quotas=[
        {"code": "gold", "when": {"field": "answer.plan", "op": "is", "value": "gold"}, "limit": 1000},
        {"code": "high", "when": {"field": "answer.nps", "op": "at_least", "value": 9}, "limit": 1000},
    ],
)


def go_through_counted(client: FlaskClient, path: str) -> list[int]:
    """Answer two pages by a link; return the numbers of statements of each step."""
    person = Person(client, path)
    counts = []
    for step in (
        lambda: client.get(f"{path}?page=one&shop=hue"),
        lambda: person.press(follow=False, nps=9),
        lambda: client.get(f"{path}?page=two"),
        lambda: person.press("send", follow=False, comment="x"),
    ):
        with counted() as statements:
            answer = step()
        counts.append(len(statements))
        if answer.status_code == 200:
            person.page = answer
    return counts


def test_quotas_shuffles_hidden_values_and_merge_fields_stay_within_the_same_bounds(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        with writing():
            define_attribute("plan", "Plan", "text", for_reporting=True)
            db.session.commit()
        campaign = a_fielding(EVERYTHING)
        campaign.most_responses = 1000
        db.session.commit()
        paths = []
        for _person in range(12):
            with writing():
                customer = make_customer(attributes={"plan": "gold"})
                db.session.commit()
            paths.append(link_of(an_invitation(campaign, customer_id=customer.id)))
        go_through_counted(client, paths[0])
        few = go_through_counted(client, paths[1])
        for path in paths[2:-1]:
            go_through_counted(client, path)
        assert go_through_counted(client, paths[-1]) == few
        assert {response.state for response in the_responses()} == {"completed"}
    assert max(few[0], few[2]) <= MOST_TO_OPEN
    assert max(few[1], few[3]) <= MOST_TO_SUBMIT, few
