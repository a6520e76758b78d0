"""Waves that come again by themselves: each run once, missed ones made up or told."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from survey_app.campaigns.commands.series import series_group
from survey_app.campaigns.models import Campaign, Invitation, Series, SeriesRun
from survey_app.campaigns.series.operations import SeriesPlan, create_series, resume_series, stop_series
from survey_app.campaigns.series.reading import SeriesError, read_waves
from survey_app.campaigns.series.rules import UNITS, Recurrence
from survey_app.campaigns.series.tasks import tick
from survey_app.campaigns.tasks import send_campaign
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from tests.factories.campaigns import NOW, a_campaign, willing
from tests.signing_in import SignIn

WEEKLY = {"on": "2026-11-09", "at": "09:00", "zone": "Asia/Ho_Chi_Minh", "unit": "weeks", "every": 1}
FIRST = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


def _a_series(n_customers: int = 3, **rule: Any) -> int:
    with writing():
        willing(n_customers)
        series = create_series(SeriesPlan("Relationship", "recurring", a_campaign(), WEEKLY | rule), NOW)
        db.session.commit()
        return series.id


def _tick(now: datetime) -> None:
    tick(JobRun(None, {}, now))


def _runs() -> list[tuple[str, str, bool]]:
    rows = db.session.scalars(select(SeriesRun).order_by(SeriesRun.key))
    return [(run.key, run.note, run.campaign_id is not None) for run in rows]


def _waves() -> list[Campaign]:
    return list(db.session.scalars(select(Campaign).where(Campaign.wave != "").order_by(Campaign.id)))


def test_a_wave_comes_at_its_hour_and_is_a_copy_of_the_draft(app: Flask) -> None:
    with app.app_context():
        _a_series()
        _tick(FIRST - timedelta(seconds=1))
        assert not _waves()
        _tick(FIRST)
        (wave,) = _waves()
        assert (wave.wave, wave.wave_order, wave.state, wave.name) == ("2026-W46", 1, "open", "Relationship 2026-W46")
        assert wave.closes_at == FIRST + timedelta(days=30)


def test_no_run_takes_place_twice_even_when_the_clock_is_set_back(app: Flask) -> None:
    with app.app_context():
        _a_series()
        for now in (FIRST, FIRST, FIRST - timedelta(hours=3), FIRST + timedelta(minutes=1)):
            _tick(now)
        assert len(_waves()) == 1


def test_of_several_missed_runs_the_latest_is_made_up_and_the_others_are_told(app: Flask) -> None:
    with app.app_context():
        _a_series()
        _tick(FIRST + 2 * WEEK + timedelta(days=1))
        assert _runs() == [("2026-11-09", "missed", False), ("2026-11-16", "missed", False), ("2026-11-23", "", True)]


def test_what_a_stop_left_out_is_written_down_and_not_made_up(app: Flask) -> None:
    with app.app_context():
        series_id = _a_series()
        with writing():
            stop_series(db.session.get_one(Series, series_id))
            db.session.commit()
        _tick(FIRST)
        assert not _runs()
        with writing():
            resume_series(db.session.get_one(Series, series_id), FIRST + timedelta(hours=1))
            db.session.commit()
        _tick(FIRST + timedelta(hours=1))
        assert _runs() == [("2026-11-09", "stopped", False)]
        _tick(FIRST + WEEK)
        assert [wave.wave for wave in _waves()] == ["2026-W47"]


def test_a_run_with_nobody_to_ask_says_so_and_leaves_no_campaign(app: Flask) -> None:
    with app.app_context():
        _a_series(n_customers=0)
        _tick(FIRST)
        assert _runs() == [("2026-11-09", "nobody", False)]
        assert not _waves()


def test_a_base_in_parts_asks_everybody_once_a_round(app: Flask) -> None:
    with app.app_context():
        _a_series(n_customers=12, parts=3)
        for week in range(3):
            _tick(FIRST + week * WEEK)
        for wave in _waves():
            send_campaign(JobRun(wave.id, {}, FIRST))
        asked = db.session.scalars(select(Invitation.customer_id)).all()
        assert len(asked) == len(set(asked)) == 12
        parts = db.session.scalars(select(func.count()).group_by(Invitation.campaign_id).select_from(Invitation))
        assert len(parts.all()) > 1


def test_two_workers_at_once_start_one_wave(app: Flask) -> None:
    with app.app_context():
        _a_series()
        db.session.remove()
    together = Barrier(2)

    def work() -> None:
        with app.app_context():
            together.wait()
            _tick(FIRST)
            db.session.remove()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with app.app_context():
        assert len(_waves()) == 1


@given(
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    st.integers(1, 12),
    st.sampled_from(UNITS),
    st.dates(date(2020, 1, 1), date(2045, 1, 1)),
)
def test_no_run_is_skipped_or_repeated(first_on: date, every: int, unit: str, day: date) -> None:
    recurrence = Recurrence(first_on, every, unit)
    runs = recurrence.next_runs(day, 5)
    assert [run.number for run in runs] == list(range(runs[0].number, runs[0].number + 5))
    assert all(earlier.on < later.on for earlier, later in itertools.pairwise(runs))
    assert runs[0].on >= max(day, first_on)
    assert runs[0].number == 0 or recurrence.run(runs[0].number - 1).on < day


def test_the_last_day_of_a_month_stays_the_last_day() -> None:
    runs = Recurrence(date(2027, 1, 31)).next_runs(date(2027, 1, 1), 4)
    assert [run.key for run in runs] == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]
    assert [run.label for run in Recurrence(date(2026, 11, 1), 1, "quarters").next_runs(date(2026, 11, 1), 2)] == [
        "2026 Q4",
        "2027 Q1",
    ]


def test_a_run_keeps_its_wall_time_when_clocks_change() -> None:
    waves = read_waves({"on": "2026-10-23", "at": "02:30", "zone": "Europe/Madrid", "unit": "days"})
    instants = [f"{at:%d %H:%M}" for _run, at in waves.coming(datetime(2026, 10, 22, 12, tzinfo=UTC), 4)]
    assert instants == ["23 00:30", "24 00:30", "25 00:30", "26 01:30"]


@pytest.mark.parametrize(
    "rule",
    [
        {},
        WEEKLY | {"unit": "fortnights"},
        WEEKLY | {"every": 0},
        WEEKLY | {"parts": 1000},
        WEEKLY | {"zone": "Mars/Olympus"},
        WEEKLY | {"on": "soon"},
    ],
)
def test_a_series_that_makes_no_sense_is_refused_in_words(rule: dict[str, Any]) -> None:
    with pytest.raises(SeriesError, match=r"^[A-Z].*\.$"):
        read_waves(rule)


def test_the_command_shows_the_next_ten_runs_with_their_instants(app: Flask) -> None:
    with app.app_context(), writing():
        template = a_campaign().id
        db.session.commit()
    options = ["--name", "Weekly", "--template", str(template), "--first-on", "2099-01-05", "--unit", "weeks"]
    run = app.test_cli_runner().invoke
    made = run(series_group, ["create", *options, "--zone", "Asia/Kathmandu", "--parts", "13", "--json"])
    assert made.exit_code == 0, made.stderr
    shown = json.loads(made.stdout)["next"]
    assert len(shown) == 10
    assert shown[0] == {"key": "2099-01-05", "at": "2099-01-05T03:15:00Z", "label": "2099-W02", "part": 1, "of": 13}
    again = run(series_group, ["create", *options, "--zone", "Asia/Kathmandu"])
    assert again.exit_code == 3
    assert "Another series" in again.stderr


def test_a_repeating_wave_is_made_stopped_and_resumed_on_its_page(app: Flask, sign_in: SignIn) -> None:
    staff = sign_in("marketer")
    with app.app_context(), writing():
        willing(2)
        template = a_campaign().id
        db.session.commit()
    form = {
        "name": "Quarterly",
        "template": str(template),
        "on": "2099-01-05",
        "at": "09:00",
        "zone": "Asia/Ho_Chi_Minh",
        "every": "1",
        "unit": "weeks",
        "parts": "13",
        "open_days": "30",
    }
    assert staff.get("/campaigns/series/new/recurring").status_code == 200
    wrong = staff.post("/campaigns/series/new/recurring", data=form | {"zone": "Mars/Olympus"})
    assert (wrong.status_code, "no time zone" in wrong.text, "Quarterly" in wrong.text) == (422, True, True)
    made = staff.post("/campaigns/series/new/recurring", data=form)
    assert made.status_code == 303
    page = staff.get(made.location).text
    assert page.count("<tr>") == 11
    assert "2099-01-05 02:00:00" in page
    for step, word in (("stop", "Stopped"), ("resume", "Running")):
        assert staff.post(f"{made.location}/{step}").status_code == 303
        assert word in staff.get(made.location).text
    assert "Quarterly" in staff.get("/campaigns/series").text
    assert sign_in("analyst").post(f"{made.location}/stop").status_code == 404


def test_a_trigger_is_made_on_its_page_and_shows_what_became_of_each_event(app: Flask, sign_in: SignIn) -> None:
    staff = sign_in("marketer")
    assert "First make a draft" in staff.get("/campaigns/series/new/triggered").text
    with app.app_context(), writing():
        template = a_campaign().id
        db.session.commit()
    form = {
        "name": "After a purchase",
        "template": str(template),
        "kind": "purchase",
        "least_value": "100",
        "delay": "2",
        "delay_unit": "1440",
        "period": "month",
        "max_age_days": "7",
        "open_days": "30",
    }
    made = staff.post("/campaigns/series/new/triggered", data=form)
    assert made.status_code == 303
    page = staff.get(made.location).text
    assert "2 days after each interaction" in page
    assert "Its value" in page
    with app.app_context():
        rule = db.session.scalars(select(Series)).one().rule
    assert (rule["delay_minutes"], rule["condition"]["value"]) == (2880, 100.0)
