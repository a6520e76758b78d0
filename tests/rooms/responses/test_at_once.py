"""Twenty presses at once, and servers that are killed: one response each, none lost that was acknowledged."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from survey_app import create_app
from survey_app.extensions import db
from survey_app.questionnaires.definition import SCREEN_OUT as OUT
from survey_app.responses.models import QuotaCount
from tests.benchmarks.serving import Server, children, journey, serving
from tests.conftest import environment
from tests.factories.answering import (
    Person,
    a_fielding,
    a_page,
    a_personal_link,
    a_public_link,
    an_invitation,
    fields_of,
    link_of,
    of_pages,
    the_responses,
)
from tests.factories.questionnaires import a_choice, a_comment, an_item

ROOT = Path(__file__).absolute().parent.parent.parent.parent
N_PRESSES = 20
ONE_PAGE = of_pages(a_page(an_item(), a_comment()))
TWO_PAGES = of_pages(a_page(an_item(), code="one"), a_page(a_comment(), code="two"))


def press_at_once(app: Flask, path: str, forms: list[dict[str, list[str]]]) -> list[tuple[int, str | None]]:
    """Send the forms at the same moment; return status and address of each answer."""
    gate = threading.Barrier(len(forms))

    def press(form: dict[str, list[str]]) -> tuple[int, str | None]:
        client = app.test_client()
        gate.wait()
        answer = client.post(path, data=form)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(len(forms)) as people:
        return list(people.map(press, forms))


@pytest.mark.parametrize("way_in", [a_personal_link, a_public_link])
@pytest.mark.parametrize("identification", ["identified", "anonymous"])
def test_twenty_equal_presses_are_one_response(app: Flask, way_in: Callable[..., str], identification: str) -> None:
    with app.app_context():
        path = way_in(ONE_PAGE, identification=identification)
    form = fields_of(app.test_client().get(path).text) | {"nps": ["9"], "comment": ["once"]}
    answers = press_at_once(app, path, [form] * N_PRESSES)
    assert {status for status, _location in answers} == {303}
    assert len({location for _status, location in answers}) == 1
    with app.app_context():
        assert [response.answers for response in the_responses()] == [{"nps": 9, "comment": "once"}]


def test_twenty_tabs_of_one_link_are_one_response(app: Flask) -> None:
    with app.app_context():
        path = a_personal_link(ONE_PAGE)
    tabs = [fields_of(app.test_client().get(path).text) | {"nps": [str(n % 11)]} for n in range(N_PRESSES)]
    assert {status for status, _location in press_at_once(app, path, tabs)} == {303}
    with app.app_context():
        (response,) = the_responses()
        assert response.state == "completed"


def test_twenty_equal_presses_on_a_later_page_are_one_response(app: Flask) -> None:
    with app.app_context():
        person = Person(app.test_client(), a_personal_link(TWO_PAGES))
    person.open()
    person.press(nps=7)
    form = person.form() | {"comment": ["end"], "_go": ["send"]}
    assert {status for status, _location in press_at_once(app, person.path, [form] * N_PRESSES)} == {303}
    with app.app_context():
        assert [response.answers for response in the_responses()] == [{"nps": 7, "comment": "end"}]


def test_twenty_visitors_of_a_public_form_are_twenty_responses(app: Flask) -> None:
    with app.app_context():
        path = a_public_link(ONE_PAGE)
    forms = [fields_of(app.test_client().get(path).text) | {"nps": ["5"]} for _visitor in range(N_PRESSES)]
    assert {status for status, _location in press_at_once(app, path, forms)} == {303}
    with app.app_context():
        assert len(the_responses()) == N_PRESSES


N_KILLS = 5
BETWEEN_KILLS = 12


def test_killing_the_servers_processes_loses_no_acknowledged_answer(tmp_path: Path) -> None:
    """Workers die by SIGKILL while people answer; whoever was thanked stands in the database, whole, once."""
    environ = {**environment(f"sqlite:///{tmp_path / 'survey.db'}"), "PYTHONPATH": str(ROOT)}
    app = create_app(environ)
    with app.app_context():
        upgrade()
        campaign = a_fielding(ONE_PAGE)
        paths = [link_of(an_invitation(campaign)) for _person in range(N_KILLS * BETWEEN_KILLS)]
        db.engine.dispose()
    # Loaded before the fork, so that new workers are there at once.
    with serving("wsgi:app", environ, tmp_path, "--preload") as server:
        thanked = [path for path in _answer_under_fire(server, paths) if path]
    # The kills hit people in the middle of answering, and the server came back each time.
    assert len(paths) // 2 < len(thanked) < len(paths)
    with app.app_context():
        stored = {response.invitation_id: response for response in the_responses()}
        assert len(stored) >= len(thanked)
        for response in stored.values():
            assert (response.state, response.answers) == ("completed", {"nps": 8, "comment": "kept"})
        for path in thanked:
            assert "you have answered" in app.test_client().get(path).text
        db.engine.dispose()
    with sqlite3.connect(tmp_path / "survey.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


def _answer_under_fire(server: Server, paths: list[str]) -> list[str | None]:
    """Let people answer while all worker processes are killed again and again; return the links of those thanked."""
    turns = count()

    def answer(path: str) -> str | None:
        if next(turns) % BETWEEN_KILLS == BETWEEN_KILLS - 1:
            for worker in children(server.process.pid):
                os.kill(worker, signal.SIGKILL)
        try:
            journey(server.port, path, {"nps": "8", "comment": "kept"})
        except (OSError, HTTPException):
            return None
        return path

    with ThreadPoolExecutor(4) as people:
        return list(people.map(answer, paths))


SCREENING = of_pages(
    a_page(
        a_choice(), code="who", jumps=[{"when": {"field": "answer.usage", "op": "is", "value": "rarely"}, "to": OUT}]
    ),
    a_page(an_item(), code="score"),
    quotas=[{"code": "all", "when": {"all": []}, "limit": 50}],
)


@pytest.mark.parametrize("way_in", [a_personal_link, a_public_link])
@pytest.mark.parametrize("identification", ["identified", "anonymous"])
def test_twenty_presses_that_lead_out_are_one_response(
    app: Flask, way_in: Callable[..., str], identification: str
) -> None:
    with app.app_context():
        path = way_in(SCREENING, identification=identification)
    form = fields_of(app.test_client().get(path, follow_redirects=True).text) | {"usage": ["rarely"], "_go": ["next"]}
    assert {status for status, _location in press_at_once(app, path, [form] * N_PRESSES)} == {303}
    with app.app_context():
        assert [response.state for response in the_responses()] == ["screened-out"]
        assert db.session.scalar(select(QuotaCount.n)) is None


def test_twenty_equal_corrections_and_then_withdrawals_at_once_count_once(app: Flask) -> None:
    with app.app_context():
        person = Person(app.test_client(), a_personal_link(SCREENING))
        person.open()
        person.press(usage="daily")
        person.press("send", nps=3)
        person.open(f"{person.path}/change?page=score")
        form = person.form() | {"nps": ["9"], "_go": ["send"]}
    answers = press_at_once(app, f"{person.path}/change", [form] * N_PRESSES)
    assert {status for status, _location in answers} == {303}
    with app.app_context():
        (response,) = the_responses()
        assert (response.answers, response.state) == ({"usage": "daily", "nps": 9}, "completed")
        assert db.session.scalar(select(QuotaCount.n)) == 1
    answers = press_at_once(app, f"{person.path}/withdraw", [{}] * N_PRESSES)
    assert {status for status, _location in answers} <= {200, 303}
    with app.app_context():
        assert the_responses() == []
        assert db.session.scalar(select(QuotaCount.n)) == 0
