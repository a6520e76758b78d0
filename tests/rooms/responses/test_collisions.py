"""Answers that meet a change made at the same moment: nobody sees a fault of ours, and nothing sent is lost."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete

from survey_app.campaigns.models import Invitation
from survey_app.customers.models import Customer
from survey_app.extensions import db, writing
from survey_app.responses.models import QuotaCount
from survey_app.responses.sweeping import break_off
from tests.factories.answering import (
    Person,
    a_fielding,
    a_page,
    an_invitation,
    fields_of,
    link_of,
    of_pages,
    the_responses,
)
from tests.factories.questionnaires import a_comment, an_item
from tests.signing_in import SignIn

TWO = of_pages(
    a_page(an_item(), code="one"),
    a_page(a_comment(), code="two"),
    quotas=[{"code": "all", "when": {"all": []}, "limit": 50}],
)
# Long enough for the other side to have read what is about to change.
A_MOMENT = 0.4
N_PRESSES = 10


@pytest.mark.parametrize("identification", ["identified", "anonymous"])
def test_an_answer_sent_while_its_draft_is_swept_away_is_taken(app: Flask, identification: str) -> None:
    with app.app_context():
        link = link_of(an_invitation(a_fielding(TWO, identification=identification)))
        person = Person(app.test_client(), link)
        person.open()
        person.press(nps=7)
        (draft,) = the_responses()
        with ThreadPoolExecutor(1) as other, writing():
            break_off([draft.id], datetime.now(UTC) + timedelta(days=400))
            db.session.flush()
            sent = other.submit(person.press, "send", comment="At the last moment")
            time.sleep(A_MOMENT)
            db.session.commit()
            assert sent.result().status_code == 200
        said = [response.answers.get("comment") for response in the_responses()]
        assert "At the last moment" in said
        assert {response.state for response in the_responses()} <= {"completed", "draft", "break-off"}
        # Whose draft was still theirs is done; of an anonymous one only the last page could be kept.
        assert ("completed" in {response.state for response in the_responses()}) == (identification == "identified")


def test_who_is_erased_while_answering_reads_that_the_link_is_gone(app: Flask) -> None:
    with app.app_context():
        invitation = an_invitation(a_fielding(TWO))
        person = Person(app.test_client(), link_of(invitation))
        person.open()
        with ThreadPoolExecutor(1) as other, writing():
            db.session.execute(delete(Invitation).where(Invitation.id == invitation.id))
            db.session.execute(delete(Customer).where(Customer.id == invitation.customer_id))
            sent = other.submit(person.press, nps=7)
            time.sleep(A_MOMENT)
            db.session.commit()
            assert sent.result().status_code == 404
        assert the_responses() == []


def test_a_draft_that_somebody_just_went_on_with_is_not_swept(app: Flask) -> None:
    with app.app_context():
        person = Person(app.test_client(), link_of(an_invitation(a_fielding(TWO))))
        person.open()
        person.press(nps=7)
        (draft,) = the_responses()
        person.press("send", comment="Done")
        with writing():
            break_off([draft.id], datetime.now(UTC) + timedelta(days=400))
            db.session.commit()
        assert [response.state for response in the_responses()] == ["completed"]


def test_staff_and_customer_who_send_at_once_are_one_answer_counted_once(app: Flask, sign_in: SignIn) -> None:
    desk = sign_in("agent")
    with app.app_context():
        invitation = an_invitation(a_fielding(TWO))
        path, number = link_of(invitation), invitation.id
    person = Person(app.test_client(), path)
    person.open()
    person.press(nps=7)
    own = person.form() | {"comment": ["Mine"], "_go": ["send"]}
    typed = fields_of(desk.get(f"/desk/{number}?page=two").text) | {"comment": ["Theirs"], "_go": ["send"]}

    def press(place: int) -> int:
        if place % 2:
            return app.test_client().post(path, data=own).status_code
        return desk.post(f"/desk/{number}", data=typed).status_code

    with ThreadPoolExecutor(N_PRESSES) as people:
        assert set(people.map(press, range(N_PRESSES))) == {303}
    with app.app_context():
        (response,) = the_responses()
        assert response.state == "completed"
        assert [count.n for count in db.session.query(QuotaCount)] == [1]
