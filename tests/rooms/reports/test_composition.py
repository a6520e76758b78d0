"""Who is missing: those who answered beside everybody invited, and nobody betrayed by a small group."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import insert, select

from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.queries import list_invited
from survey_app.customers.models import Customer
from survey_app.customers.operations import define_attribute
from survey_app.extensions import db, writing
from survey_app.jobs.models import Job
from survey_app.jobs.operations import run_now
from survey_app.questionnaires.models import QuestionnaireVersion
from survey_app.reports.computing.composition import OTHERS, UNKNOWN, Invited, composition
from survey_app.reports.models import Report
from survey_app.reports.presenting import composition as words
from survey_app.responses.models import Response
from survey_app.responses.rules import PRIVACY_BASE
from tests.factories.questionnaires import a_published_version
from tests.signing_in import SignIn

NOW = datetime(2026, 9, 15, 12, tzinfo=UTC)
TITLE = "Who is missing?"


@dataclass(frozen=True)
class Group:
    """So many customers with these attributes are invited, and so many of them answer."""

    attributes: dict[str, Any]
    n: int
    answering: int
    language: str = "en"


def tier(name: str, n: int, answering: int, language: str = "en") -> Group:
    return Group({"tier": name}, n, answering, language)


def a_version(identification: str = "identified") -> QuestionnaireVersion:
    define_attribute("tier", "Customer tier", "choice", for_reporting=True)
    define_attribute("secret", "Not for reports", "choice")
    version = a_published_version("shop")
    version.survey.identification = identification
    return version


def a_wave(version: QuestionnaireVersion, groups: Iterable[Group], wave: str = "", prefix: str = "c") -> Campaign:
    """Store a mail campaign, its customers (made where they are new) and the answers of those who answered."""
    campaign = Campaign(
        survey_id=version.survey_id, version_id=version.id, name=f"Mail {wave}", mode="mail", wave=wave, created_at=NOW
    )
    db.session.add(campaign)
    db.session.flush()
    people = [(group, at < group.answering) for group in groups for at in range(group.n)]
    names = [f"{prefix}-{at}" for at in range(len(people))]
    known = dict(db.session.execute(select(Customer.name, Customer.id)).all())
    new = [
        {
            "name": name,
            "attributes": group.attributes | {"secret": "sorrow"},
            "language": "en",
            "created_at": NOW,
            "updated_at": NOW,
        }
        for name, (group, _) in zip(names, people, strict=True)
        if name not in known
    ]
    if new:
        db.session.execute(insert(Customer), new)
    known = dict(db.session.execute(select(Customer.name, Customer.id)).all())
    for name, (group, answers) in zip(names, people, strict=True):
        invitation = Invitation(
            campaign_id=campaign.id,
            customer_id=known[name],
            token_nonce=f"{campaign.id}-{name}",
            token_hash=f"{campaign.id}-{name}",
            language=group.language,
            disposition="completed" if answers else "no-reply",
            created_at=NOW,
        )
        db.session.add(invitation)
    db.session.flush()
    rows = db.session.execute(
        select(Invitation.id, Invitation.customer_id, Invitation.language, Customer.attributes)
        .join(Customer)
        .where(Invitation.campaign_id == campaign.id, Invitation.disposition == "completed")
    ).all()
    keeps_link = version.survey.identification != "anonymous"
    db.session.execute(insert(Response), [_response(campaign, row, keeps_link=keeps_link) for row in rows])
    db.session.commit()
    return campaign


def _response(campaign: Campaign, row: Any, *, keeps_link: bool) -> dict[str, Any]:
    identifier, customer_id, language, attributes = row
    score, at = identifier % 11, NOW - timedelta(days=identifier % 40)
    return {
        "public_id": f"r-{identifier}",
        "submission_id": f"r-{identifier}",
        "survey_id": campaign.survey_id,
        "campaign_id": campaign.id,
        "version_id": campaign.version_id,
        "invitation_id": identifier if keeps_link else None,
        "customer_id": customer_id if keeps_link else None,
        "state": "completed",
        "language": language,
        "channel": "personal-link",
        "answers": {"nps": score, "delivery": 1 + identifier % 5, "support": 1 + identifier % 3},
        "missing": {},
        "outcome": float(score),
        "profile": {code: value for code, value in attributes.items() if code != "secret"},
        "started_at": at,
        "saved_at": at,
        "completed_at": at,
    }


def the_report(app: Flask, sign_in: SignIn, query: str = "") -> str:
    """Return the report's page once it is computed."""
    manager = sign_in("manager")
    manager.get(f"/reports/shop{query}")
    with app.app_context(), writing():
        for job in db.session.scalars(select(Job).where(Job.name == "reports.compute", Job.state == "waiting")).all():
            run_now(job)
    answer = manager.get(f"/reports/shop{query}")
    assert answer.status_code == 200
    return answer.text


