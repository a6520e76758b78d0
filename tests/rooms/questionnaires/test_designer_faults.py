"""What once ended in a fault of ours: pages changed by hand, two people in the same instant, databases that refuse."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from werkzeug.exceptions import InternalServerError

from survey_app.accounts.models import User
from survey_app.extensions import db, writing
from survey_app.questionnaires.models import QuestionnaireVersion
from survey_app.questionnaires.operations import begin_draft, publish_version
from survey_app.questionnaires.queries import get_survey, newest_published
from survey_app.questionnaires.routes.desk import open_desk
from tests.factories.designing import a_rich_survey
from tests.factories.questionnaires import NOW
from tests.signing_in import SignIn, make_organisation, make_user

S = "/surveys/everything"
# What no page of ours says: half a character, numbers without end, and answers of another kind than their question.
STATES: tuple[dict[str, Any], ...] = (
    {"nps": "\ud800", "used": ["\udfff"], "why": "\0"},
    {"nps": {"a": 1}, "used": 7, "shares": "x", "ratings": [1], "delivery": [[]]},
    {"visits": float("inf"), "order": {"price": []}, "last": 5, "reach": 3, "kind": {}},
    {"reach": {"email": ["x"]}, "shares": {"price": "much"}, "visits": True, "used": [["shop"]]},
)


@pytest.fixture
def marketer(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context(), writing():
        a_rich_survey()
        db.session.commit()
    return sign_in("marketer")


@pytest.mark.parametrize("answers", STATES, ids=["half characters", "other kinds", "no numbers", "nested"])
def test_a_preview_goes_on_whatever_its_page_carries(marketer: FlaskClient, answers: dict[str, Any]) -> None:
    carried = json.dumps({"answers": answers, "missing": {"nps": 3, "why": ["x"]}})
    for page in ("experience", "details", "about"):
        for go in ("next", "back"):
            form = {"_state": carried, "_page": page, "_go": go, "_opened": "1"}
            assert marketer.post(f"{S}/preview/page", data=form).status_code == 200


@pytest.mark.parametrize("number", ["9" * 25, "4294967296", "0", "-1", "\uff11", "x"])
def test_a_preview_of_a_version_that_cannot_be_is_not_found(marketer: FlaskClient, number: str) -> None:
    assert marketer.get(f"{S}/preview/page", query_string={"version": number}).status_code == 404


def test_of_two_first_changes_in_the_same_instant_one_is_saved_and_one_compared(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        publish_version(a_rich_survey(), "", NOW)
        db.session.commit()
    people, together = [sign_in("marketer") for _ in range(4)], Barrier(4)

    def change(person: FlaskClient) -> int:
        together.wait()
        return person.post(f"{S}/pages", data={"revision": "0"}).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(change, people))
    assert statuses == [303, 409, 409, 409]
    with app.app_context():
        drafts = select(func.count()).where(QuestionnaireVersion.number.is_(None))
        assert db.session.scalar(drafts) == 1


def test_a_draft_begun_meanwhile_is_taken_and_not_begun_anew(app: Flask) -> None:
    with app.app_context(), writing():
        publish_version(a_rich_survey(), "", NOW)
        survey = get_survey("everything")
        version = newest_published(survey)
        assert version
        assert begin_draft(survey, version, NOW) is begin_draft(survey, version, NOW)


@pytest.mark.usefixtures("marketer")
def test_what_was_read_of_a_draft_stands_though_it_is_thrown_away(app: Flask) -> None:
    with app.test_request_context(), writing():
        desk = open_desk("everything")
        db.session.execute(delete(QuestionnaireVersion))
        db.session.commit()
        assert (desk.is_draft, desk.revision) == (True, 1)
        assert "nps/text" in desk.version.sources
        assert desk.undoable is None


def test_going_back_to_a_version_while_somebody_saves_ends_in_words(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        publish_version(a_rich_survey(), "", NOW)
        db.session.commit()
    people, together = [sign_in("marketer") for _ in range(4)], Barrier(4)
    addresses = (f"{S}/pages", f"{S}/versions/1/restore", f"{S}/versions/1/restore", f"{S}/discard")

    def press(person: FlaskClient, address: str) -> int:
        together.wait()
        return person.post(address, data={"revision": "0"}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(press, people, addresses)) <= {303, 409}


def test_the_page_about_a_fault_of_the_database_is_drawn_though_its_transaction_is_lost(app: Flask) -> None:
    with app.test_request_context("/surveys"), writing():
        g.staff_user = _somebody()
        with pytest.raises(DBAPIError):
            db.session.execute(text("SELECT no_such_column FROM surveys"))
        answer = app.make_response(app.handle_http_exception(InternalServerError()))
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.get_data(as_text=True)


def test_the_page_about_a_value_that_fits_no_column_is_drawn_though_its_transaction_is_lost(app: Flask) -> None:
    with app.test_request_context("/surveys"), writing():
        g.staff_user = _somebody()
        with pytest.raises((DataError, OverflowError)) as caught:
            db.session.execute(text("SELECT CAST(:number AS INTEGER)"), {"number": 2**70})
        answer = app.make_response(app.handle_user_exception(caught.value))
    assert answer.status_code == 400


def test_a_database_that_others_hold_for_too_long_is_said_to_be_busy(app: Flask) -> None:
    with app.test_request_context("/surveys", method="POST"), writing():
        g.staff_user = _somebody()
        locked = OperationalError("BEGIN IMMEDIATE", {}, sqlite3.OperationalError("database is locked"))
        answer = app.make_response(app.handle_user_exception(locked))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert "this was not saved" in answer.get_data(as_text=True)


def test_another_fault_of_the_database_stays_a_fault(app: Flask) -> None:
    broken = OperationalError("SELECT 1", {}, sqlite3.OperationalError("disk I/O error"))
    with app.test_request_context("/surveys"), pytest.raises(OperationalError):
        app.handle_user_exception(broken)


def _somebody() -> User:
    make_organisation()
    user = make_user("marketer")
    db.session.commit()
    return user
