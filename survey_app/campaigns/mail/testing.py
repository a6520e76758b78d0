"""A test send: the real mail to a member of staff, whose link records a test answer."""

from __future__ import annotations

from datetime import datetime

from survey_app.accounts.models import User
from survey_app.accounts.operations import record
from survey_app.campaigns.mail.messages import Envelope, compose_test, letter_of
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.sending.inviting import recipient
from survey_app.campaigns.tokens import new_token
from survey_app.extensions import db
from survey_app.outbox.operations import queue_mail


def send_test(campaign: Campaign, reader: User, language: str, now: datetime) -> Invitation:
    """Queue the campaign's invitation to a member of staff; no figure ever counts it or what comes back."""
    letter = letter_of(campaign)
    invitation = invite_tester(campaign, reader.email, language, now)
    envelope = Envelope(reader.email, recipient(letter, reader.name, language, None), invitation)
    queue_mail(compose_test(letter, envelope), key=f"test:{invitation.id}", kind="test", now=now)
    record("campaign.test", "campaign", str(campaign.id), name=campaign.name, to=reader.email, language=language)
    return invitation


def invite_tester(campaign: Campaign, address: str, language: str, now: datetime) -> Invitation:
    """Return a new test invitation for this address, without a mail; its answers are marked and count nowhere."""
    token = new_token()
    invitation = Invitation(
        campaign_id=campaign.id,
        customer_id=None,
        token_nonce=token.nonce,
        token_hash=token.hash,
        language=language,
        address=address,
        is_test=True,
        created_at=now,
    )
    db.session.add(invitation)
    db.session.flush()
    return invitation
