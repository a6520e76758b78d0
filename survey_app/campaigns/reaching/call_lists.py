"""The call list of a campaign by telephone: who is called next, and what came of it.

Whoever takes the next person has them alone for a while, by one atomic statement; what is not finished by then goes
back to the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Table, func, insert, literal, or_, select, update

from analysis.values.fieldwork import Disposition, HoldReason
from survey_app.accounts.operations import record
from survey_app.campaigns.models import Call, Campaign, Invitation
from survey_app.campaigns.reaching.handing_over import held_now
from survey_app.campaigns.rules import UNFINISHED
from survey_app.campaigns.steps import CampaignError
from survey_app.customers.rules import clean_text
from survey_app.extensions import UtcDateTime, db

LEASE = timedelta(minutes=30)
AGAIN = timedelta(hours=4)
MOST_TRIES = 6
LONGEST_NOTE = 1000
OUTCOMES = ("reached", "no-answer", "callback", "refused", "wrong-number")
CALLABLE = (Disposition.NOT_YET_SENT, *UNFINISHED)
_calls, _invitations = cast("Table", Call.__table__), cast("Table", Invitation.__table__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call: one of OUTCOMES, when to call back, and what is worth knowing the next time."""

    name: str
    again_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CallList:
    """How a call list stands: people to be called now, later, in somebody's hands, and done."""

    n_now: int
    n_later: int
    n_in_hand: int
    n_ended: int


def fill(campaign: Campaign, now: datetime) -> None:
    """Put those invited by telephone on the list, each once."""
    known = select(Call.invitation_id).where(Call.invitation_id == Invitation.id).exists()
    fresh = select(
        Invitation.id, Invitation.campaign_id, literal(now, UtcDateTime()), literal(0), literal(""), literal("")
    ).where(
        Invitation.campaign_id == campaign.id,
        Invitation.channel == "phone",
        Invitation.disposition == Disposition.NOT_YET_SENT,
        ~Invitation.is_test,
        ~known,
    )
    names = ["invitation_id", "campaign_id", "due_at", "n_tries", "last_outcome", "note"]
    db.session.execute(insert(_calls).from_select(names, fresh))


def refusal_of(campaign: Campaign) -> str:
    """Return why nobody of a campaign can be called, or nothing where they can."""
    if campaign.mode != "mail" or campaign.contact_channel != "phone":
        return _("This campaign does not ask by telephone.")
    if campaign.survey.identification == "anonymous":
        return _("An anonymous survey cannot be asked by telephone: whoever calls knows who answers.")
    return "" if campaign.state == "open" else _("Only a running campaign has a call list.")


def take_next(campaign: Campaign, caller_id: int, now: datetime) -> Call | None:
    """Give this caller the person they have in hand, else the next one; None says that nobody is to be called now."""
    refusal = refusal_of(campaign)
    if refusal:
        raise CampaignError(refusal)
    fill(campaign, now)
    while (number := _take(campaign, caller_id, now)) is not None:
        call = db.session.get_one(Call, number, populate_existing=True)
        reason = held_now(campaign, [call.invitation.customer_id or 0], now)
        if not reason:
            return call
        _leave_alone(call, next(iter(reason.values())), now)
        db.session.flush()
    return None


def find_call(invitation_id: int, caller_id: int, now: datetime) -> Call | None:
    """Return the call that this caller has in hand; nobody else sees it."""
    call = db.session.get(Call, invitation_id)
    if call is None or call.caller_id != caller_id or call.leased_until is None or call.leased_until <= now:
        return None
    return call


