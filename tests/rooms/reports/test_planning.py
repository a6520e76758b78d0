"""The planner: what change a base can show, told as the statistics give it."""

from __future__ import annotations

import json
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner
from sqlalchemy import func, select

from analysis.planning import (
    PlanningOptions,
    detectable_change,
    margin_of_error,
    planned_mean,
    planned_net_promoter_score,
    planned_share,
    sample_size_for_change,
)
from analysis.values.planning import Plan as Planned
from survey_app.extensions import db, writing
from survey_app.jobs.carrying import drain
from survey_app.questionnaires.definition import Scale
from survey_app.questionnaires.operations import create_survey
from survey_app.questionnaires.parsing import parse
from survey_app.questionnaires.queries import get_survey
from survey_app.reports.models import Plan
from survey_app.reports.planning.computing import compute
from survey_app.reports.planning.expectations import expectation_of, is_best
from survey_app.reports.planning.operations import MOST_PLANS
from survey_app.reports.planning.presenting import plan_page
from survey_app.reports.planning.requests import Kind, PlanRequest, plannable, request_of
from tests.factories.questionnaires import NOW, a_definition, a_published_version, a_survey, an_item
from tests.rooms.reports.test_pages import a_survey_with_answers
from tests.signing_in import SignIn

URL = "/reports/relationship/plan"


def asked(kind: Kind = Kind.NPS, **changed: Any) -> PlanRequest:
    usual = {
        Kind.NPS: {"first": 0.5, "second": 0.2, "low": 0, "high": 10, "change": 5.0},
        Kind.SHARE: {"first": 0.8, "second": 0.0, "low": 1, "high": 5, "change": 0.05},
        Kind.MEAN: {"first": 5.2, "second": 1.4, "low": 1, "high": 7, "change": 0.25},
    }[kind]
    around = {"outcome": "nps", "kind": kind, "audience": 10_000, "invitations": 2_000, "response_rate": 0.2}
    return PlanRequest(**(around | usual | changed))


FIGURES = {
    Kind.NPS: planned_net_promoter_score(detractors=0.2, promoters=0.5),
    Kind.SHARE: planned_share(0.8),
    Kind.MEAN: planned_mean(5.2, 1.4, 1, 7),
}


@pytest.mark.parametrize("kind", list(Kind))
def test_the_numbers_are_those_of_the_statistics(kind: Kind) -> None:
    request, figure = asked(kind), FIGURES[kind]
    options = PlanningOptions(response_rate=0.2, population=10_000)
    found = compute(request)
    row = found["asked"]
    needed = sample_size_for_change(figure, request.change, options)
    rise = detectable_change(figure, 400, options)
    assert isinstance(needed, Planned)
    assert isinstance(rise, Planned)
    assert (row["invitations"], row["n"]) == (2000, 400)
    assert row["margin"]["effect"] == margin_of_error(figure, 400, options).effect
    assert row["rise"]["effect"] == rise.effect
    assert (found["needed"]["rise"]["n"], found["needed"]["rise"]["invitations"]) == (needed.n, needed.invitations)
    assert row in found["ladder"]
    assert [each["invitations"] for each in found["ladder"]] == [100, 200, 500, 1000, 2000, 5000, 10_000]


def test_a_plan_is_told_in_sentences_with_a_table_and_a_chart(app: Flask) -> None:
    with app.test_request_context():
        page = plan_page(asked(), compute(asked()))
    came, margin, detectable, needed = page.sentences
    assert came == "2,000 invitations at a response rate of 20.0% bring about 400 answers."
    assert margin == "The figure of one wave is then known to within 7.5 NPS points either way (95 % confidence)."
    assert "a rise of 14.8 NPS points or a fall of 15.9 NPS points is found in 80 % of cases" in detectable
    plans = [sample_size_for_change(FIGURES[Kind.NPS], change) for change in (5.0, -5.0)]
    n = max(plan.n for plan in plans if isinstance(plan, Planned))
    assert f"each wave needs {n:,} answers: {5 * n:,} invitations, more than there are customers" in needed
    assert len(page.rows) == 7
    assert page.rows[4][:2] == ["2,000", "400"]
    assert page.chart
    assert "14.8" in page.chart


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (asked(invitations=10), "too few to plan with"),
        (asked(first=1.0, second=0.0), "a fall of"),
        (asked(first=0.0, second=1.0), "a rise of"),
        (asked(Kind.SHARE, change=0.05, audience=10**8), "5.0 percentage points, each wave needs"),
        (asked(Kind.MEAN), "0.25 scale points"),
        (asked(Kind.SHARE, first=0.99, change=1.0), "cannot be found"),
        (asked(invitations=20, first=0.5, second=0.4), "not even the largest"),
    ],
)
def test_what_cannot_be_planned_is_said(app: Flask, request_: PlanRequest, words: str) -> None:
    with app.test_request_context():
        assert words in " ".join(plan_page(request_, compute(request_)).sentences)


def test_a_request_is_stored_and_read_back() -> None:
    assert request_of(json.loads(json.dumps(asked().data))) == asked()
    assert asked().key != asked(change=6.0).key


