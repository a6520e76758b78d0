"""Low answers and the cases they open."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from survey_app.campaigns.models import Campaign
from survey_app.extensions import db, writing
from survey_app.followups.models import Case
from tests.factories.answering import Person, a_fielding, a_page, an_invitation, link_of, of_pages
from tests.factories.customers import make_customer
from tests.factories.questionnaires import a_comment, an_item


def one_page(**item: Any) -> dict[str, Any]:
    """Return the document of a questionnaire with a score and a comment on one page."""
    return of_pages(a_page(an_item(**item), a_comment()))


def a_survey_of_one_page(code: str = "relationship", **options: Any) -> Campaign:
    """Return an open fielding of a score and a comment; commits."""
    return a_fielding(options.pop("definition", one_page()), code=code, **options)


def a_person(app: Flask, campaign: Campaign | None = None, customer_id: int | None = None, **details: Any) -> Person:
    """Return a customer with a personal link, in a browser."""
    with writing():
        customer_id = customer_id or make_customer(**details).id
        db.session.commit()
    invitation = an_invitation(campaign or a_survey_of_one_page(), customer_id=customer_id)
    return Person(app.test_client(), link_of(invitation))


def answer(app: Flask, score: int, comment: str = "Too slow.", **options: Any) -> None:
    """Let a customer answer over HTTP; needs an application context."""
    person = a_person(app, **options)
    person.open()
    page = person.press(nps=score, comment=comment)
    assert page.status_code == 200, page.text
    db.session.rollback()


def the_cases() -> list[Case]:
    """Return all cases as the database has them now."""
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Case).order_by(Case.id)))
