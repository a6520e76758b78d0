"""Anonymous means that the database shows no link between a person and what they answered (security checklist 9.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from survey_app.campaigns.models import Invitation
from survey_app.campaigns.tokens import token_of
from survey_app.customers.operations import define_attribute
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.responses.tasks import sweep
from tests.factories.answering import (
    Person,
    a_fielding,
    a_page,
    an_invitation,
    link_of,
    of_pages,
    the_responses,
)
from tests.factories.customers import make_customer
from tests.factories.questionnaires import a_choice, a_comment, an_item

OPTIONS = [{"code": f"o{n}", "text": {"en": f"Option {n}"}} for n in range(8)]
SECRET = of_pages(
    a_page(
        {"code": "plan", "type": "hidden", "source": "attribute.plan"},
        an_item(variants=[{"code": "a"}, {"code": "b", "text": {"en": "Other?"}}]),
        code="one",
    ),
    a_page(a_choice(options=OPTIONS, shuffle=True), a_comment(), code="two"),
    quotas=[{"code": "all", "when": {"all": []}, "limit": 100}],
)
N_PEOPLE = 3


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def all_rows() -> dict[str, list[dict[str, Any]]]:
    """Return the whole database, table by table."""
    db.session.rollback()
    connection = db.session.connection()
    return {
        table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
        for table in db.metadata.sorted_tables
    }


def people_who_answered(client: FlaskClient) -> tuple[list[Invitation], set[str]]:
    """Let three people answer; return their invitations and all by which they or their drafts could be known."""
    with writing():
        define_attribute("plan", "Plan", "text", for_reporting=True)
        people = [make_customer(attributes={"plan": f"plan-of-{n}"}) for n in range(N_PEOPLE)]
        db.session.commit()
    campaign = a_fielding(SECRET, identification="anonymous")
    invitations = [an_invitation(campaign, customer_id=customer.id) for customer in people]
    known = {text for each in invitations for text in (token_of(each), each.token_nonce, each.token_hash)}
    known |= {text for each in people for text in (str(each.email), each.name, each.attributes["plan"])}
    for number, invitation in enumerate(invitations):
        person = Person(client, link_of(invitation))
        person.open()
        person.press(nps=number)
        draft = next(each for each in the_responses() if each.state == "draft")
        known |= {draft.public_id, draft.submission_id}
        person.press("send", usage=f"o{number}", comment=f"said {number}")
    return invitations, known


def test_no_table_leads_from_an_anonymous_answer_to_a_person(client: FlaskClient) -> None:
    _invitations, known = people_who_answered(client)
    tables = all_rows()
    responses = tables["responses"]
    assert [response["state"] for response in responses] == ["completed"] * N_PEOPLE
    assert not [text for text in known if text in repr(responses)]
    # Nor does another table know an answer's id, or what somebody said.
    said = {response["public_id"] for response in responses} | {f"said {n}" for n in range(N_PEOPLE)}
    others = repr({name: rows for name, rows in tables.items() if name != "responses"})
    assert not [text for text in said if text in others]


def test_an_anonymous_answer_keeps_nothing_that_is_somebodys_own(client: FlaskClient) -> None:
    invitations, _known = people_who_answered(client)
    for response in all_rows()["responses"]:
        for name in ("invitation_id", "customer_id", "entered_by_id", "corrected_at"):
            assert response[name] is None
        assert response["profile"] == response["correction"] == {}
        # An order of eight options would be as good as a name, and so would the id that says who came when.
        assert set(response["shown"]) <= {"variants", "quotas"}
        assert response["id"] < 0
        assert response["missing"]["plan"] == "not_asked"
        instants = {response[name].time().isoformat() for name in ("started_at", "saved_at", "completed_at")}
        assert instants == {"00:00:00"}
    for invitation in invitations:
        db.session.refresh(invitation)
        assert (invitation.disposition, invitation.completed_at) == ("completed", None)


def test_contact_details_are_never_kept_of_an_anonymous_survey(client: FlaskClient) -> None:
    contact = {
        "code": "reach",
        "type": "contact",
        "text": {"en": "How can we reach you?"},
        "contact_fields": ["name", "email"],
        "consent": {"en": "You may keep this."},
    }
    campaign = a_fielding(of_pages(a_page(an_item(), code="a"), a_page(contact, code="b")))
    # Publication refuses it; should it ever come so far, completion keeps nothing.
    with writing():
        campaign.survey.identification = "anonymous"
        db.session.commit()
    person = Person(client, link_of(an_invitation(campaign)))
    person.open()
    person.press(nps=9)
    person.press("send", **{"reach.name": "Lan", "reach.email": "lan@example.org", "reach.consent": "yes"})
    (response,) = the_responses()
    assert (response.state, response.answers, response.missing) == ("completed", {"nps": 9}, {"reach": "not_asked"})
    assert "lan@example.org" not in repr(all_rows())


def test_after_a_day_nothing_beside_the_rows_tells_whose_an_answer_is(app: Flask, client: FlaskClient) -> None:
    """What the database notes by itself: who wrote a row (PostgreSQL), what was written side by side (SQLite)."""
    people_who_answered(client)
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        assert len(written_together()) == N_PEOPLE
    else:
        assert (Path(app.config["TEST_FOLDER"]) / "survey.db-wal").stat().st_size > 0
    sweep(JobRun(0, {}, datetime.now(UTC)))
    if db.engine.dialect.name == "postgresql":
        assert written_together() == []
        writers = db.session.execute(text("SELECT DISTINCT xmin::text FROM responses")).all()
        assert len(writers) == 1
    else:
        log = Path(app.config["TEST_FOLDER"]) / "survey.db-wal"
        assert not log.exists() or log.stat().st_size == 0
    assert [response.state for response in the_responses()] == ["completed"] * N_PEOPLE


def written_together() -> list[Any]:
    """Return the answers and invitations that one transaction wrote."""
    together = "SELECT r.id, i.id FROM responses r JOIN invitations i ON r.xmin::text = i.xmin::text"
    return list(db.session.execute(text(together)))
