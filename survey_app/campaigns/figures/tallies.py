"""Counts that decisions rest on: what came back, how a pilot goes, how each of two wordings does."""

from __future__ import annotations

from sqlalchemy import ColumnElement, case, func, select

from analysis.values.fieldwork import Disposition
from survey_app.campaigns.figures.progress import STARTED, mail_key
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.sending.experiments import Arm, Measure
from survey_app.campaigns.sending.gates import PilotCounts, Returns
from survey_app.extensions import db
from survey_app.outbox.models import OutboxMail

_WAITS = Invitation.disposition == Disposition.NOT_YET_SENT
_WENT = Invitation.sent_at.is_not(None)
_REFUSED = Invitation.disposition == Disposition.FAILED
_RETURNED = Invitation.disposition.in_((Disposition.BOUNCED, Disposition.FAILED))
_COMPLAINED = OutboxMail.complained_at.is_not(None)


def returns_of(campaign: Campaign) -> Returns:
    """Return how many of the campaign's invitations were tried, came back, and were complained about."""
    n_complained = select(func.count()).where(OutboxMail.group_key == f"campaign:{campaign.id}", _COMPLAINED)
    counted = select(_n(_WENT | _REFUSED), _n(_RETURNED)).where(
        Invitation.campaign_id == campaign.id, ~Invitation.is_test
    )
    n_tried, n_returned = db.session.execute(counted).one()
    return Returns(n_tried or 0, n_returned or 0, db.session.scalar(n_complained) or 0)


def pilot_counts(campaign: Campaign) -> PilotCounts:
    """Return how the campaign's pilot is going."""
    counted = (
        *(func.count(), _n(_WAITS), _n(_WENT | _REFUSED), _n(_RETURNED), _n(_COMPLAINED)),
        *(_n(Invitation.disposition.in_(STARTED)), _n(Invitation.disposition == Disposition.COMPLETED)),
    )
    row = db.session.execute(
        select(*counted)
        .select_from(Invitation)
        .outerjoin(OutboxMail, OutboxMail.key == mail_key())
        .where(Invitation.campaign_id == campaign.id, Invitation.is_pilot)
    ).one()
    return PilotCounts(*(int(each or 0) for each in row))


def arms_of(campaign: Campaign, measure: Measure) -> tuple[Arm, Arm]:
    """Return how each wording does among the people of the test whose mail went out."""
    did: ColumnElement[bool] = Invitation.disposition.in_(STARTED)
    if measure is Measure.FINISHED:
        did = Invitation.disposition == Disposition.COMPLETED
    rows = db.session.execute(
        select(Invitation.variant, func.count(), _n(did))
        .where(Invitation.campaign_id == campaign.id, Invitation.is_pilot, _WENT)
        .group_by(Invitation.variant)
    )
    found = {variant: Arm(n_sent, int(n_did or 0)) for variant, n_sent, n_did in rows}
    return found.get("a", Arm(0, 0)), found.get("b", Arm(0, 0))


def _n(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
