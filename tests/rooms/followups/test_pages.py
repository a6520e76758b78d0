"""The inbox, a case's page, the customer's history and the alert rules, over HTTP and by role."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.accounts.models import AuditEntry, User
from survey_app.customers.models import Customer
from survey_app.extensions import db, writing
from survey_app.followups.models import AlertRule, Case
from tests.factories.cases import a_survey_of_one_page, answer, the_cases
from tests.factories.customers import buy, make_customer
from tests.signing_in import SignIn

COMMENT = "Nobody <b>answers</b> the phone."


@pytest.fixture
def case(app: Flask) -> int:
    """Return the open case of a customer whom nobody looks after."""
    with app.app_context():
        answer(app, 3, COMMENT, name="Nguyễn Thị Ánh", email="anh@example.org", company="Điện Máy")
        with writing():
            buy(db.session.scalars(select(Customer).where(Customer.email_key == "anh@example.org")).one(), 42)
            db.session.commit()
        return the_cases()[0].id


def user_of(client: FlaskClient, app: Flask) -> int:
    """Return the number of the person who is signed in."""
    with app.app_context():
        return db.session.scalars(select(User.id).order_by(User.id.desc())).first() or 0


@pytest.mark.parametrize(
    ("role", "status"), [("agent", 200), ("manager", 200), ("admin", 200), ("marketer", 404), ("analyst", 404)]
)
def test_only_those_who_follow_up_see_cases(sign_in: SignIn, case: int, role: str, status: int) -> None:
    person = sign_in(role)

    assert person.get("/cases").status_code == status
    assert person.get(f"/cases/{case}").status_code == status
    assert person.post(f"/cases/{case}/note", data={"text": "x"}).status_code == (303 if status == 200 else 404)
    assert person.get("/cases/999").status_code == 404


def test_an_empty_inbox_is_calm(sign_in: SignIn) -> None:
    assert "Nothing waits" in sign_in("agent").get("/cases").text


def test_the_inbox_shows_whose_cases_wait_and_what_is_overdue(app: Flask, sign_in: SignIn, case: int) -> None:
    agent = sign_in("agent")
    assert "1 case has nobody yet" in agent.get("/cases").text
    unassigned = agent.get("/cases?owner=unassigned").text
    assert "Nguyễn Thị Ánh" in unassigned
    assert "overdue" not in unassigned

    with app.app_context(), writing():
        db.session.get_one(Case, case).due_at = datetime.now(UTC) - timedelta(hours=1)
        db.session.commit()
    agent.post(f"/cases/{case}/take")

    assert "overdue" in agent.get("/cases").text
    assert "Nguyễn Thị" not in agent.get("/cases?owner=unassigned").text


def test_the_inbox_begins_with_what_is_due_first(app: Flask, sign_in: SignIn, case: int) -> None:
    with app.app_context():
        answer(app, 0, campaign=a_survey_of_one_page("second"), name="Zoe")
        with writing():
            db.session.get_one(Case, case).due_at = datetime.now(UTC) + timedelta(days=9)
            db.session.commit()

    page = sign_in("manager").get("/cases").text

    assert page.index("Zoe") < page.index("Nguyễn Thị")


def test_a_case_shows_what_the_customer_said_and_their_history(app: Flask, sign_in: SignIn, case: int) -> None:
    with app.app_context():
        customer_id = db.session.get_one(Case, case).customer_id
        answer(app, 9, "Earlier praise", campaign=a_survey_of_one_page("earlier"), customer_id=customer_id)

    page = sign_in("agent").get(f"/cases/{case}").text

    for part in (
        "Nguyễn Thị Ánh",
        "3 of 10",
        "How likely are you to recommend us?",
        "Nobody &lt;b&gt;answers&lt;/b&gt; the phone.",
        "Earlier answers",
        "9 of 10",
        "purchase",
        "42.00",
    ):
        assert part in page
    assert "Nguyễn" not in page.split("</title>")[0]


def test_an_agent_takes_notes_and_closes(app: Flask, sign_in: SignIn, case: int) -> None:
    agent = sign_in("agent", name="Linh")
    agent.post(f"/cases/{case}/take")
    agent.post(f"/cases/{case}/note", data={"text": "Called <twice>\nno answer"})
    agent.post(f"/cases/{case}/close", data={"resolution": "apologised", "ending": "Sent flowers"})

    page = agent.get(f"/cases/{case}").text
    for part in ("Called &lt;twice&gt;", "Apologised", "Sent flowers", "Linh", "Reopen the case"):
        assert part in page
    assert "Nguyễn Thị Ánh" in agent.get("/cases?owner=all&state=closed").text
    with app.app_context():
        kinds = [event.kind for event in the_cases()[0].events]
        assert kinds == ["opened", "assigned", "note", "closed"]
        audited = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_kind == "case"))
        assert sorted(audited) == ["cases.assigned", "cases.closed", "cases.noted"]


def test_a_case_closed_in_the_meantime_is_not_closed_twice(app: Flask, sign_in: SignIn, case: int) -> None:
    first, second = sign_in("agent"), sign_in("agent")
    first.post(f"/cases/{case}/close", data={"resolution": "solved"})

    late = second.post(f"/cases/{case}/close", data={"resolution": "no_action"})

    assert "This case was closed in the meantime." in second.get(late.location).text
    with app.app_context():
        assert [closed.resolution for closed in the_cases()] == ["solved"]
        assert [event.kind for event in the_cases()[0].events] == ["opened", "closed"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"resolution": "", "ending": "kept as typed"}, "Say how the case ended."),
        ({"resolution": "vanished", "ending": "kept as typed"}, "kept as typed"),
        ({"resolution": "other", "ending": " "}, "Say in the note how the case ended."),
        ({"resolution": "solved", "ending": "kept as typed" + "x" * 4000}, "Shorten this to at most 4000 characters."),
    ],
)
def test_a_case_is_not_closed_without_saying_how(
    app: Flask, sign_in: SignIn, case: int, typed: dict[str, str], words: str
) -> None:
    refused = sign_in("agent").post(f"/cases/{case}/close", data=typed)

    assert refused.status_code == 422
    assert words in refused.text
    assert typed["ending"].strip() in refused.text
    with app.app_context():
        assert the_cases()[0].state == "open"


def test_a_case_is_reopened_unless_the_customer_has_another(app: Flask, sign_in: SignIn, case: int) -> None:
    agent = sign_in("agent")
    agent.post(f"/cases/{case}/close", data={"resolution": "solved"})
    agent.post(f"/cases/{case}/reopen")
    with app.app_context():
        assert the_cases()[0].state == "open"
        customer_id = the_cases()[0].customer_id
    assert "open already" in agent.get(agent.post(f"/cases/{case}/reopen").location).text

    agent.post(f"/cases/{case}/close", data={"resolution": "solved"})
    with app.app_context():
        answer(app, 0, campaign=a_survey_of_one_page("second"), customer_id=customer_id)
    answered = agent.post(f"/cases/{case}/reopen")

    assert "another open case, number 2" in agent.get(answered.location).text


def test_a_case_is_given_to_a_colleague_and_back(app: Flask, sign_in: SignIn, case: int) -> None:
    manager = sign_in("manager")
    colleague = user_of(sign_in("agent", name="Bình"), app)

    given = manager.post(f"/cases/{case}/assign", data={"assignee_id": str(colleague)})
    assert "The case is given to Bình." in manager.get(given.location).text
    manager.post(f"/cases/{case}/assign", data={"assignee_id": ""})

    with app.app_context():
        assert the_cases()[0].assignee_id is None


def test_a_case_is_never_given_to_somebody_who_may_not_work_on_it(app: Flask, sign_in: SignIn, case: int) -> None:
    analyst = user_of(sign_in("analyst"), app)

    assert sign_in("agent").post(f"/cases/{case}/assign", data={"assignee_id": str(analyst)}).status_code == 422
    with app.app_context():
        assert the_cases()[0].assignee_id is None


def test_the_customer_page_shows_answers_cases_and_invitations(app: Flask, sign_in: SignIn, case: int) -> None:
    with app.app_context():
        customer_id = db.session.get_one(Case, case).customer_id

    page = sign_in("agent").get(f"/customers/{customer_id}").text

    for part in ("Nobody &lt;b&gt;answers", f"/cases/{case}", "Autumn", "Finished"):
        assert part in page
    assert f"/cases/{case}" not in sign_in("marketer").get(f"/customers/{customer_id}").text


def test_confidential_answers_never_stand_on_the_customer_page(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        with writing():
            customer_id = make_customer().id
            db.session.commit()
        campaign = a_survey_of_one_page(identification="confidential")
        answer(app, 1, "In confidence", campaign=campaign, customer_id=customer_id)

    page = sign_in("admin").get(f"/customers/{customer_id}").text

    assert "In confidence" not in page
    assert "Finished" in page


def test_alert_rules_are_shown_and_changed(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        a_survey_of_one_page()
        a_survey_of_one_page("secret", identification="anonymous")
    manager = sign_in("manager")
    page = manager.get("/admin/alerts").text
    assert "6 or less, on a scale of 0 to 10" in page
    assert "never: its answers name nobody to staff" in page

    saved = manager.post("/admin/alerts/relationship", data={"threshold": "4", "due_hours": "24", "is_on": "y"})

    assert "4 or less, on a scale of 0 to 10" in manager.get(saved.location).text
    with app.app_context():
        assert db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_kind == "survey")).all()[-1:] == [
            "alerts.changed"
        ]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"threshold": "11", "due_hours": "24"}, "This score is not on the survey"),
        ({"threshold": "nan", "due_hours": "24"}, "Not a valid float value."),
        ({"threshold": "low", "due_hours": "24"}, "Not a valid float value."),
        ({"threshold": "", "due_hours": "0"}, "Enter a number of hours from 1 to 1440."),
    ],
)
def test_an_alert_rule_that_cannot_be_is_refused_in_words(
    app: Flask, sign_in: SignIn, typed: dict[str, str], words: str
) -> None:
    with app.app_context():
        a_survey_of_one_page()

    refused = sign_in("manager").post("/admin/alerts/relationship", data=typed)

    assert refused.status_code == 422
    assert words in refused.text
    with app.app_context():
        assert db.session.scalar(select(AlertRule)) is None


def test_only_those_who_may_change_alert_rules(sign_in: SignIn) -> None:
    assert sign_in("agent").get("/admin/alerts").status_code == 404
    assert sign_in("marketer").post("/admin/alerts/relationship").status_code == 404


def test_the_command_line_lists_and_shows_cases(app: Flask, case: int) -> None:
    runner = app.test_cli_runner()

    listed = json.loads(runner.invoke(args=["cases", "list", "--state", "open", "--json"]).stdout)
    shown = json.loads(runner.invoke(args=["cases", "show", str(case), "--json"]).stdout)

    assert [(row["id"], row["customer"], row["score"]) for row in listed] == [(case, "Nguyễn Thị Ánh", 3.0)]
    assert shown["answers"][0]["answers"][0]["answer"] == COMMENT
    assert [event["kind"] for event in shown["events"]] == ["opened"]
    assert json.loads(runner.invoke(args=["cases", "list", "--state", "closed", "--json"]).stdout) == []
    missing = runner.invoke(args=["cases", "show", "999"])
    assert (missing.exit_code, missing.stdout) == (3, "")
