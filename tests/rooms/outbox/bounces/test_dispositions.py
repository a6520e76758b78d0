"""An invitation that comes back stands as bounced, unless the customer answered all the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from analysis.values.fieldwork import Disposition
from survey_app.campaigns.models import Invitation
from survey_app.customers.models import Customer
from survey_app.extensions import db, writing
from survey_app.outbox.bounces.ingesting import ingest
from tests.factories.campaigns import a_campaign, delivered, invitations, sent, willing
from tests.rooms.outbox.bounces.test_samples import a_sent_mail
from tests.rooms.outbox.bounces.writing import RECIPIENT, Told, complaint, dsn

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
HARD, SOFT = dsn(), dsn(Told(status="4.2.2", diagnostic=""))


def after(raw: bytes, before: Disposition, key: str) -> tuple[str, str]:
    """Return what stands of an invitation and its customer once a mail has come back."""
    with writing():
        willing(1, email=RECIPIENT)
        db.session.commit()
    campaign = delivered(sent(a_campaign(mode="mail")))
    with writing():
        invitation = invitations(campaign)[0]
        invitation.disposition = before.value
        a_sent_mail(key.format(invitation.id))
        db.session.flush()
        ingest(raw, "pipe", NOW)
        db.session.commit()
    db.session.expire_all()
    state = db.session.query(Customer.email_state).filter(Customer.email == RECIPIENT).scalar()
    return str(db.session.query(Invitation.disposition).scalar()), str(state)


@pytest.mark.parametrize(
    ("raw", "before", "key", "disposition", "state"),
    [
        (HARD, Disposition.NO_REPLY, "invitation:{}", "bounced", "bounced"),
        (SOFT, Disposition.NO_REPLY, "invitation:{}", "bounced", "unverified"),
        (HARD, Disposition.COMPLETED, "invitation:{}", "completed", "bounced"),
        (HARD, Disposition.PARTIAL, "invitation:{}", "partial", "bounced"),
        (HARD, Disposition.UNSUBSCRIBED, "invitation:{}", "unsubscribed", "bounced"),
        (HARD, Disposition.NO_REPLY, "reminder:{}:1", "no-reply", "bounced"),
        (complaint(), Disposition.NO_REPLY, "reminder:{}:1", "refused", "unverified"),
        (complaint(), Disposition.COMPLETED, "invitation:{}", "completed", "unverified"),
    ],
)
def test_what_comes_back_changes_what_was_not_answered(
    app: Flask, raw: bytes, before: Disposition, key: str, disposition: str, state: str
) -> None:
    with app.app_context():
        assert after(raw, before, key) == (disposition, state)
