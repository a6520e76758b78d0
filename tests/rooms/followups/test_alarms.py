"""A low answer opens a case: when, for whom, and who is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.extensions import db, writing
from survey_app.followups import alarms
from survey_app.followups.models import Case
from survey_app.followups.operations import Alarm, close_case, open_case, save_rule
from survey_app.outbox.content import unseal
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.operations import suppress
from survey_app.responses.models import Response
from tests.factories.answering import the_responses
from tests.factories.campaigns import an_organisation
from tests.factories.cases import a_survey_of_one_page, answer, one_page, the_cases
from tests.factories.customers import NOW, make_customer
from tests.signing_in import make_user


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        with writing():
            an_organisation()
            db.session.commit()
        yield


def staff(*roles: str, **values: object) -> int:
    with writing():
        user = make_user(*roles, **values)
        db.session.commit()
    return user.id


def case_mails() -> list[OutboxMail]:
    return list(db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "case").order_by(OutboxMail.key)))


@pytest.mark.parametrize(("score", "n_cases"), [(0, 1), (6, 1), (7, 0), (10, 0)])
def test_a_detractor_opens_a_case_at_once(app: Flask, score: int, n_cases: int) -> None:
    answer(app, score)

    cases = the_cases()
    assert len(cases) == n_cases
    for case in cases:
        assert (case.state, case.score) == ("open", score)
        assert case.due_at - case.opened_at == timedelta(hours=48)
        assert [(event.kind, event.response_id) for event in case.events] == [("opened", the_responses()[0].id)]


@pytest.mark.parametrize("identification", ["confidential", "anonymous"])
def test_answers_that_name_nobody_open_no_case(app: Flask, identification: str) -> None:
    answer(app, 0, campaign=a_survey_of_one_page(identification=identification))

    assert the_responses()[0].outcome == 0
    assert the_cases() == []


def test_a_test_answer_opens_no_case(app: Flask) -> None:
    answer(app, 10)
    response = the_responses()[0]
    for is_test, channel in ((True, "personal-link"), (False, "import")):
        with writing():
            response.outcome, response.is_test, response.channel = 0, is_test, channel
            alarms.hear(response)
            db.session.commit()

    assert the_cases() == []


def test_a_rule_that_is_off_opens_no_case(app: Flask) -> None:
    campaign = a_survey_of_one_page()
    with writing():
        save_rule(campaign.survey, is_on=False, threshold=None, due_hours=48)
        db.session.commit()

    answer(app, 0, campaign=campaign)

    assert the_cases() == []


def test_a_rule_decides_threshold_and_due_time(app: Flask) -> None:
    campaign = a_survey_of_one_page()
    with writing():
        save_rule(campaign.survey, is_on=True, threshold=8, due_hours=4)
        db.session.commit()

    answer(app, 8, campaign=campaign)

    case = the_cases()[0]
    assert case.due_at - case.opened_at == timedelta(hours=4)


def test_an_effort_scale_where_low_is_good_alarms_at_its_high_end(app: Flask) -> None:
    scale = {"higher_is_better": False}
    definition = one_page(type="ces", scale=scale)

    answer(app, 6, campaign=a_survey_of_one_page(definition=definition))
    answer(app, 2, campaign=a_survey_of_one_page("second", definition=definition))

    assert [case.score for case in the_cases()] == [6]


def test_a_further_low_answer_is_attached_to_the_open_case(app: Flask) -> None:
    with writing():
        customer = make_customer()
        db.session.commit()
    for code, score in (("first", 2), ("second", 5), ("third", 9)):
        answer(app, score, campaign=a_survey_of_one_page(code), customer_id=customer.id)

    cases = the_cases()

    assert len(cases) == 1
    assert [event.kind for event in cases[0].events] == ["opened", "answer"]


def test_after_closing_a_low_answer_opens_a_new_case(app: Flask) -> None:
    with writing():
        customer = make_customer()
        db.session.commit()
    answer(app, 2, campaign=a_survey_of_one_page("first"), customer_id=customer.id)
    with writing():
        close_case(the_cases()[0], "solved", "", None, NOW)
        db.session.commit()

    answer(app, 2, campaign=a_survey_of_one_page("second"), customer_id=customer.id)

    assert [case.state for case in the_cases()] == ["closed", "open"]


def test_two_low_answers_at_once_meet_in_one_case(app: Flask) -> None:
    with writing():
        customer_id = make_customer().id
        db.session.commit()
    for code in ("first", "second", "third", "fourth"):
        answer(app, 10, campaign=a_survey_of_one_page(code), customer_id=customer_id)
    ids = [response.id for response in the_responses()]
    together = threading.Barrier(len(ids))

    def alarm(response_id: int) -> None:
        with app.app_context(), writing():
            together.wait(10)
            response = db.session.get_one(Response, response_id)
            open_case(Alarm(response, response.customer, 0), NOW)
            db.session.commit()

    threads = [threading.Thread(target=alarm, args=(each,)) for each in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    cases = the_cases()
    assert len(cases) == 1
    assert sorted(event.kind for event in cases[0].events) == ["answer", "answer", "answer", "opened"]
    assert {event.response_id for event in cases[0].events} == set(ids)


def test_the_customers_owner_gets_the_case_and_a_mail(app: Flask) -> None:
    staff("agent", email="other@example.org")
    owner = staff("agent", email="linh@example.org", language="vi")

    answer(app, 3, name="Anna Karenina", email="anna@example.com", owner_id=owner)

    case, mails = the_cases()[0], case_mails()
    assert case.assignee_id == owner
    assert [(mail.to_address, mail.key) for mail in mails] == [("linh@example.org", f"case:{case.id}:opened:{owner}")]
    mail = unseal(mails[0].content or b"")
    assert f"http://127.0.0.1:8000/cases/{case.id}" in mail.text
    assert f"http://127.0.0.1:8000/cases/{case.id}" in mail.html
    assert mail.language == "vi"
    for part in (mail.subject, mail.text, mail.html):
        assert "Anna" not in part
        assert "anna@example.com" not in part


@pytest.mark.parametrize(("roles", "active"), [(("agent",), False), (("analyst",), True)])
def test_without_somebody_who_may_work_on_it_a_case_is_everybodys(
    app: Flask, roles: tuple[str, ...], active: bool
) -> None:
    owner = staff(*roles, active=active)
    agents = [staff("agent", email=f"agent{n}@example.org") for n in range(2)]

    answer(app, 3, owner_id=owner)

    case = the_cases()[0]
    assert case.assignee_id is None
    assert [mail.key for mail in case_mails()] == sorted(f"case:{case.id}:opened:{agent}" for agent in agents)


def test_staff_are_told_whatever_the_suppression_list_says(app: Flask) -> None:
    staff("agent", email="agent@example.org")
    with writing():
        suppress("agent@example.org", "unsubscribed", "test", NOW)
        db.session.commit()

    answer(app, 3)

    assert unseal(case_mails()[0].content or b"").for_staff


def test_a_failing_follow_up_never_loses_the_answer(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object) -> None:
        db.session.add(Case())
        db.session.flush()

    monkeypatch.setattr(alarms, "follow_up", fail)

    answer(app, 0)

    assert [response.state for response in the_responses()] == ["completed"]
    assert the_cases() == []
