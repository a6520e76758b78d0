"""A manager reads a report: computed by a worker, shown as stored, honest about what is missing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from flask_babel import force_locale
from sqlalchemy import func, insert, select
from werkzeug.datastructures import MultiDict

from survey_app.campaigns.models import Campaign
from survey_app.customers.operations import define_attribute
from survey_app.extensions import db, writing
from survey_app.jobs.models import Job
from survey_app.jobs.operations import run_now
from survey_app.reports.models import Report
from survey_app.reports.presenting.names import period_name
from survey_app.reports.rules import read_request
from survey_app.responses.models import Response
from tests.factories.questionnaires import a_published_version
from tests.signing_in import SignIn

NOW = datetime(2026, 9, 30, 12, tzinfo=UTC)
SIGNS = "<script>alert(1)</script>"


def answers(index: int) -> dict[str, object]:
    """Return one person's answers: the worse the delivery the lower the score, with a little of everything else."""
    delivery = 1 + index % 5
    support = 1 + (index * 7) % 5
    score = min(10, max(0, 2 * delivery - 1 + (index * 3) % 3 + support // 4))
    return {"nps": score, "delivery": delivery, "support": support, "usage": "daily", "comment": f"{SIGNS} {index}"}


def a_survey_with_answers(n: int, code: str = "shop", *, drop: bool = False) -> None:
    version = a_published_version(code)
    campaign = Campaign(survey_id=version.survey_id, version_id=version.id, name="All", mode="imported", created_at=NOW)
    db.session.add(campaign)
    db.session.flush()
    rows = []
    for index in range(n):
        given = answers(index)
        at = NOW - timedelta(days=index % 240)
        if drop and index % 240 < 60:
            given["nps"] = 2
        rows.append(
            {
                "public_id": f"{code}-{index}",
                "submission_id": f"{code}-{index}",
                "survey_id": version.survey_id,
                "campaign_id": campaign.id,
                "version_id": version.id,
                "state": "completed",
                "language": "en",
                "channel": "public-link",
                "answers": given,
                "missing": {},
                "outcome": float(str(given["nps"])),
                "profile": {},
                "weight": 1.0,
                "started_at": at,
                "saved_at": at,
                "completed_at": at,
            }
        )
    db.session.execute(insert(Response), rows)
    db.session.commit()


def compute(app: Flask) -> None:
    with app.app_context(), writing():
        for job in db.session.scalars(select(Job).where(Job.name == "reports.compute", Job.state == "waiting")).all():
            run_now(job)


def test_a_report_is_computed_once_and_shown_as_stored(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_survey_with_answers(600, drop=True)
    manager = sign_in("manager")
    first = manager.get("/reports/shop")
    assert "Computing" in first.text
    assert manager.get("/reports/shop/state").json == {"state": "waiting"}
    compute(app)
    page = manager.get("/reports/shop").text
    for words in ("How are we?", "Clearly down", "What to fix first?", "Delivery", "from 600 answers", "<svg"):
        assert words in page, words
    assert SIGNS not in page
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Report)) == 1
        assert db.session.scalar(select(func.count()).select_from(Job).where(Job.name == "reports.compute")) == 1


def test_too_few_answers_are_refused_with_the_reason(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_survey_with_answers(7)
    manager = sign_in("manager")
    manager.get("/reports/shop")
    compute(app)
    page = manager.get("/reports/shop").text
    assert "Too few answers: 7, at least 10 are needed." in page


def test_one_filter_drives_figures_comments_and_counts(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_survey_with_answers(480)
    manager = sign_in("manager")
    address = "/reports/shop?from=2026-09-01&to=2026-09-30"
    manager.get(address)
    compute(app)
    page = manager.get(address).text
    assert "60 completed responses under this filter" in page
    assert "60 comments" in page
    assert "From: <bdi>Sep 1, 2026</bdi>" in page


def test_codes_are_shown_in_words(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        define_attribute("tier", "Customer tier", "choice", for_reporting=True)
        a_survey_with_answers(240)
        for index, row in enumerate(db.session.scalars(select(Response))):
            row.profile = {"tier": "gold" if index % 2 else "silver"}
            row.language = "vi" if index % 3 else "es"
            row.channel = "personal-link" if index % 4 else "public-link"
        db.session.commit()
    manager = sign_in("manager")
    address = "/reports/shop?by=month&language=vi&profile.tier=gold&channel=public-link"
    manager.get("/reports/shop?by=month")
    manager.get(address)
    compute(app)
    page = manager.get("/reports/shop?by=month").text
    for words in (
        "Customer tier</label>",
        ">Tiếng Việt</option>",
        ">Personal link</option>",
        "By Customer tier",
        "Sep 2026",
    ):
        assert words in page, words
    assert "2026-09<" not in page
    page = manager.get(address).text
    for chip in (
        "Language: <bdi>Tiếng Việt</bdi>",
        "Customer tier: <bdi>gold</bdi>",
        "Channel: <bdi>Public link</bdi>",
    ):
        assert chip in page, chip


@pytest.mark.parametrize(
    ("label", "by", "language", "written"),
    [
        ("2026-02", "month", "en", "Feb 2026"),
        ("2026-02", "month", "es", "feb 2026"),
        ("2026-02", "month", "vi", "thg 2 2026"),
        ("2026-W05", "week", "en", "W05 2026"),
        ("Spring", "wave", "en", "Spring"),
        ("2026-02", "wave", "en", "2026-02"),
    ],
)
def test_a_period_is_written_as_people_do(app: Flask, label: str, by: str, language: str, written: str) -> None:
    with app.test_request_context(), force_locale(language):
        assert period_name(label, by) == written


@pytest.mark.parametrize(
    ("query", "narrows"),
    [("", False), ("wave=2017", False), ("wave=2017&language=vi", True), ("from=2026-01-01", True), ("by=week", False)],
)
def test_only_waves_leave_the_response_rate_as_it_is(query: str, narrows: bool) -> None:
    assert read_request(MultiDict(parse_qsl(query))).narrows_answers is narrows


def test_a_filter_that_leaves_nothing_says_so(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_survey_with_answers(30)
    manager = sign_in("manager")
    manager.get("/reports/shop?language=ja")
    compute(app)
    assert "No answers under this filter" in manager.get("/reports/shop?language=ja").text


@pytest.mark.parametrize("query", ["from=yesterday", "by=century", "to=2026-13-01"])
def test_an_address_that_makes_no_sense_is_answered_in_words(app: Flask, sign_in: SignIn, query: str) -> None:
    with app.app_context(), writing():
        a_survey_with_answers(1)
    assert sign_in("manager").get(f"/reports/shop?{query}").status_code == 400


def test_reading_a_report_adds_nothing_but_the_request_for_it(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_survey_with_answers(12)
    manager = sign_in("manager")
    for _ in range(3):
        manager.get("/reports/shop")
        manager.head("/reports/shop")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Job).where(Job.name == "reports.compute")) == 1
        assert db.session.scalar(select(func.count()).select_from(Response)) == 12


def test_new_answers_make_a_new_report(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_survey_with_answers(20)
    manager = sign_in("manager")
    manager.get("/reports/shop")
    compute(app)
    with app.app_context(), writing():
        row = db.session.scalars(select(Response)).first()
        assert row is not None
        row.is_test = True
        db.session.commit()
    assert "Computing" in manager.get("/reports/shop").text
    compute(app)
    assert "from 19 answers" in manager.get("/reports/shop").text


def test_the_landing_page_shows_every_survey_with_answers(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_survey_with_answers(40, "shop")
        a_survey_with_answers(40, "service")
    manager = sign_in("manager")
    assert "Computing the report of 40 answers" in manager.get("/reports").text
    compute(app)
    page = manager.get("/reports").text
    assert page.count("report-number") == 2


def test_the_command_line_tells_the_same_figures(app: Flask) -> None:
    with app.app_context(), writing():
        a_survey_with_answers(200)
    runner: FlaskCliRunner = app.test_cli_runner()
    result = runner.invoke(args=["reports", "show", "shop", "--json"])
    assert result.exit_code == 0, result.stderr
    data = json.loads(result.stdout)["result"]
    scores = [answers(index)["nps"] for index in range(200)]
    expected = 100 * (sum(int(str(s)) >= 9 for s in scores) - sum(int(str(s)) <= 6 for s in scores)) / 200
    nps = next(each for each in data["figures"] if each["item"] == "nps")["figures"][0]["weighted"]
    assert nps["value"] == pytest.approx(expected)
    assert nps["base"]["n"] == 200
    assert data["drivers"]["result"]["model"]["drivers"][0]["code"] == "delivery"


def test_weighted_figures_stand_beside_unweighted_ones(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_survey_with_answers(200)
        for index, row in enumerate(db.session.scalars(select(Response))):
            row.weight = 3.0 if index % 5 == 0 else 0.5
        db.session.commit()
    told = app.test_cli_runner().invoke(args=["reports", "show", "shop"])
    scores = [int(str(answers(index)["nps"])) for index in range(200)]
    plain = round(100 * (sum(score >= 9 for score in scores) - sum(score <= 6 for score in scores)) / 200)
    assert f"Unweighted: {plain} (" in told.stdout.replace("\u2212", "-")
    assert f"unweighted {plain}" in sign_in("manager").get("/reports/shop").text.replace("\u2212", "-")


def test_an_unknown_survey_has_no_report(app: Flask, sign_in: SignIn) -> None:
    assert sign_in("manager").get("/reports/nowhere").status_code == 404
    assert app.test_cli_runner().invoke(args=["reports", "show", "nowhere"]).exit_code == 3
