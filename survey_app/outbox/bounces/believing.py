"""Whether a report is believed.

It came to the mail's own envelope address or returns our Message-ID, and it concerns that mail's recipient.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import or_, select

from survey_app.extensions import db
from survey_app.outbox.bounces.values import RecipientReport, Report
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.rules import address_key
from survey_app.outbox.verp import mail_id_of

MOST = 10


def mails_meant(report: Report) -> list[OutboxMail]:
    """Return the mails of ours that a report is provably about, before its recipients are compared."""
    ids = {mail_id for address in report.envelope if (mail_id := mail_id_of(address)) is not None}
    if not ids and not report.message_ids:
        return []
    is_meant = or_(OutboxMail.id.in_(sorted(ids)), OutboxMail.message_id.in_(report.message_ids))
    query = select(OutboxMail).where(is_meant, OutboxMail.channel == "mail").order_by(OutboxMail.id).limit(MOST)
    return list(db.session.scalars(query))


def mail_of(recipient: RecipientReport, mails: Iterable[OutboxMail]) -> OutboxMail | None:
    """Return the mail that went to this recipient, however the report spells the address."""
    keys = {address_key(address) for address in recipient.addresses}
    return next((mail for mail in mails if mail.address_key in keys), None)