def note_outcome(call: Call, outcome: Outcome, now: datetime) -> None:
    """Write down what came of a call; raise CampaignError where a call back has no time ahead."""
    if outcome.name == "callback" and (outcome.again_at is None or outcome.again_at <= now):
        raise CampaignError(_("Say when to call back: a day and time that is still to come."))
    invitation = call.invitation
    call.n_tries, call.last_outcome = call.n_tries + 1, outcome.name
    call.note = clean_text(outcome.note)[:LONGEST_NOTE]
    if invitation.sent_at is None:
        invitation.sent_at = now
    if invitation.disposition == Disposition.NOT_YET_SENT:
        invitation.disposition = Disposition.NO_REPLY.value
    record("campaigns.call", "invitation", str(invitation.id), outcome=outcome.name)
    if outcome.name == "reached":
        # They stay in this caller's hands: the answers are typed in now.
        call.leased_until = now + LEASE
    elif outcome.name in {"refused", "wrong-number"}:
        _give_up(call, outcome.name, now)
    elif outcome.name == "no-answer" and call.n_tries >= MOST_TRIES:
        _end(call, outcome.name, now)
    else:
        call.due_at = outcome.again_at or now + AGAIN
        call.caller_id, call.leased_until = None, None


def standing_of(campaign: Campaign, now: datetime) -> CallList:
    """Return how the list stands."""
    rows = db.session.execute(
        select(
            func.count().filter(Call.ended_at.is_not(None)),
            func.count().filter(Call.ended_at.is_(None), Call.leased_until > now),
            func.count().filter(Call.ended_at.is_(None), _is_free(now), Call.due_at <= now, _is_callable()),
            func.count().filter(Call.ended_at.is_(None), _is_free(now), Call.due_at > now, _is_callable()),
        )
        .join(Invitation, Call.invitation_id == Invitation.id)
        .where(Call.campaign_id == campaign.id)
    ).one()
    return CallList(n_ended=rows[0], n_in_hand=rows[1], n_now=rows[2], n_later=rows[3])


def list_call_campaigns() -> list[Campaign]:
    """Return the running campaigns that ask by telephone, the newest first."""
    found = select(Campaign).where(Campaign.contact_channel == "phone", Campaign.state == "open")
    return list(db.session.scalars(found.order_by(Campaign.id.desc())))


def _take(campaign: Campaign, caller_id: int, now: datetime) -> int | None:
    mine = select(Call.invitation_id).where(Call.campaign_id == campaign.id, Call.caller_id == caller_id)
    held = db.session.scalar(
        mine.join(Invitation, Call.invitation_id == Invitation.id)
        .where(Call.leased_until > now, Call.ended_at.is_(None), _is_callable())
        .limit(1)
    )
    if held is not None:
        return held
    following = (
        select(Call.invitation_id)
        .join(Invitation, Call.invitation_id == Invitation.id)
        .where(Call.campaign_id == campaign.id, Call.ended_at.is_(None), Call.due_at <= now)
        .where(_is_free(now), _is_callable())
        .order_by(Call.due_at, Call.invitation_id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Call)
        .scalar_subquery()
    )
    taken = update(_calls).where(
        _calls.c.invitation_id == following, or_(_calls.c.leased_until.is_(None), _calls.c.leased_until <= now)
    )
    values = {"caller_id": caller_id, "leased_until": now + LEASE}
    number: int | None = db.session.scalar(taken.values(values).returning(_calls.c.invitation_id))
    return number


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(Call.leased_until.is_(None), Call.leased_until <= now)


def _is_callable() -> ColumnElement[bool]:
    return Invitation.disposition.in_([each.value for each in CALLABLE])


def _leave_alone(call: Call, reason: HoldReason, now: datetime) -> None:
    """Take somebody off the list who may not be asked any more: held back, or refused where they were called before."""
    invitation = call.invitation
    if invitation.disposition == Disposition.NOT_YET_SENT:
        invitation.disposition, invitation.held_back_reason = Disposition.HELD_BACK.value, reason.value
    else:
        invitation.disposition = Disposition.REFUSED.value
    _end(call, "held-back", now)


def _give_up(call: Call, outcome: str, now: datetime) -> None:
    """Note a refusal, or a number at which they cannot be reached; whoever answered meanwhile has answered."""
    invitation = call.invitation
    if invitation.disposition in UNFINISHED:
        became = Disposition.REFUSED if outcome == "refused" else Disposition.BOUNCED
        invitation.disposition = became.value
    if outcome == "wrong-number" and invitation.customer is not None:
        invitation.customer.phone_state = "invalid"
    _end(call, outcome, now)


def _end(call: Call, outcome: str, now: datetime) -> None:
    call.ended_at, call.last_outcome = now, outcome
    call.caller_id, call.leased_until = None, None
