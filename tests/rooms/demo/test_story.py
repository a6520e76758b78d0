"""The demo story: reports recover the truth it was made from, and nothing of it stays behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from flask_security.utils import verify_password
from sqlalchemy import select

from survey_app import create_app
from survey_app.accounts.models import User
from survey_app.accounts.queries import find_user
from survey_app.campaigns.models import Campaign
from survey_app.customers.models import Customer
from survey_app.demo.model import FALL, FALLEN, OUTCOMES
from survey_app.demo.programme import N_TWINS
from survey_app.demo.removal import remove_story
from survey_app.extensions import db, writing
from survey_app.followups.models import Case
from survey_app.questionnaires.queries import get_version, questionnaire_of
from survey_app.responses.models import Response
from tests.conftest import environment
from tests.databases import PostgresServer
from tests.rooms.demo.stories import COUNTRY_CODES, NOW, Story, Truth, row_counts, tell, told, true_figures
from tests.signing_in import make_organisation

LATE = ("late", "longer than", "date", "trễ", "lâu hơn", "ngày", "tarde", "retras", "más de lo", "fecha")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer | None) -> Story:
    folder = tmp_path_factory.mktemp("story")
    url = postgres.new_database() if postgres else f"sqlite:///{folder / 'story.db'}"
    app = create_app(environment(url), TESTING=True)
    with app.app_context():
        upgrade()
    return told(app)


@pytest.fixture
def inside(story: Story) -> Iterator[Story]:
    """Return the story with its database at hand."""
    with story.app.app_context():
        yield story
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def truth(story: Story) -> Truth:
    return true_figures(story)


def test_the_driver_that_fell_is_the_one_to_fix_first(story: Story) -> None:
    found = story.report["drivers"]["result"]["importance_performance"]
    assert (found["fix_first"], found["reason"]) == (FALLEN, "clear")


def test_importance_comes_in_the_order_of_the_true_effects(story: Story) -> None:
    drivers = story.report["drivers"]["result"]["model"]["drivers"]
    effects = OUTCOMES["nps"].effects
    assert [each["code"] for each in drivers] == sorted(effects, key=effects.__getitem__, reverse=True)


def test_the_interval_of_every_importance_covers_the_truth(story: Story, truth: Truth) -> None:
    for driver in story.report["drivers"]["result"]["model"]["drivers"]:
        interval = driver["importance"]["interval"]
        assert interval["low"] <= truth.importance[driver["code"]] <= interval["high"], driver["code"]


def test_the_headline_figures_cover_the_truth(story: Story, truth: Truth) -> None:
    figures = {each["item"]: each["figures"][0]["unweighted"] for each in story.report["figures"]}
    for code, true_value in (("nps", truth.nps), ("csat", truth.csat_satisfied)):
        interval = figures[code]["interval"]
        assert interval["low"] <= true_value <= interval["high"], code


@pytest.mark.parametrize("outcome", ["nps", "csat", "effort"])
def test_satisfaction_clearly_followed_down(story: Story, outcome: str) -> None:
    trend = story.report["changes"]["outcomes"][outcome][0]["trend"]
    looks = {each["kind"]: each["verdict"] for each in trend["looks"]}
    assert looks["halves"] == "clearly-down"
    assert trend["halves"]["change"]["estimate"]["interval"]["high"] < 0


def test_nine_months_of_answers_end_yesterday(story: Story) -> None:
    days = [each.completed_at for each in story.completed]
    assert max(days).date() == NOW.date() - timedelta(days=1)
    assert len({each.campaign.wave for each in story.completed}) == 9
    assert timedelta(days=245) < max(days) - min(days) < timedelta(days=280)


def test_delivery_fell_most_where_the_model_says_so(story: Story) -> None:
    def mean(country: str, waves: range) -> float:
        ratings = [
            each.answers[FALLEN]
            for each in story.completed
            if COUNTRY_CODES[each.profile["country"]] == country
            and each.campaign.wave_order in waves
            and FALLEN in each.answers
        ]
        return sum(ratings) / len(ratings)

    fallen = {country: mean(country, range(1, 5)) - mean(country, range(6, 10)) for country in FALL}
    assert fallen["VN"] == pytest.approx(FALL["VN"], abs=0.3)
    assert fallen["US"] == pytest.approx(FALL["US"], abs=0.25)
    assert fallen["ES"] == pytest.approx(FALL["ES"], abs=0.25)


def test_every_measure_has_an_answer_or_a_reason(inside: Story) -> None:
    questionnaire = questionnaire_of(get_version(inside.completed[0].version_id))
    measures = {code for item in questionnaire.items for code in item.measure_codes}
    for response in inside.completed:
        assert {*response.answers, *response.missing} == measures
        assert not {*response.answers} & {*response.missing}
        assert response.outcome == response.answers["nps"]


def test_those_whose_delivery_failed_say_so_in_their_language(story: Story) -> None:
    unhappy = [
        each.answers["comment"]
        for each in story.completed
        if each.answers["nps"] <= 6 and each.answers.get(FALLEN, 5) <= 2 and "comment" in each.answers
    ]
    late = [comment for comment in unhappy if any(word in comment for word in LATE)]
    assert len(unhappy) > 100
    assert len(late) > len(unhappy) / 2
    assert {each.language for each in story.completed} == {"en", "vi", "es"}


def test_the_words_of_the_unhappy_speak_of_delays(story: Story) -> None:
    words = next(each["words"]["words"] for each in story.report["words"] if each["item"] == "comment")
    low = {each["word"] for each in words if each["camp"] == "low" and each["p_adjusted"] < 0.05}
    assert {"trễ", "ngày"} <= low


def test_the_newest_low_scores_have_open_cases(inside: Story) -> None:
    low = sorted((each for each in inside.completed if each.outcome <= 6), key=lambda each: each.completed_at)
    opened = {case.customer_id for case in db.session.scalars(select(Case).where(Case.state == "open"))}
    assert {each.customer_id for each in low[-5:]} <= opened
    assert db.session.scalars(select(Case).where(Case.state == "closed")).first() is not None


def test_everybody_written_to_had_agreed(story: Story) -> None:
    fieldwork = story.report["fieldwork"]
    held_back = {reason for reason, n in fieldwork["held_back"].items() if n}
    assert held_back == {"no-address", "no-consent", "opted-out", "suppressed"}
    assert all(fieldwork["counts"][each] for each in ("completed", "partial", "break-off", "bounced", "unsubscribed"))


def test_addresses_lead_to_nobody(inside: Story) -> None:
    addresses = [*db.session.scalars(select(Customer.email).where(Customer.email.is_not(None)))]
    addresses += [*db.session.scalars(select(User.email))]
    # Two people stand there twice under one address, for the page of duplicates.
    assert len(addresses) == len(set(addresses)) + 2 > 1100
    assert all(each.endswith((".example", "@example.com", "@example.org")) for each in addresses)


def test_a_small_mail_campaign_waits_and_a_public_form_is_open(inside: Story) -> None:
    campaigns = {each.name: each for each in db.session.scalars(select(Campaign).where(Campaign.wave == ""))}
    assert {(each.mode, each.state) for each in campaigns.values()} == {("mail", "draft"), ("public", "open")}


def test_passwords_open_accounts_and_are_not_stored(inside: Story) -> None:
    first = inside.loaded.credentials[0]
    user = find_user(first.account.email)
    assert user is not None
    assert verify_password(first.password, user.password)
    assert all(each.password not in str(user.password) for each in inside.loaded.credentials)
    assert {each.account.role for each in inside.loaded.credentials} == {
        "marketer",
        "manager",
        "analyst",
        "agent",
        "admin",
    }


def test_removing_leaves_the_database_as_it_was(app: Flask) -> None:
    with app.app_context():
        before = row_counts()
        tell(n_customers=60)
        assert row_counts()["customers"] == 60 + N_TWINS
        with writing():
            remove_story()
            db.session.commit()
        after = row_counts()
    # The log of who did what keeps its lines.
    after.pop("audit_entries")
    assert after == before


def test_removing_spares_what_is_real(app: Flask) -> None:
    with app.app_context():
        with writing():
            make_organisation()
            db.session.add(Customer(name="Real", created_at=NOW, updated_at=NOW, attributes={}))
            db.session.commit()
        before = row_counts()
        tell(n_customers=60)
        with writing():
            remove_story()
            db.session.commit()
        after = row_counts()
    after.pop("audit_entries")
    assert after == before


def test_the_same_seed_tells_the_same_story(app: Flask) -> None:
    answers = []
    with app.app_context():
        for _time in range(2):
            tell(n_customers=60)
            rows = db.session.scalars(select(Response).order_by(Response.id))
            answers.append([(each.answers, each.missing, each.completed_at) for each in rows])
            with writing():
                remove_story()
                db.session.commit()
    assert answers[0] == answers[1]
    assert len(answers[0]) > 50


def test_the_command_loads_once_and_says_why_not_twice(app: Flask) -> None:
    runner = app.test_cli_runner()
    first = runner.invoke(args=["demo", "load", "--customers", "60", "--json"])
    assert first.exit_code == 0
    shown = json.loads(first.stdout)
    assert len(shown["staff"]) == 7
    assert "/w/" in shown["public_url"]
    second = runner.invoke(args=["demo", "load"])
    assert second.exit_code == 3
    assert "loaded already" in second.stderr


def test_a_real_installation_is_not_filled_without_a_yes(app: Flask) -> None:
    with app.app_context(), writing():
        make_organisation()
        db.session.commit()
    refused = app.test_cli_runner().invoke(args=["demo", "load", "--customers", "60"])
    assert refused.exit_code == 3
    assert "--yes" in refused.stderr
    taken = app.test_cli_runner().invoke(args=["demo", "load", "--customers", "60", "--yes"])
    assert taken.exit_code == 0


def test_nothing_is_removed_without_a_yes_or_a_story(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["demo", "remove"]).exit_code == 3
    assert runner.invoke(args=["demo", "remove", "--yes"]).exit_code == 3


def test_the_data_files_of_the_story_come_with_the_package() -> None:
    folder = Path(__file__).parents[3] / "survey_app" / "demo"
    assert {each.name for each in folder.glob("*.yaml")} == {"names.yaml", "questionnaire.yaml", "verbatims.yaml"}
