"""What the outbox reports of an invitation's mail, as a disposition; called in the outbox's own transaction."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, case, update

from analysis.values.fieldwork import Disposition, HoldReason
from survey_app.campaigns.models import Invitation
from survey_app.extensions import db
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.queries import find_suppression

_table = cast("Table", Invitation.__table__)
_BEFORE_SENDING = [Disposition.NOT_YET_SENT.value, Disposition.HELD_BACK.value, Disposition.FAILED.value]


def note_outcome(mail: OutboxMail) -> None:
    """Set the disposition of the invitation whose mail was sent, failed, was suppressed or cancelled."""
    kind, _separator, number = mail.key.partition(":")
    if kind != "invitation" or not number.isdigit():
        return
    changes = _changes(mail)
    statement = update(_table).where(_table.c.id == int(number)).values(**changes)
    if mail.state != "sent":
        statement = statement.where(_table.c.disposition == Disposition.NOT_YET_SENT.value)
    db.session.connection().execute(statement)


def _changes(mail: OutboxMail) -> dict[str, Any]:
    if mail.state == "sent":
        # Somebody may have answered before the sending was recorded; their answer stays.
        is_before = _table.c.disposition.in_(_BEFORE_SENDING)
        return {
            "sent_at": mail.sent_at,
            "disposition": case((is_before, Disposition.NO_REPLY.value), else_=_table.c.disposition),
            "held_back_reason": None,
        }
    if mail.state == "failed":
        return {"disposition": Disposition.FAILED.value}
    return {"disposition": Disposition.HELD_BACK.value, "held_back_reason": _reason(mail).value}


def _reason(mail: OutboxMail) -> HoldReason:
    """Return why a mail that waited was not sent after all."""
    if mail.state == "cancelled":
        return HoldReason.CAMPAIGN_ENDED
    found = find_suppression(mail.to_address)
    is_own_wish = found is not None and found.reason == "unsubscribed"
    return HoldReason.OPTED_OUT if is_own_wish else HoldReason.SUPPRESSED
