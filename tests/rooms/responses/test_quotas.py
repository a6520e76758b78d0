"""Quotas and limits: exact however many come at once, told early, given back."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.campaigns.models import Invitation
from survey_app.extensions import db
from survey_app.responses.models import ALL, QuotaCount
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
from tests.factories.questionnaires import a_choice, a_comment, an_item

DAILY = {"field": "answer.usage", "op": "is", "value": "daily"}
N_PEOPLE, N_PLACES = 20, 5


def asking(limit: int, *pages: dict[str, Any], **overrides: Any) -> dict[str, Any]:
    """Return a questionnaire that takes so many daily buyers."""
    pages = pages or (a_page(a_choice(), an_item()),)
    return of_pages(*pages, quotas=[{"code": "buyers", "when": DAILY, "limit": limit}], **overrides)


def counts() -> dict[str, int]:
    """Return what is counted so far."""
    db.session.rollback()
    return dict(db.session.execute(select(QuotaCount.quota, QuotaCount.n)).all())


def states() -> list[str]:
    return sorted(response.state for response in the_responses())


def people_at_once(app: Flask, paths: list[str], typed: dict[str, list[str]]) -> list[int]:
    """Let everybody press Submit at the same moment; return the statuses."""
    forms = [fields_of(app.test_client().get(path).text) | typed | {"_go": ["send"]} for path in paths]
    gate = threading.Barrier(len(paths))

    def press(path: str, form: dict[str, list[str]]) -> int:
        client = app.test_client()
        gate.wait()
        return client.post(path, data=form).status_code

    with ThreadPoolExecutor(len(paths)) as people:
        return list(people.map(press, paths, forms))


@pytest.mark.parametrize("mode", ["mail", "public"])
def test_twenty_people_at_once_fill_exactly_the_last_five_places(app: Flask, mode: str) -> None:
    with app.app_context():
        campaign = a_fielding(asking(N_PLACES), mode=mode)
        public = f"/w/{campaign.public_code}"
        paths = [link_of(an_invitation(campaign)) if mode == "mail" else public for _person in range(N_PEOPLE)]
    statuses = people_at_once(app, paths, {"usage": ["daily"], "nps": ["9"]})
    assert set(statuses) == {303}
    with app.app_context():
        assert states() == ["completed"] * N_PLACES + ["over-quota"] * (N_PEOPLE - N_PLACES)
        assert counts() == {"buyers": N_PLACES}
        noted = [response.shown.get("quotas") for response in the_responses() if response.state == "completed"]
        assert noted == [["buyers"]] * N_PLACES
        if mode == "mail":
            dispositions = sorted(db.session.scalars(select(Invitation.disposition)))
            assert dispositions == ["completed"] * N_PLACES + ["over-quota"] * (N_PEOPLE - N_PLACES)


def test_a_campaigns_own_limit_is_exact_beside_its_quotas(app: Flask) -> None:
    with app.app_context():
        campaign = a_fielding(asking(3), mode="public")
        campaign.most_responses = N_PLACES
        db.session.commit()
        path = f"/w/{campaign.public_code}"
    people_at_once(app, [path] * 10, {"usage": ["daily"]})
    people_at_once(app, [path] * 10, {"usage": ["rarely"]})
    with app.app_context():
        # Who met a full quota took no place of the campaign's.
        assert counts() == {"buyers": 3, ALL: N_PLACES}
        assert states().count("completed") == N_PLACES


def test_a_full_campaign_says_so_before_anybody_answers_in_vain(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        campaign = a_fielding(of_pages(a_page(an_item())), mode="public")
        campaign.most_responses = 1
        db.session.commit()
        first, second = (Person(app.test_client(), f"/w/{campaign.public_code}") for _ in range(2))
        first.open()
        second.open()
        first.press(nps=9)
        page = client.get(first.path)
        assert (page.status_code, "has all its answers" in page.text, "<form" in page.text) == (403, True, False)
        # Who had begun is told once they send; what they said is kept, and counts nowhere.
        assert "Enough people" in second.press(nps=3).text
        assert states() == ["completed", "over-quota"]


def test_who_already_meets_a_full_quota_is_told_on_that_page(app: Flask) -> None:
    pages = a_page(a_choice(), code="who"), a_page(an_item(), code="score"), a_page(a_comment(), code="why")
    with app.app_context():
        campaign = a_fielding(asking(1, *pages, quota_full={"en": "Enough daily buyers, thank you."}))
        first, second, other = (Person(app.test_client(), link_of(an_invitation(campaign))) for _ in range(3))
        first.open()
        first.press(usage="daily")
        first.press(nps=9)
        first.press("send")
        second.open()
        assert "Enough daily buyers, thank you." in second.press(usage="daily").text
        assert "Enough daily buyers, thank you." in second.open().text
        other.open()
        assert "How likely" in other.press(usage="rarely").text
        assert [response.state for response in the_responses()] == ["completed", "over-quota", "draft"]


def test_a_quota_of_none_takes_nobody_and_answers_on_trial_count_nowhere(app: Flask) -> None:
    with app.app_context():
        campaign = a_fielding(asking(0))
        tester, customer = (link_of(an_invitation(campaign, is_test=is_test)) for is_test in (True, False))
        for path in (tester, customer):
            person = Person(app.test_client(), path)
            person.open()
            person.press("send", usage="daily", nps=9)
        assert [response.state for response in the_responses()] == ["completed", "over-quota"]
        assert counts() == {}
