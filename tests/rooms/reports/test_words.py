"""Who comments is told among those who were asked to: a question for the unhappy says nothing of the others."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import insert, select

from survey_app.campaigns.models import Campaign
from survey_app.extensions import db, writing
from survey_app.reports.models import Report
from survey_app.responses.models import Response
from tests.factories.questionnaires import a_comment, a_published_version, an_item
from tests.rooms.reports.test_pages import compute
from tests.rooms.reports.test_split_ballot import NOW, a_row
from tests.signing_in import SignIn

UNHAPPY = {"field": "answer.nps", "op": "at_most", "value": 6}
PAGES = [
    {"code": "one", "items": [an_item()]},
    {"code": "two", "show_if": UNHAPPY, "items": [a_comment()]},
]


def test_a_question_for_the_unhappy_alone_is_no_sign_that_commenters_differ(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        version = a_published_version("shop", pages=PAGES)
        campaign = Campaign(
            survey_id=version.survey_id, version_id=version.id, name="All", mode="imported", created_at=NOW
        )
        db.session.add(campaign)
        db.session.flush()
        rows = []
        for index in range(200):
            score = index % 11
            row = a_row(index, version, campaign, {"nps": score})
            if score > 6:
                row["missing"] = {"comment": "not_asked"}
            elif index % 2:
                row["answers"] = {"nps": score, "comment": "slow"}
            rows.append(row)
        for row in rows:
            row["missing"] = row["missing"] or ({} if "comment" in row["answers"] else {"comment": "skipped"})
        db.session.execute(insert(Response), rows)
        db.session.commit()
    manager = sign_in("manager")
    manager.get("/reports/shop")
    compute(app)
    with app.app_context():
        result = db.session.scalars(select(Report)).one().result
        assert result is not None
        told = result["words"][0]["commenting"]
    assert told["difference"]["first"]["base"]["n"] + told["difference"]["second"]["base"]["n"] == 128
    assert "Those who comment differ" not in manager.get("/reports/shop").text
