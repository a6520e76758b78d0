"""What becomes of an invitation: one short statement per event, cheap enough for every answer's request."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import Table, Update, bindparam, update

from analysis.values.fieldwork import Disposition
from survey_app.campaigns.links import InvitationRow
from survey_app.campaigns.models import Invitation
from survey_app.campaigns.rules import NOT_BEGUN
from survey_app.extensions import db
from survey_app.outbox.operations import cancel_mail

_table = cast("Table", Invitation.__table__)
# Built once: every answer's request executes it.
_END = (
    update(_table)
    .where(_table.c.id == bindparam("ended_id"))
    .values(disposition=bindparam("became"), held_back_reason=None, completed_at=bindparam("at"))
)
_REFUSED = (Disposition.NO_REPLY, Disposition.BREAK_OFF)


def mark_started(invitation: Invitation | InvitationRow, *, has_outcome: bool = False) -> None:
    """Note that somebody began to answer: a break-off until they finish, partial once the primary outcome is known."""
    before = [*NOT_BEGUN, Disposition.UNSUBSCRIBED, Disposition.HELD_BACK]
    if has_outcome:
        before.append(Disposition.BREAK_OFF)
    now_is = Disposition.PARTIAL if has_outcome else Disposition.BREAK_OFF
    _execute(_from(invitation.id, *before).values(disposition=now_is.value, held_back_reason=None))


def mark_completed(invitation: Invitation | InvitationRow, now: datetime) -> None:
    """Note that the answers are complete; without the time where the survey is anonymous, since it would tell whose."""
    _end(invitation, Disposition.COMPLETED, None if _is_anonymous(invitation) else now)


def mark_screened_out(invitation: Invitation | InvitationRow) -> None:
    """Note that the answers led out: this customer is none of those who were to be asked."""
    _end(invitation, Disposition.SCREENED_OUT, None)


def mark_over_quota(invitation: Invitation | InvitationRow) -> None:
    """Note that the customer came after a quota, or the whole campaign, was full."""
    _end(invitation, Disposition.OVER_QUOTA, None)


def mark_withdrawn(invitation: Invitation | InvitationRow) -> None:
    """Note that the customer took their answers back, which counts as a refusal."""
    _end(invitation, Disposition.REFUSED, None)


def mark_unsubscribed(invitation: Invitation) -> None:
    """Note that the customer wants no more survey mail; answers already given stay given."""
    _execute(_from(invitation.id, *_REFUSED).values(disposition=Disposition.UNSUBSCRIBED.value))


def mark_resubscribed(invitation: Invitation) -> None:
    """Note that the customer took the unsubscription back."""
    _execute(_from(invitation.id, Disposition.UNSUBSCRIBED).values(disposition=Disposition.NO_REPLY.value))


def _end(invitation: Invitation | InvitationRow, became: Disposition, at: datetime | None) -> None:
    db.session.flush()
    ended = {"ended_id": invitation.id, "became": became.value, "at": at}
    db.session.connection().execute(_END, ended)
    if invitation.n_reminders:
        cancel_mail(f"reminder:{invitation.id}:{invitation.n_reminders}")


def _from(invitation_id: int, *before: Disposition) -> Update:
    return update(_table).where(_table.c.id == invitation_id, _table.c.disposition.in_([each.value for each in before]))


def _execute(statement: Update) -> None:
    # Through the session, so that rows added in this transaction are there and loaded ones are read anew.
    db.session.flush()
    db.session.connection().execute(statement)


def _is_anonymous(invitation: Invitation | InvitationRow) -> bool:
    if isinstance(invitation, InvitationRow):
        return invitation.identification == "anonymous"
    return invitation.campaign.survey.identification == "anonymous"
