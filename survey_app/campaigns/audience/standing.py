"""What contact rules say about mail to one customer, with the date on which they let it go again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from analysis.values.fieldwork import Disposition
from survey_app.campaigns.audience.contact_rules import rules_for
from survey_app.campaigns.models import Campaign, ContactRule, Invitation
from survey_app.customers.models import Customer
from survey_app.customers.queries import customers_in
from survey_app.customers.standing import Reason
from survey_app.extensions import db
from survey_app.questionnaires.models import Survey


def contact_reasons(customer: Customer, now: datetime) -> Iterable[Reason]:
    """Yield the contact rules by which mail to a customer has to wait, and until when."""
    yield from _waiting(customer)
    for rule in rules_for("mail"):
        until = max(_free_from(rule, customer, now), default=None)
        if until is not None and until > now and _speaks_of(rule, customer, now):
            words = _("By the contact rule “%(name)s” they are not asked again yet.", name=rule.name)
            yield Reason("contact-rule", words, blocks=True, source=rule.name, until=until)


def _waiting(customer: Customer) -> Iterator[Reason]:
    """Yield the invitations that stand in the queue and have not gone yet."""
    rows = select(Campaign.name, Invitation.due_at, Invitation.created_at).join(Invitation.campaign)
    for name, due_at, created_at in db.session.execute(rows.where(*_waits(customer)).order_by(Invitation.id)):
        if due_at is None:
            words = _("An invitation of the campaign “%(name)s” waits to be sent.", name=name)
        else:
            when = f"{due_at:%Y-%m-%d %H:%M} UTC"
            words = _("An invitation of the campaign “%(name)s” waits to be sent, at %(when)s.", name=name, when=when)
        yield Reason("invitation-waits", words, blocks=False, since=created_at, source=name)


def _waits(customer: Customer) -> tuple[ColumnElement[bool], ...]:
    running = select(Campaign.id).where(Campaign.state.in_(("scheduled", "open", "paused")))
    return (
        Invitation.customer_id == customer.id,
        Invitation.disposition == Disposition.NOT_YET_SENT,
        Invitation.campaign_id.in_(running),
        ~Invitation.is_test,
    )


def _speaks_of(rule: ContactRule, customer: Customer, now: datetime) -> bool:
    if rule.segment is None:
        return True
    inside = customers_in(rule.segment, now).where(Customer.id == customer.id)
    return db.session.scalar(inside.with_only_columns(Customer.id)) is not None


def _free_from(rule: ContactRule, customer: Customer, now: datetime) -> Iterator[datetime]:
    """Yield the instants from which on each part of a rule lets a request go."""
    asked = _asked(rule, customer, now)
    if rule.min_gap_days and asked:
        yield asked[0] + timedelta(days=rule.min_gap_days)
    if rule.most is not None and rule.period_days and len(asked) >= rule.most > 0:
        yield asked[rule.most - 1] + timedelta(days=rule.period_days)
    answered = _answered(customer) if rule.after_answer_days else None
    if answered is not None:
        yield answered + timedelta(days=rule.after_answer_days or 0)


def _asked(rule: ContactRule, customer: Customer, now: datetime) -> list[datetime]:
    """Return when this customer was asked, the newest first; as many as the rule can count, and what waits as now."""
    waits = select(func.count()).select_from(Invitation).where(*_waits(customer))
    mine = select(Invitation.sent_at).where(Invitation.customer_id == customer.id, Invitation.sent_at.is_not(None))
    mine = mine.where(~Invitation.is_test)
    if rule.channel is not None:
        mine = mine.where(Invitation.channel == rule.channel)
        waits = waits.where(Invitation.channel == rule.channel)
    newest = db.session.scalars(mine.order_by(Invitation.sent_at.desc()).limit(max(rule.most or 1, 1)))
    return [now] * (db.session.scalar(waits) or 0) + [at for at in newest if at is not None]


def _answered(customer: Customer) -> datetime | None:
    """Return when they last answered, as far as it may be known: nothing is told of secret answers."""
    mine = select(Invitation.completed_at).join(Campaign, Campaign.id == Invitation.campaign_id)
    mine = mine.join(Survey, Survey.id == Campaign.survey_id).where(Survey.identification == "identified")
    mine = mine.where(Invitation.customer_id == customer.id, Invitation.completed_at.is_not(None))
    return db.session.scalar(mine.order_by(Invitation.completed_at.desc()).limit(1))
