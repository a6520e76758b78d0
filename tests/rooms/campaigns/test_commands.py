"""`survey-app campaigns`: data on the standard output, words on the error stream, exit codes that scripts can read."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import func, select

from survey_app.campaigns.commands import group
from survey_app.campaigns.models import Campaign
from survey_app.customers.operations import save_segment
from survey_app.extensions import db, writing
from survey_app.outbox.models import OutboxMail
from tests.factories.campaigns import NOW, a_campaign, an_organisation, willing
from tests.factories.questionnaires import a_published_version
from tests.mail_sink import MailSink, mail_sink

__all__ = ["mail_sink"]


@pytest.fixture
def survey(app: Flask) -> None:
    """Store a published survey and three willing customers, two of whom speak Vietnamese."""
    with app.app_context(), writing():
        an_organisation()
        willing(2, language="vi")
        willing(1)
        a_published_version()
        save_segment("Vietnamese", {"field": "customer.language", "op": "is", "value": "vi"}, NOW)
        db.session.commit()


def _run(app: Flask, *arguments: str) -> tuple[int, str, str]:
    result = app.test_cli_runner().invoke(group, arguments)
    return result.exit_code, result.stdout, result.stderr


def _created(app: Flask, *options: str) -> int:
    code, out, _err = _run(app, "create", "--survey", "relationship", "--name", "Autumn", "--json", *options)
    assert code == 0
    return int(json.loads(out)["id"])


def _n_mails(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(OutboxMail)) or 0


@pytest.mark.usefixtures("survey")
def test_a_campaign_is_created_sent_and_shown(app: Flask, mail_sink: MailSink) -> None:
    number = _created(app, "--segment", "Vietnamese", "--wave", "2026 Q4", "--wave-order", "4")
    code, out, err = _run(app, "send", str(number), "--yes", "--wait", "--json")
    assert code == 0, err
    assert json.loads(out)["counts"] == {
        "n_audience": 2,
        "n_queued": 0,
        "n_sending": 0,
        "n_sent": 2,
        "n_deferred": 0,
        "n_bounced": 0,
        "n_failed": 0,
        "n_held_back": 0,
        "n_cancelled": 0,
        "n_started": 0,
        "n_finished": 0,
    }
    assert len(mail_sink.mails) == 2
    shown = json.loads(_run(app, "show", str(number), "--json")[1])
    assert shown["wave"] == "2026 Q4"
    assert shown["dispositions"]["no-reply"] == 2
    assert [each["id"] for each in json.loads(_run(app, "list", "--json")[1])] == [number]


@pytest.mark.usefixtures("survey")
def test_a_dry_run_sends_nothing(app: Flask) -> None:
    number = _created(app)
    code, out, _err = _run(app, "send", str(number), "--dry-run", "--json")
    assert code == 0
    assert json.loads(out)["mails"] == 3
    with app.app_context():
        assert db.session.get_one(Campaign, number).state == "draft"


@pytest.mark.usefixtures("survey")
def test_nobody_at_the_terminal_confirms_nothing(app: Flask) -> None:
    number = _created(app)
    code, _out, err = _run(app, "send", str(number))
    assert code == 2
    assert "--yes" in err


@pytest.mark.usefixtures("survey")
def test_sending_twice_is_nothing_to_do(app: Flask) -> None:
    number = _created(app)
    assert _run(app, "send", str(number), "--yes")[0] == 0
    code, out, err = _run(app, "send", str(number), "--yes")
    assert (code, out) == (3, "")
    assert "Nobody is written to twice" in err


@pytest.mark.usefixtures("survey")
def test_a_campaign_is_paused_resumed_closed_and_reopened(app: Flask) -> None:
    number = str(_created(app))
    _run(app, "send", number, "--yes")
    states = []
    for step in (["pause"], ["resume"], ["close", "--yes"], ["reopen"]):
        assert _run(app, step[0], number, *step[1:])[0] == 0
        states.append(json.loads(_run(app, "show", number, "--json")[1])["state"])
    assert states == ["paused", "open", "closed", "open"]
    assert _run(app, "resume", number)[0] == 3


@pytest.mark.usefixtures("survey")
def test_a_public_campaign_gets_a_link(app: Flask) -> None:
    number = str(_created(app, "--mode", "public", "--closes-on", "2027-01-31"))
    assert _run(app, "send", number)[0] == 0
    shown = json.loads(_run(app, "show", number, "--json")[1])
    assert shown["public_link"].startswith("http://127.0.0.1:8000/w/")
    assert shown["closes_at"] == "2027-01-31T23:59:59+00:00"
    assert _n_mails(app) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("create", "--survey", "nope", "--name", "X"), "no survey nope"),
        (("create", "--survey", "relationship", "--name", "X", "--segment", "Nobody"), "no segment Nobody"),
        (("show", "99"), "no campaign 99"),
        (("send", "99", "--yes"), "no campaign 99"),
    ],
)
@pytest.mark.usefixtures("survey")
def test_what_is_not_there_is_named(app: Flask, arguments: tuple[str, ...], words: str) -> None:
    code, out, err = _run(app, *arguments)
    assert (code, out) == (3, "")
    assert words in err


def test_an_audience_without_anybody_is_not_sent(app: Flask) -> None:
    with app.app_context(), writing():
        a_campaign()
        db.session.commit()
    code, _out, err = _run(app, "send", "1", "--yes")
    assert code == 3
    assert "Nobody would get a mail" in err


@pytest.mark.usefixtures("survey")
def test_waiting_in_vain_is_no_success(app: Flask, mail_sink: MailSink) -> None:
    mail_sink.use(app)
    mail_sink.fault = "later"
    number = _created(app)
    code, out, err = _run(app, "send", str(number), "--yes", "--wait", "--json")
    assert code == 1
    assert json.loads(out)["counts"]["n_deferred"] == 3
    assert "Not every mail is out." in err
