"""What the outbox reports of an invitation's mail, as a disposition; called in the outbox's own transaction."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, bindparam, case, update

from analysis.values.fieldwork import Disposition, HoldReason
from survey_app.campaigns.models import Invitation
from survey_app.extensions import db
from survey_app.outbox.listeners import MailReturn
from survey_app.outbox.queries import find_suppression
from survey_app.outbox.registry import EndedMail

_table = cast("Table", Invitation.__table__)
# An answer that was begun stays, whatever comes back later.
_BEFORE_ANSWERING = [Disposition.NO_REPLY.value, Disposition.NOT_YET_SENT.value, Disposition.FAILED.value]
_BEFORE_SENDING = [Disposition.NOT_YET_SENT.value, Disposition.HELD_BACK.value, Disposition.FAILED.value]
_THIS = _table.c.id == bindparam("invitation")
# Written out once: this runs for every single mail.
_SENT = (
    update(_table)
    .where(_THIS)
    .values(
        sent_at=bindparam("at"),
        # Somebody may have answered before the sending was recorded; their answer stays.
        disposition=case(
            (_table.c.disposition.in_(_BEFORE_SENDING), Disposition.NO_REPLY.value), else_=_table.c.disposition
        ),
        held_back_reason=None,
    )
)


def note_outcome(mail: EndedMail) -> None:
    """Set the disposition of the invitation whose mail was sent, failed, was suppressed or cancelled."""
    kind, _separator, number = mail.key.partition(":")
    if kind != "invitation" or not number.isdigit():
        return
    connection = db.session.connection()
    if mail.state == "sent":
        connection.execute(_SENT, {"invitation": int(number), "at": mail.sent_at})
        return
    still_waits = _table.c.disposition == Disposition.NOT_YET_SENT.value
    statement = update(_table).where(_THIS, still_waits).values(**_changes(mail))
    connection.execute(statement, {"invitation": int(number)})


def note_return(came: MailReturn) -> None:
    """Let an invitation that came back stand as bounced, unless the customer answered all the same.

    A reminder that comes back takes nothing away from the invitation that arrived, and a complaint is a refusal.
    """
    kind, _separator, number = came.mail.key.partition(":")
    number = number.partition(":")[0]
    if kind not in {"invitation", "reminder"} or not number.isdigit():
        return
    if came.became == "complained":
        became = Disposition.REFUSED
    elif kind == "invitation":
        became = Disposition.BOUNCED
    else:
        return
    statement = update(_table).where(_table.c.id == int(number), _table.c.disposition.in_(_BEFORE_ANSWERING))
    db.session.connection().execute(statement.values(disposition=became.value, held_back_reason=None))


def _changes(mail: EndedMail) -> dict[str, Any]:
    if mail.state == "failed":
        return {"disposition": Disposition.FAILED.value}
    return {"disposition": Disposition.HELD_BACK.value, "held_back_reason": _reason(mail).value}


def _reason(mail: EndedMail) -> HoldReason:
    """Return why a mail that waited was not sent after all."""
    if mail.state == "cancelled":
        return HoldReason.CAMPAIGN_ENDED
    found = find_suppression(mail.to_address)
    is_own_wish = found is not None and found.reason == "unsubscribed"
    return HoldReason.OPTED_OUT if is_own_wish else HoldReason.SUPPRESSED