@pytest.fixture
def marketer(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context(), writing():
        a_published_version()
        db.session.commit()
    return sign_in("marketer")


SENT = {
    "of": "nps", "outcome": "nps", "first": "50", "second": "20", "audience": "10000", "invitations": "2000",
    "response_rate": "20", "change": "8",
}  # fmt: skip


def test_a_worker_computes_the_plan_and_the_check_tab_repeats_it(marketer: FlaskClient, app: Flask) -> None:
    waiting = marketer.get(URL, query_string=SENT).text
    assert "Computing" in waiting
    state = waiting.split('data-state-url="')[1].split('"')[0]
    assert marketer.get(state).json == {"state": "waiting"}
    drain(app)
    assert marketer.get(state).json == {"state": "computed"}
    page = unescape(marketer.get(URL, query_string=SENT).text)
    assert "a rise of 14.8 NPS points" in page
    assert "<svg" in page
    assert "To find a change of 8.0 NPS points, each wave needs" in page
    assert "a rise of 14.8 NPS points" in unescape(marketer.get("/surveys/relationship/check").text)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Plan)) == 1


def test_a_first_look_begins_with_stated_guesses(marketer: FlaskClient) -> None:
    page = unescape(marketer.get(URL).text)
    assert "20 % is our guess" in page
    assert "usual values to begin with" in page
    assert 'name="first" type="text" value="50.0"' in page or 'value="50.0"' in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"first": "90", "second": "20"}, "together are at most 100 percent"),
        ({"first": "-1"}, "from 0 to 100"),
        ({"first": ""}, "Enter a number."),
        ({"change": "0"}, "above 0 and up to 200"),
        ({"change": "nan"}, "Not a valid float value."),
        ({"response_rate": "0"}, "above 0 and up to 100"),
        ({"audience": "-5"}, "from 1 to 100,000,000"),
        ({"invitations": "20000"}, "not so many customers"),
        ({"audience": "many"}, "Not a valid integer value"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(marketer: FlaskClient, changed: dict[str, str], words: str) -> None:
    answer = marketer.get(URL, query_string=SENT | changed)
    assert answer.status_code == 422
    assert words in unescape(answer.text)
    assert 'aria-invalid="true"' in answer.text


def test_a_survey_without_a_score_is_told_what_the_planner_needs(marketer: FlaskClient, app: Flask) -> None:
    with app.app_context(), writing():
        a_survey("plain", pages=[{"code": "p", "items": [{"code": "c", "type": "text", "text": "Why?"}]}])
        db.session.commit()
    assert "Nothing to plan yet" in marketer.get("/reports/plain/plan").text
    assert marketer.get("/reports/none/plan").status_code == 404


def test_other_outcomes_have_their_own_fields(marketer: FlaskClient, app: Flask) -> None:
    with app.app_context(), writing():
        items = [
            an_item(),
            {"code": "csat", "type": "csat", "text": "A?"},
            {"code": "ces", "type": "ces", "text": "B?"},
        ]
        a_survey("three", pages=[{"code": "p", "items": items}])
        db.session.commit()
    share = unescape(marketer.get("/reports/three/plan?outcome=csat").text)
    assert "Expected share of satisfied customers" in share
    assert 'name="second"' not in share
    assert "Expected standard deviation" in marketer.get("/reports/three/plan?outcome=ces").text


def test_what_was_answered_so_far_is_expected_again(app: Flask) -> None:
    with app.app_context(), writing():
        a_survey_with_answers(60)
        survey = get_survey("shop")
        item = next(iter(plannable(parse(a_definition()).items).values()))
        found = expectation_of(survey, item)
    assert found.n_answers == 60
    assert 0 < found.first < 1
    assert (found.response_rate, found.n_invited) == (0.2, 0)


@pytest.mark.parametrize(
    ("point", "higher_is_better", "best"),
    [(5, True, True), (4, True, True), (3, True, False), (1, False, True), (2, False, True), (3, False, False)],
)
def test_the_best_two_points_count_as_satisfied(point: int, higher_is_better: bool, best: bool) -> None:
    item = next(iter(parse(a_definition(pages=[{"code": "p", "items": [{"code": "c", "type": "csat"}]}])).items))
    turned = Scale(1, 5, higher_is_better=higher_is_better)
    assert is_best(type(item)(code="c", type=item.type, text={}, scale=turned), point) is best


def test_only_the_newest_plans_are_kept(marketer: FlaskClient, app: Flask) -> None:
    for n in range(MOST_PLANS + 5):
        marketer.get(URL, query_string=SENT | {"change": str(n + 1)})
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Plan)) == MOST_PLANS


def test_the_command_prints_what_the_page_shows(app: Flask) -> None:
    with app.app_context(), writing():
        create_survey("shop", "Shop", parse(a_definition()), NOW)
        db.session.commit()
    runner: FlaskCliRunner = app.test_cli_runner()
    wish = ["--expected", "0.5", "--expected", "0.2", "--audience", "10000", "--invitations", "2000", "--change", "8"]
    told = runner.invoke(args=["reports", "plan", "shop", *wish])
    assert told.exit_code == 0, told.output
    assert "a rise of 14.8 NPS points" in told.output
    whole = json.loads(runner.invoke(args=["reports", "plan", "shop", *wish, "--json"]).output)
    assert whole["result"] == compute(request_of(whole["request"]))
    assert runner.invoke(args=["reports", "plan", "none"]).exit_code == 3
    assert runner.invoke(args=["reports", "plan", "shop", "--outcome", "comment"]).exit_code == 3
    assert runner.invoke(args=["reports", "plan", "shop", "--expected", "0.9", "--expected", "0.9"]).exit_code == 1
