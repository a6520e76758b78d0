"""Surveys that follow something that happened: each event once, and each reason told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.campaigns.models import Campaign, Invitation, Series, TriggerEvent
from survey_app.campaigns.series.operations import SeriesPlan, create_series, resume_series, stop_series
from survey_app.campaigns.series.reading import SeriesError
from survey_app.campaigns.series.tasks import tick
from survey_app.customers.models import Customer
from survey_app.customers.operations import Happening, record_interaction
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.outbox.models import OutboxMail
from tests.factories.campaigns import NOW, a_campaign, willing
from tests.factories.customers import make_customer

PURCHASE = {"kind": "purchase", "delay_minutes": 60, "period": "month"}
HOUR = timedelta(hours=1)


def _a_trigger(pace: dict[str, Any] | None = None, **rule: Any) -> list[Customer]:
    """Make a trigger on purchases and two willing customers."""
    with writing():
        template = a_campaign()
        template.pace = pace or {}
        create_series(SeriesPlan("After a purchase", "triggered", template, PURCHASE | rule), NOW)
        customers = willing(2)
        db.session.commit()
        return customers


def _happens(customer: Customer, at: datetime = NOW, kind: str = "purchase", **more: Any) -> None:
    with writing():
        record_interaction(customer, Happening(kind=kind, happened_at=at, **more), max(at, NOW))
        db.session.commit()


def _tick(now: datetime) -> None:
    tick(JobRun(None, {}, now))


def _events() -> list[tuple[str, str | None]]:
    rows = db.session.scalars(select(TriggerEvent).order_by(TriggerEvent.id))
    return [(event.state, event.reason) for event in rows]


def _invitations() -> list[Invitation]:
    return list(db.session.scalars(select(Invitation).order_by(Invitation.id)))


def test_a_purchase_is_asked_about_after_the_delay_and_once(app: Flask) -> None:
    with app.app_context():
        customer, _other = _a_trigger()
        _happens(customer)
        _tick(NOW)
        assert _events() == [("waiting", None)]
        assert not _invitations()
        for now in (NOW + HOUR, NOW + HOUR, NOW + 2 * HOUR):
            _tick(now)
        assert _events() == [("invited", None)]
        (invitation,) = _invitations()
        assert invitation.interaction_id is not None
        assert db.session.scalars(select(OutboxMail.to_address)).all() == [customer.email]
        wave = db.session.scalars(select(Campaign).where(Campaign.wave != "")).one()
        assert (wave.wave, wave.audience_done, wave.state) == ("2026-11", True, "open")


def test_nobody_is_asked_twice_in_a_period_and_the_reason_is_told(app: Flask) -> None:
    with app.app_context():
        customer, _other = _a_trigger()
        for day in range(3):
            _happens(customer, NOW + timedelta(days=day))
            _tick(NOW + timedelta(days=day, hours=1))
        assert _events() == [("invited", None), ("held-back", "already-asked"), ("held-back", "already-asked")]
        _happens(customer, NOW + timedelta(days=35))
        _tick(NOW + timedelta(days=35, hours=1))
        assert len(_invitations()) == 2
        assert _events()[-1] == ("invited", None)


def test_an_import_of_last_year_asks_nobody(app: Flask) -> None:
    with app.app_context():
        customer, _other = _a_trigger()
        _happens(customer, NOW - timedelta(days=365))
        _tick(NOW + HOUR)
        assert _events() == []


def test_what_was_recorded_late_is_found_whatever_its_number(app: Flask) -> None:
    with app.app_context():
        first, second = _a_trigger()
        _happens(second, NOW + timedelta(minutes=5))
        _tick(NOW + timedelta(minutes=6))
        _happens(first, NOW)
        _tick(NOW + timedelta(minutes=7))
        assert len(_events()) == 2


def test_whoever_may_not_be_asked_is_held_back_with_the_reason(app: Flask) -> None:
    with app.app_context():
        _a_trigger()
        with writing():
            silent = make_customer()
            db.session.commit()
        _happens(silent)
        _tick(NOW)
        _tick(NOW + HOUR)
        assert _events() == [("held-back", "no-consent")]
        assert [each.held_back_reason for each in _invitations()] == ["no-consent"]


def test_quiet_hours_move_the_survey_to_the_morning(app: Flask) -> None:
    with app.app_context():
        customer, _other = _a_trigger(pace={"quiet": ["20:00", "08:00"], "zone": "UTC"})
        evening = datetime(2026, 11, 2, 19, 30, tzinfo=UTC)
        _happens(customer, evening)
        _tick(evening)
        due_at = db.session.scalars(select(TriggerEvent.due_at)).one()
        assert due_at == datetime(2026, 11, 3, 8, 0, tzinfo=UTC)


def test_a_condition_looks_at_the_event_and_at_the_customer(app: Flask) -> None:
    condition = {
        "all": [
            {"field": "happened.value", "op": "at_least", "value": 100},
            {"field": "customer.language", "op": "is", "value": "en"},
        ]
    }
    with app.app_context():
        first, second = _a_trigger(condition=condition)
        _happens(first, value=250)
        _happens(second, value=10)
        _tick(NOW)
        assert _events() == [("waiting", None), ("held-back", "not-meant")]


def test_a_condition_on_what_there_is_not_is_refused_in_words(app: Flask) -> None:
    with app.app_context(), pytest.raises(SeriesError, match="no field named"):
        _a_trigger(condition={"field": "happened.weather", "op": "is", "value": "rain"})


def test_a_stopped_trigger_asks_nobody_and_what_passed_is_not_made_up(app: Flask) -> None:
    with app.app_context():
        customer, _other = _a_trigger()
        _happens(customer)
        _tick(NOW)
        with writing():
            stop_series(db.session.scalars(select(Series)).one())
            db.session.commit()
        _tick(NOW + HOUR)
        assert _events() == [("waiting", None)]
        with writing():
            resume_series(db.session.scalars(select(Series)).one(), NOW + 2 * HOUR)
            db.session.commit()
        _tick(NOW + 2 * HOUR)
        assert _events() == [("held-back", "stopped")]
        assert not _invitations()
