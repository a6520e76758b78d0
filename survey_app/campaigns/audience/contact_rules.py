"""How often one person may be asked: what the rules say of each customer, worked out by the database.

A request counts when its mail went, or waits to go. An answer counts where the survey is not confidential or anonymous:
a list of people held back must not tell who answered those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, false, func, literal, null, select, union_all

from analysis.values.fieldwork import Disposition, HoldReason
from survey_app.campaigns.models import Campaign, ContactRule, Invitation
from survey_app.customers.models import Customer
from survey_app.customers.queries import customers_in
from survey_app.extensions import UtcDateTime, db
from survey_app.questionnaires.models import Survey

# What is joined to a reason to name the rule: `recently-asked:3`.
MARK = ":"
_WAITING_STATES = ("scheduled", "open", "paused")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, by which way, and when: what contact rules are measured against."""

    campaign_id: int
    channel: str
    now: datetime


def list_rules() -> list[ContactRule]:
    """Return all contact rules in the order in which they are told."""
    return list(db.session.scalars(select(ContactRule).order_by(ContactRule.id)))


def find_rule(rule_id: int) -> ContactRule | None:
    """Return the rule, if there is one."""
    return db.session.get(ContactRule, rule_id)


def rules_for(channel: str) -> list[ContactRule]:
    """Return the active rules that speak of a channel."""
    return [rule for rule in list_rules() if rule.is_active and rule.channel in {None, channel}]


def asked_before(rules: Sequence[ContactRule], asking: Asking, only: Select[int] | None) -> Subquery | None:
    """Return a row for each customer asked or answering lately; None without rules. `only` names the customers."""
    if not rules:
        return None
    happened = _happened(rules, asking, only).subquery("happened")
    columns = [happened.c.customer_id]
    for rule in rules:
        counts = happened.c.channel == rule.channel if rule.channel else literal(value=True)
        asked = case((counts, happened.c.asked_at))
        columns.append(func.max(asked).label(f"last_{rule.id}"))
        columns.append(func.max(case((counts, happened.c.answered_at))).label(f"answered_{rule.id}"))
        if rule.most is not None and rule.period_days is not None:
            is_inside = and_(counts, happened.c.asked_at > asking.now - timedelta(days=rule.period_days))
            columns.append(func.sum(case((is_inside, 1), else_=0)).label(f"n_{rule.id}"))
    return select(*columns).group_by(happened.c.customer_id).subquery("asked_before")


def rule_reasons(
    rules: Sequence[ContactRule], asking: Asking, asked: Subquery
) -> list[tuple[ColumnElement[bool], str]]:
    """Return for every rule the conditions under which it holds a customer back, with the reason and the rule."""
    found: list[tuple[ColumnElement[bool], str]] = []
    for rule in rules:
        speaks = _speaks_of(rule, asking.now)
        for holds, reason in _broken(rule, asking.now, asked):
            found.append((and_(holds, *speaks), f"{reason}{MARK}{rule.id}"))
    return found


def _broken(rule: ContactRule, now: datetime, asked: Subquery) -> list[tuple[ColumnElement[bool], HoldReason]]:
    broken = []
    if rule.after_answer_days is not None:
        since = literal(now - timedelta(days=rule.after_answer_days), UtcDateTime())
        broken.append((asked.c[f"answered_{rule.id}"] > since, HoldReason.ANSWERED_RECENTLY))
    if rule.min_gap_days is not None:
        since = literal(now - timedelta(days=rule.min_gap_days), UtcDateTime())
        broken.append((asked.c[f"last_{rule.id}"] > since, HoldReason.RECENTLY_ASKED))
    if rule.most is not None:
        broken.append((asked.c[f"n_{rule.id}"] >= rule.most, HoldReason.ASKED_TOO_OFTEN))
    return broken


def _speaks_of(rule: ContactRule, now: datetime) -> list[ColumnElement[bool]]:
    if rule.segment is None:
        return []
    members = customers_in(rule.segment, now).with_only_columns(Customer.id).order_by(None).subquery()
    return [Customer.id.in_(select(members.c.id))]


def _happened(rules: Sequence[ContactRule], asking: Asking, only: Select[int] | None) -> Select[Any, Any, Any, Any]:
    """Return every request and answer that a rule may count: three reads, each by an index of its own."""
    nothing = literal(None, UtcDateTime())
    mine = [Invitation.campaign_id != asking.campaign_id]
    if only is not None:
        mine.append(Invitation.customer_id.in_(only))
    who = (Invitation.customer_id, Invitation.channel)
    windows = [days for rule in rules for days in (rule.min_gap_days, rule.period_days) if days]
    answers = [rule.after_answer_days for rule in rules if rule.after_answer_days]
    parts: list[Select[Any, Any, Any, Any]] = []
    if windows:
        since = asking.now - timedelta(days=max(windows))
        sent = select(*who, Invitation.sent_at.label("asked_at"), nothing.label("answered_at"))
        parts.append(sent.where(Invitation.sent_at > since, Invitation.customer_id.is_not(None), *mine))
        waits = select(*who, literal(asking.now, UtcDateTime()).label("asked_at"), nothing.label("answered_at"))
        parts.append(waits.where(_is_waiting(), Invitation.sent_at.is_(None), ~Invitation.is_test, *mine))
    if answers:
        since = asking.now - timedelta(days=max(answers))
        told = select(*who, nothing.label("asked_at"), Invitation.completed_at.label("answered_at"))
        is_seen = Invitation.campaign_id.in_(_campaigns_that_show_who())
        parts.append(told.where(Invitation.completed_at > since, is_seen, ~Invitation.is_test, *mine))
    if not parts:
        parts.append(select(*who, null().label("asked_at"), null().label("answered_at")).where(false()))
    every = union_all(*parts).subquery("every")
    return select(every.c.customer_id, every.c.channel, every.c.asked_at, every.c.answered_at)


def _is_waiting() -> ColumnElement[bool]:
    """Return the condition on invitations that are put down and have not gone yet."""
    running = select(Campaign.id).where(Campaign.state.in_(_WAITING_STATES))
    return and_(Invitation.campaign_id.in_(running), Invitation.disposition == Disposition.NOT_YET_SENT)


def _campaigns_that_show_who() -> Select[int]:
    return select(Campaign.id).join(Survey).where(Survey.identification == "identified")
