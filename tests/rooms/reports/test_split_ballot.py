"""Split ballots: two forms of a question are given out by chance and compared in the report, with a proper test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import insert, select

from survey_app.campaigns.models import Campaign
from survey_app.extensions import db, writing
from survey_app.questionnaires.queries import questionnaire_of
from survey_app.questionnaires.rendering.ordering import arrange
from survey_app.reports.models import Report
from survey_app.reports.presenting import ballots
from survey_app.responses.models import Response
from tests.factories.questionnaires import a_battery, a_comment, a_published_version, an_item
from tests.pages.reading import check
from tests.rooms.reports.test_pages import compute
from tests.signing_in import SignIn

NOW = datetime(2026, 9, 30, 12, tzinfo=UTC)
TWO = [{"code": "a", "text": "How was it?"}, {"code": "b", "text": "How pleasant was it?"}]
TURNED = [{"code": "as_is"}, {"code": "turned", "reversed": True}]
PAGES = [
    {"code": "p1", "items": [{"code": "visit", "type": "csat", "role": "outcome", "text": "Visit?", "variants": TWO}]},
    {
        "code": "p2",
        "items": [
            {
                "code": "usage",
                "type": "single",
                "role": "profile",
                "text": "How often?",
                "variants": TURNED,
                "options": [{"code": "daily", "text": "Daily"}, {"code": "rarely", "text": "Rarely"}],
            }
        ],
    },
    {"code": "p3", "items": [an_item()]},
    {"code": "p4", "items": [a_battery(variants=TURNED), a_comment(variants=TWO)]},
]


def a_split_survey(n: int, *, shift: float = 0.0, kept: float = 1.0, pages: list[Any] = PAGES) -> None:
    """Store completed responses whose forms the seed chose; form b of the visit is answered `shift` points higher.

    Of those who saw form b a share of `kept` completed.
    """
    rng = np.random.default_rng(11)
    version = a_published_version("shop", pages=pages)
    questionnaire = questionnaire_of(version)
    campaign = Campaign(survey_id=version.survey_id, version_id=version.id, name="All", mode="imported", created_at=NOW)
    db.session.add(campaign)
    db.session.flush()
    rows = []
    for index in range(n):
        shown = arrange(questionnaire, f"s{index}").to_data()
        is_b = shown["variants"]["visit"] == "b"
        visit = int(np.clip(round(rng.normal(3.2 + shift * is_b, 0.9)), 1, 5))
        answers = {
            "visit": visit,
            "usage": "daily" if rng.random() < 0.5 else "rarely",
            "nps": int(rng.integers(0, 11)),
            "delivery": int(rng.integers(1, 6)),
            "support": int(rng.integers(1, 6)),
            "comment": "fine",
        }
        if is_b and rng.random() > kept:
            continue
        rows.append(a_row(index, version, campaign, answers) | {"shown": shown})
    db.session.execute(insert(Response), rows)
    db.session.commit()


def a_row(index: int, version: Any, campaign: Any, answers: dict[str, Any]) -> dict[str, Any]:
    at = NOW - timedelta(minutes=index)
    return {
        "public_id": f"r{index}",
        "submission_id": f"s{index}",
        "survey_id": version.survey_id,
        "campaign_id": campaign.id,
        "version_id": version.id,
        "state": "completed",
        "language": "en",
        "channel": "public-link",
        "answers": answers,
        "missing": {},
        "outcome": float(answers["nps"]),
        "profile": {},
        "weight": 1.0,
        "started_at": at,
        "saved_at": at,
        "completed_at": at,
    }


def the_report(app: Flask, sign_in: SignIn, n: int, **wish: Any) -> tuple[str, dict[str, dict[str, Any]]]:
    """Return the page of the report, and its ballots by code."""
    with app.app_context(), writing():
        a_split_survey(n, **wish)
    manager = sign_in("manager")
    manager.get("/reports/shop")
    compute(app)
    with app.app_context():
        report = db.session.scalars(select(Report)).one()
        assert report.result is not None
        found = {each["code"]: each for each in report.result["ballots"]}
    return manager.get("/reports/shop").text, found


def test_a_known_difference_between_two_wordings_is_found(app: Flask, sign_in: SignIn) -> None:
    page, found = the_report(app, sign_in, 600, shift=0.8)
    check(page)
    assert set(found) == {"visit", "usage", "ratings", "comment"}
    visit = found["visit"]["compared"][0]
    (pair,) = visit["pairs"]
    assert (pair["first"], pair["second"]) == ("a", "b")
    assert pair["difference"]["verdict"] == "clearly-up"
    assert 0.2 < pair["difference"]["estimate"]["value"] < 0.4
    sizes = {each["code"]: each["n"] for each in found["visit"]["variants"]}
    assert sum(sizes.values()) == 600
    assert {each["variant"]: each["estimate"]["base"]["n"] for each in visit["figures"]} == sizes
    part = page.partition("Split ballots: does the form")[2].partition("</section>")[0]
    assert "Variant B gives" in part
    assert "percentage points more than Variant A" in part
    assert "mix them in one trend" in part
    assert "How pleasant was it?" in part
    assert "<svg" in part
    # All differences of the report are one family: visit and the headline after it; two options and the headline; two
    # rows; the comment.
    differences = [
        each["difference"] for ballot in found.values() for one in ballot["compared"] for each in one["pairs"]
    ]
    assert len(differences) == 8
    assert {each["adjustment"] for each in differences} == {"holm"}
    smallest = min(differences, key=lambda each: each["p_value"])
    assert smallest["p_adjusted"] == pytest.approx(min(1.0, 8 * smallest["p_value"]))
    # The headline can be moved only by what is asked before it.
    headline = {code: [each["is_headline"] for each in ballot["compared"]] for code, ballot in found.items()}
    assert headline == {
        "visit": [False, True],
        "usage": [False, False, True],
        "ratings": [False, False],
        "comment": [False],
    }


def test_forms_that_do_not_matter_are_not_announced(app: Flask, sign_in: SignIn) -> None:
    page, found = the_report(app, sign_in, 400, pages=PAGES[:3])
    pairs = [pair for ballot in found.values() for each in ballot["compared"] for pair in each["pairs"]]
    assert {pair["difference"]["verdict"] for pair in pairs} == {"no-clear-change"}
    assert "No clear difference between the forms" in page
    assert "in one trend" not in page.partition("Split ballots")[2].partition("</section>")[0]
    assert found["visit"]["balance"]["is_even"]
    assert "may make people give up" not in page


def test_three_forms_are_compared_two_by_two(app: Flask, sign_in: SignIn) -> None:
    three = [*TWO, {"code": "c", "text": "How bad was it?"}]
    visit = PAGES[0]["items"][0] | {"variants": three}
    page, found = the_report(app, sign_in, 450, pages=[{"code": "p1", "items": [visit]}, *PAGES[2:3]])
    pairs = [(each["first"], each["second"]) for each in found["visit"]["compared"][0]["pairs"]]
    assert pairs == [("a", "b"), ("a", "c"), ("b", "c")]
    assert found["visit"]["balance"]["method"] == "chi-square"
    assert "Variant C less Variant B" in page


def test_a_text_without_a_question_is_judged_by_what_follows(app: Flask, sign_in: SignIn) -> None:
    hello = {"code": "hello", "type": "statement", "text": "Hello", "variants": TWO}
    visit = PAGES[0]["items"][0]
    page, found = the_report(app, sign_in, 120, pages=[{"code": "p1", "items": [hello, visit]}, *PAGES[2:3]])
    assert [each["item"] for each in found["hello"]["compared"]] == ["nps"]
    assert "“hello”" in page


def test_small_bases_are_refused(app: Flask, sign_in: SignIn) -> None:
    page, found = the_report(app, sign_in, 40, shift=2.0, pages=PAGES[:3])
    differences = [pair["difference"] for each in found["visit"]["compared"] for pair in each["pairs"]]
    assert {each["code"] for each in differences} == {"comparison-base-too-small"}
    assert "Too few answers to compare" in page.partition("Split ballots")[2]


def test_a_form_that_loses_people_is_told(app: Flask, sign_in: SignIn) -> None:
    page, found = the_report(app, sign_in, 600, kept=0.6, pages=PAGES[:3])
    assert not found["visit"]["balance"]["is_even"]
    assert "may make people give up" in page


def test_a_survey_without_split_ballots_has_no_such_part(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        version = a_published_version("shop")
        campaign = Campaign(
            survey_id=version.survey_id, version_id=version.id, name="All", mode="imported", created_at=NOW
        )
        db.session.add(campaign)
        db.session.flush()
        rows = [a_row(index, version, campaign, {"nps": index % 11}) for index in range(60)]
        db.session.execute(insert(Response), rows)
        db.session.commit()
    manager = sign_in("manager")
    manager.get("/reports/shop")
    compute(app)
    assert "Split ballots" not in manager.get("/reports/shop").text


def test_the_command_line_tells_split_ballots(app: Flask) -> None:
    with app.app_context(), writing():
        a_split_survey(300, shift=0.8, pages=PAGES[:3])
    shown = FlaskCliRunner(app).invoke(args=["reports", "show", "shop"])
    assert shown.exit_code == 0, shown.output
    assert "Split ballot Visit?" in shown.output
    assert "Variant B gives" in shown.output


def test_a_difference_names_both_forms_and_its_direction(app: Flask) -> None:
    pair = {
        "first": "a",
        "second": "long",
        "difference": {
            "verdict": "clearly-down",
            "estimate": {"value": -0.3, "interval": {"low": -0.5, "high": -0.1}},
        },
    }
    compared = {
        "item": "q",
        "kind": "ces",
        "labels": {"en": "Ease"},
        "option": None,
        "is_answered": False,
        "is_headline": False,
        "measure": "mean",
    }
    with app.app_context():
        said = ballots.sentence(compared, pair)
    assert said.startswith("Variant long gives 0.30 points less than Variant A for “Ease” (95 % interval")
