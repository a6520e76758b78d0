"""What stands behind a report: themes of comments, who answered, how carefully, and better ratings supposed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from flask import Flask
from sqlalchemy import insert, select

from analysis.values.data_quality import MarkCode
from survey_app.campaigns.models import Campaign
from survey_app.customers.operations import define_attribute
from survey_app.extensions import db, writing
from survey_app.jobs.models import Job
from survey_app.jobs.operations import run_now
from survey_app.reports.presenting import evidence
from survey_app.responses.models import Response
from tests.factories.questionnaires import a_published_version
from tests.signing_in import SignIn

BEFORE, AFTER = datetime(2026, 8, 15, 12, tzinfo=UTC), datetime(2026, 9, 15, 12, tzinfo=UTC)
LATE = ("late delivery again", "the delivery was late", "delivery late by days", "late delivery, no message")
KIND = ("kind staff helped", "staff was kind", "kind and patient staff", "such kind staff")


def _answers(rng: np.random.Generator, index: int, tier: str) -> dict[str, Any]:
    """Return one person's answers: gold customers are happier, late deliveries cost three points."""
    late, praised = rng.random() < 0.4, rng.random() < 0.3
    score = int(np.clip(round((8.5 if tier == "gold" else 5.5) - 3 * late + rng.normal(0, 1.2)), 0, 10))
    texts = [str(rng.choice(LATE))] * late + [str(rng.choice(KIND))] * praised
    delivery = int(np.clip(round(3.9 - 1.6 * late + rng.normal(0, 0.7)), 1, 5))
    support = int(rng.integers(3, 6))
    comment = ". ".join(texts) or f"thanks {index % 9}"
    return {"nps": score, "delivery": delivery, "support": support, "usage": "daily", "comment": comment}


def _a_changing_survey(n: int = 400) -> None:
    """Store two months: every tier gets happier, but far more of the unhappy tier answers in the second."""
    define_attribute("tier", "Tier", "choice", for_reporting=True)
    version = a_published_version("shop")
    campaign = Campaign(
        survey_id=version.survey_id, version_id=version.id, name="All", mode="imported", created_at=AFTER
    )
    db.session.add(campaign)
    db.session.flush()
    rng = np.random.default_rng(8)
    rows = []
    for index in range(2 * n):
        is_after = index >= n
        tier = "gold" if rng.random() < (0.2 if is_after else 0.8) else "silver"
        given = _answers(rng, index, tier)
        given["nps"] = min(10, given["nps"] + is_after)
        at = (AFTER if is_after else BEFORE) + timedelta(minutes=index)
        rows.append(
            {
                "public_id": f"shop-{index}",
                "submission_id": f"shop-{index}",
                "survey_id": version.survey_id,
                "campaign_id": campaign.id,
                "version_id": version.id,
                "state": "completed",
                "language": "en",
                "channel": "public-link",
                "answers": given,
                "missing": {},
                "outcome": float(given["nps"]),
                "profile": {"tier": tier},
                "weight": 1.0,
                "started_at": at,
                "saved_at": at,
                "completed_at": at,
            }
        )
    db.session.execute(insert(Response), rows)
    db.session.commit()


def test_a_report_says_what_people_write_about_who_answers_and_how_carefully(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        _a_changing_survey()
    manager = sign_in("manager")
    manager.get("/reports/shop?by=month")
    with app.app_context(), writing():
        for job in db.session.scalars(select(Job).where(Job.name == "reports.compute")).all():
            run_now(job)
    page = manager.get("/reports/shop?by=month").text
    for words in (
        "What they write about, and what goes with it",
        "Points of the mean at stake",
        "delivery · late",
        "2 of 2 groups move one way while the total moves the other",
        "How carefully was answered?",
        "Where its ratings are one point better",
    ):
        assert words in page, words


def test_a_mix_that_was_refused_or_never_computed_says_nothing(app: Flask) -> None:
    with app.test_request_context():
        assert evidence.mix({"mix": None}, "nps") == []
        assert evidence.mix({"mix": {"code": "too-few-segments", "figures": {}}}, "nps") == []
        assert evidence.mix({}, "nps") == []


def test_care_says_so_where_no_response_looks_careless(app: Flask) -> None:
    share = {"value": 0.0, "interval": {"low": 0.0, "high": 0.01}, "base": {"n": 300}}
    with app.test_request_context():
        assert evidence.care({"suspected": share, "n_suspected": 0}, "nps") == [
            "No response shows signs of careless answering."
        ]
        assert evidence.care({"refused": {"code": "no-responses"}}, "nps") == []
        assert evidence.care(None, "nps") == []


def test_every_mark_has_a_name_in_words(app: Flask) -> None:
    with app.test_request_context():
        assert all(evidence.mark_name(code.value) != code.value for code in MarkCode)
