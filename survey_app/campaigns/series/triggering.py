"""Surveys that follow something that happened: events found, and taken up when their time comes. The caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from survey_app.accounts.queries import get_organisation
from survey_app.campaigns.audience.addressing import Occasion
from survey_app.campaigns.life import start_campaign
from survey_app.campaigns.models import Campaign, Invitation, Series, SeriesRun, TriggerEvent
from survey_app.campaigns.sending.inviting import invite_after
from survey_app.campaigns.series.copying import Wave, copy_template
from survey_app.campaigns.series.queries import get_run
from survey_app.campaigns.series.reading import SeriesError, read_trigger
from survey_app.campaigns.series.rules import Trigger, at_midnight
from survey_app.campaigns.series.taking import take_run
from survey_app.campaigns.timing.pace import Pace
from survey_app.campaigns.timing.pacing import first_allowed
from survey_app.campaigns.timing.zones import instant_of, wall_of
from survey_app.conditions.rules import FieldKind, Tree, check, evaluate, fields_of, resolved
from survey_app.customers.models import Customer, Interaction
from survey_app.customers.segments import fields, values_of
from survey_app.extensions import db
from survey_app.jobs.upserts import insert

# So far back events are looked for: by when we learned of them, so that a worker may be down for days.
LOOK_BACK = timedelta(days=14)
CHUNK = 200
# What a condition may say of the interaction itself.
HAPPENED: dict[str, FieldKind] = {
    "happened.value": FieldKind.NUMBER,
    "happened.channel": FieldKind.TEXT,
    "happened.product": FieldKind.TEXT,
    "happened.location": FieldKind.TEXT,
    "happened.campaign": FieldKind.TEXT,
}


def check_condition(condition: Tree | None) -> None:
    """Raise SeriesError, in words, where a trigger's condition is not well formed."""
    problems = check(condition, fields() | HAPPENED)
    if problems:
        raise SeriesError(" ".join(str(each) for each in problems))


def find_events(series: Series, now: datetime) -> int:
    """Write down what happened since and has no event yet, and return how much; asked again, it finds the rest.

    Not by the highest number seen so far: another transaction may commit a lower one later.
    """
    trigger = read_trigger(series.rule)
    found = list(db.session.execute(_unseen(series, trigger, now).limit(CHUNK)))
    for interaction, zone in found:
        values = _event(series, trigger, (interaction, zone), now)
        statement = insert(TriggerEvent).values(values)
        db.session.execute(statement.on_conflict_do_nothing(index_elements=["series_id", "interaction_id"]))
    return len(found)


def take_up(series: Series, now: datetime) -> int:
    """Invite for the series' due events, each at most once a wave, and return how many events were taken up."""
    due = select(TriggerEvent).where(
        TriggerEvent.series_id == series.id, TriggerEvent.state == "waiting", TriggerEvent.due_at <= now
    )
    events = list(db.session.scalars(due.order_by(TriggerEvent.id).limit(CHUNK).with_for_update(skip_locked=True)))
    if not events:
        return 0
    campaign = _wave_of(series, now)
    if campaign.state != "open":
        _hold_back(events, f"wave-{campaign.state}")
        return len(events)
    # The newest of several events of one person is the one they are asked about.
    newest = {event.customer_id: event for event in events}
    zones = dict(db.session.execute(select(Customer.id, Customer.time_zone).where(Customer.id.in_(newest))).all())
    occasions = {
        customer_id: Occasion(event.interaction_id, _allowed(series, now, zones.get(customer_id)))
        for customer_id, event in newest.items()
    }
    answers = invite_after(campaign, occasions, now)
    invited = _invitations(campaign, [*newest])
    for event in events:
        invitation = invited.get(event.customer_id)
        reason = answers.get(event.customer_id, "already-asked")
        if event is not newest[event.customer_id]:
            reason = "already-asked"
        event.state, event.reason = ("held-back", str(reason)) if reason else ("invited", None)
        event.invitation_id = invitation.id if invitation and not reason else None
    return len(events)


def _unseen(series: Series, trigger: Trigger, now: datetime) -> Any:
    seen = select(TriggerEvent.id).where(
        TriggerEvent.series_id == series.id, TriggerEvent.interaction_id == Interaction.id
    )
    return (
        select(Interaction, Customer.time_zone)
        .join(Customer, Customer.id == Interaction.customer_id)
        .where(
            Interaction.kind == trigger.kind,
            Interaction.recorded_at >= max(series.created_at, now - LOOK_BACK),
            _is_fresh(trigger, now),
            ~seen.exists(),
        )
        .order_by(Interaction.id)
    )


def _is_fresh(trigger: Trigger, now: datetime) -> ColumnElement[bool]:
    """Return the condition on interactions that are no old news: whoever imports last year asks nobody."""
    return Interaction.happened_at >= now - timedelta(days=trigger.max_age_days, minutes=trigger.delay_minutes)


def _event(series: Series, trigger: Trigger, seen: tuple[Interaction, str | None], now: datetime) -> dict[str, Any]:
    interaction, zone = seen
    due_at = trigger.due_at(interaction.happened_at, now)
    is_meant = _holds(trigger.condition, interaction, now)
    return {
        "series_id": series.id,
        "interaction_id": interaction.id,
        "customer_id": interaction.customer_id,
        "due_at": _allowed(series, due_at, zone),
        "state": "waiting" if is_meant else "held-back",
        "reason": None if is_meant else "not-meant",
        "created_at": now,
    }


def _allowed(series: Series, instant: datetime, zone: str | None) -> datetime:
    """Return the first instant at which the series' mails may go."""
    return first_allowed(Pace.from_data(series.template.pace), get_organisation().time_zone, instant, zone)


def _holds(condition: Tree | None, interaction: Interaction, now: datetime) -> bool:
    if condition is None:
        return True
    wanted = fields_of(condition)
    happened = {name: getattr(interaction, name.partition(".")[2]) for name in wanted if name in HAPPENED}
    known = values_of(interaction.customer_id, [name for name in wanted if name not in HAPPENED], now)
    return evaluate(resolved(condition, now.date()), known | happened)


def _wave_of(series: Series, now: datetime) -> Campaign:
    """Return the campaign of the current period; the first event of a period makes it."""
    trigger, zone = read_trigger(series.rule), get_organisation().time_zone
    label, end = trigger.period_of(wall_of(now, zone).date())
    # Of two workers one writes the run down; the other waits for it and finds it.
    run = take_run(series, SeriesRun(key=label, planned_at=now, ran_at=now)) or get_run(series, label)
    if run.campaign_id is not None:
        return db.session.get_one(Campaign, run.campaign_id)
    closes_at = instant_of(at_midnight(end), zone) + timedelta(days=trigger.open_days)
    # The label sorts as time does, but an order is a number: the day before the next period.
    order = int(f"{end - timedelta(days=1):%Y%m%d}")
    campaign = copy_template(series, Wave(label, order, closes_at), now)
    # Nobody is in its audience: people come one by one.
    campaign.audience_done = True
    run.campaign_id = campaign.id
    start_campaign(campaign)
    return campaign


def _invitations(campaign: Campaign, customer_ids: Sequence[int]) -> dict[int | None, Invitation]:
    found = select(Invitation).where(Invitation.campaign_id == campaign.id, Invitation.customer_id.in_(customer_ids))
    return {invitation.customer_id: invitation for invitation in db.session.scalars(found)}


def _hold_back(events: Sequence[TriggerEvent], reason: str) -> None:
    for event in events:
        event.state, event.reason = "held-back", reason
