"""Drafts that nobody came back to become break-offs, apart from completions, and may still be resumed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.campaigns.models import Invitation
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.responses.tasks import sweep
from tests.factories.answering import Person, a_fielding, a_page, an_invitation, link_of, of_pages, the_responses
from tests.factories.questionnaires import a_comment, an_item

TWO = of_pages(a_page(an_item(), code="one"), a_page(a_comment(), code="two"))


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def sweep_after(days: int) -> None:
    """Let the daily sweep run so many days from now."""
    db.session.rollback()
    sweep(JobRun(0, {}, datetime.now(UTC) + timedelta(days=days)))


def test_a_draft_breaks_off_after_its_campaigns_time_and_can_be_resumed(client: FlaskClient) -> None:
    patient, hasty = (a_fielding(TWO, code=code) for code in ("patient", "hasty"))
    with writing():
        hasty.break_off_days = 3
        db.session.commit()
    people = [Person(client, link_of(an_invitation(campaign))) for campaign in (patient, hasty, hasty)]
    for person in people:
        person.open()
        person.press(nps=9)
    people[2].press("send", comment="Done")
    sweep_after(2)
    assert [response.state for response in the_responses()] == ["draft", "draft", "completed"]
    sweep_after(4)
    assert [response.state for response in the_responses()] == ["draft", "break-off", "completed"]
    dispositions = list(db.session.scalars(select(Invitation.disposition).order_by(Invitation.id)))
    assert dispositions == ["partial", "partial", "completed"]
    # The link leads to the first unanswered question, and what was said is still there.
    assert "Why?" in people[1].open().text
    people[1].press("back")
    assert people[1].form()["nps"] == ["9"]
    assert the_responses()[1].state == "draft"
    people[1].press()
    people[1].press("send", comment="After all")
    assert [response.state for response in the_responses()] == ["draft", "completed", "completed"]
    sweep_after(40)
    assert [response.state for response in the_responses()] == ["break-off", "completed", "completed"]


def test_break_offs_are_never_counted_as_completions(client: FlaskClient) -> None:
    person = Person(client, link_of(an_invitation(a_fielding(TWO))))
    person.open()
    person.press(nps=9)
    sweep_after(20)
    (response,) = the_responses()
    assert (response.state, response.completed_at) == ("break-off", None)


def test_a_broken_off_anonymous_draft_names_nobody_and_whoever_comes_back_begins_anew(client: FlaskClient) -> None:
    invitation = an_invitation(a_fielding(TWO, identification="anonymous"))
    person = Person(client, link_of(invitation))
    person.open()
    person.press(nps=3)
    (draft,) = the_responses()
    known = (draft.id, draft.public_id, draft.submission_id)
    sweep_after(40)
    (left,) = the_responses()
    assert (left.state, left.answers, left.typed, left.completed_at) == ("break-off", {"nps": 3}, {}, None)
    assert left.invitation_id is left.customer_id is None
    assert not {left.id, left.public_id, left.submission_id} & {*known}
    assert (left.started_at.hour, left.started_at.minute, left.saved_at.hour, left.saved_at.minute) == (0, 0, 0, 0)
    person.open()
    assert "nps" not in person.form()
    person.press(nps=8)
    person.press("send", comment="After all")
    assert sorted(response.state for response in the_responses()) == ["break-off", "completed"]