def section(page: str) -> str:
    """Return what stands under "Who is missing?", without tags."""
    part = page.partition(f">{TITLE}</h3>")[2].partition("</section>")[0]
    assert part
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part))


def stored(app: Flask) -> Any:
    with app.app_context():
        report = db.session.scalars(select(Report)).one()
        assert report.result is not None
        return report.result["composition"]


def test_groups_that_answer_less_are_named_with_their_rates(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_wave(a_version(), [tier("gold", 200, 40), tier("silver", 200, 100, "vi"), tier("bronze", 200, 100, "vi")])
    part = section(the_report(app, sign_in))
    assert "“gold” (Customer tier) answers less often: 20.0%, against 40.0% of all invited." in part
    assert "gold 33.3% 16.7% 20.0% 15.0% to 26.1% answers less often" in part
    assert "Tiếng Việt" in part
    assert "Of 600 customers invited, 240 answered" in part
    assert "Representativity (R-indicator): 0.7" in part
    assert "sorrow" not in part
    assert "Not for reports" not in part


def test_answering_that_no_group_shuns_is_said_in_one_sentence(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_wave(a_version(), [tier("gold", 100, 40), tier("silver", 100, 42, "vi")])
    part = section(the_report(app, sign_in))
    assert "Those who answered look like those who were asked" in part
    assert "answers less often" not in part


@pytest.mark.parametrize("identification", ["identified", "confidential"])
def test_groups_below_the_privacy_base_are_told_together(app: Flask, sign_in: SignIn, identification: str) -> None:
    small = [tier("bronze", 4, 4), tier("iron", 60, 3)]
    with app.app_context(), writing():
        a_wave(a_version(identification), [tier("gold", 100, 40), tier("silver", 100, 42), *small])
    page = the_report(app, sign_in)
    part = section(page)
    assert "Other groups together" in part
    assert "gold" in part
    assert "bronze" not in part
    assert "iron" not in part
    assert "bronze" not in json.dumps(stored(app))
    assert "iron" not in json.dumps(stored(app))


def test_one_small_group_takes_the_next_with_it_so_that_it_does_not_follow_from_the_total(
    app: Flask, sign_in: SignIn
) -> None:
    with app.app_context(), writing():
        groups = [tier("gold", 100, 40), tier("silver", 100, 42), tier("steel", 90, 20), tier("bronze", 40, 2)]
        a_wave(a_version(), groups)
    found = stored_groups(app, sign_in)
    assert found == {"=gold": (100, 40), "=silver": (100, 42), OTHERS: (130, 22)}


def stored_groups(app: Flask, sign_in: SignIn, variable: str = "profile.tier") -> dict[str, tuple[int, int]]:
    the_report(app, sign_in)
    each = next(each for each in stored(app)["characteristics"] if each["variable"] == variable)
    return {group["category"]: (group["n_base"], group["n_respondents"]) for group in each["groups"]}


def test_an_attribute_that_privacy_leaves_one_group_of_is_not_told_at_all(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_wave(a_version(), [tier("gold", 100, 40), tier("silver", 20, 2), tier("gold", 50, 20, "vi")])
    part = section(the_report(app, sign_in))
    assert "Customer tier" not in part
    assert "Language" in part


def test_an_anonymous_survey_does_not_say_who_is_missing(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_wave(a_version("anonymous"), [tier("gold", 100, 20), tier("silver", 100, 60, "vi")])
    page = the_report(app, sign_in)
    assert TITLE not in page
    assert "Response rate" in page
    assert stored(app) is None


def test_a_survey_nobody_was_invited_to_has_nobody_missing(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        campaign = a_wave(a_version(), [tier("gold", 30, 20), tier("silver", 30, 25)])
        campaign.mode = "imported"
        db.session.commit()
    page = the_report(app, sign_in)
    assert TITLE not in page
    assert "nobody was invited personally" in page


def test_a_result_stored_before_there_was_such_a_part_is_shown_without_it(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_wave(a_version(), [tier("gold", 100, 40), tier("silver", 100, 42)])
    assert TITLE in the_report(app, sign_in)
    with app.app_context(), writing():
        report = db.session.scalars(select(Report)).one()
        assert report.result is not None
        old = {name: value for name, value in report.result.items() if name != "composition"}
        report.result = old | {"groups": [{**each, "shrunken": None} for each in old["groups"]]}
        for each in report.result["groups"]:
            del each["shrunken"]
        db.session.commit()
    page = the_report(app, sign_in)
    assert TITLE not in page
    assert "Who differs?" in page


def test_too_few_answers_say_so_instead_of_guessing(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_wave(a_version(), [tier("gold", 12, 7), tier("silver", 12, 9)])
    part = section(the_report(app, sign_in))
    assert "at least 10 of both are needed" in part
    assert "gold" not in part


def test_whoever_is_invited_to_two_waves_counts_once_and_the_filter_of_waves_holds(app: Flask, sign_in: SignIn) -> None:
    groups = [tier("gold", 60, 20), tier("silver", 60, 40)]
    with app.app_context(), writing():
        version = a_version()
        a_wave(version, groups, "Spring")
        a_wave(version, [Group(each.attributes, each.n, each.answering + 5, "vi") for each in groups], "Autumn")
    assert "Of 120 customers invited, 70 answered" in section(the_report(app, sign_in))
    assert "Of 120 customers invited, 60 answered" in section(the_report(app, sign_in, "?wave=Spring"))


def test_numbers_are_compared_by_their_means_and_days_by_years(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        version = a_version()
        define_attribute("orders", "Orders a year", "number", for_reporting=True)
        define_attribute("since", "Customer since", "date", for_reporting=True)
        a_wave(
            version,
            [
                Group({"orders": 2 + at % 3, "since": f"{year}-0{1 + at}-11"}, 20, 4 + 3 * at)
                for at in range(3)
                for year in (2019, 2021)
            ],
        )
    part = section(the_report(app, sign_in))
    assert "“Orders a year” is on average 3.29 among those who answered, 3.00 among all invited." in part
    assert "clear difference" in part
    assert "2019" in part
    assert "2019-0" not in json.dumps(stored(app))


def test_the_section_speaks_the_readers_language(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_wave(a_version(), [tier("gold", 200, 40), tier("silver", 200, 100)])
    the_report(app, sign_in)
    with app.test_request_context():
        found = stored(app)
        for language in ("vi", "es"):
            with force_locale(language):
                [said] = words.findings(found, {"tier": "Hạng"})
                assert "gold" in said
                assert "Hạng" in said
                assert "answers less often" not in said


def test_only_those_who_could_answer_are_counted_as_invited(app: Flask) -> None:
    with app.app_context(), writing():
        campaign = a_wave(a_version(), [tier("gold", 12, 6)])
        silent = db.session.scalars(select(Invitation).where(Invitation.disposition == "no-reply")).all()
        silent[0].disposition, silent[0].held_back_reason = "held-back", "no-consent"
        silent[1].disposition = "not-yet-sent"
        silent[2].disposition = "screened-out"
        silent[3].is_test = True
        silent[4].disposition = "bounced"
        db.session.flush()
        rows = list_invited([campaign], {"tier": "choice", "orders": "number"})
        assert len(rows) == 8
        assert sum(row[2] for row in rows) == 6
        assert {tuple([*row][3:]) for row in rows} == {("gold", None)}
        db.session.rollback()


@pytest.mark.parametrize("seed", range(8))
def test_no_group_ever_follows_from_what_is_told(seed: int) -> None:
    """Whatever the sizes, each group told has the base, and the others together are people enough of several groups."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(60, 700))
    drawn = rng.choice([*"abcdefghijklmnopq"[: int(rng.integers(2, 17))], None], n, p=None)
    labels = pd.Series(np.where(rng.random(n) < rng.random(), drawn, "a"), dtype=object)
    answered = rng.random(n) < rng.uniform(0.1, 0.9)
    found = composition(Invited(pd.DataFrame({"profile.tier": labels}), answered))
    if found is None or "refused" in found:
        return
    for each in found["characteristics"]:
        told = {group["category"]: group for group in each["groups"]}
        assert 2 <= len(told) <= 12
        assert all(min(group["n_base"], group["n_respondents"]) >= PRIVACY_BASE for group in told.values())
        hidden = set(labels.map(lambda value: f"={value}" if value else UNKNOWN)) - set(told)
        assert len(hidden) != 1
        assert bool(hidden) == (OTHERS in told)
