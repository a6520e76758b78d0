"""Ending survey mail to an address, and taking that back. The caller commits."""

from __future__ import annotations

from datetime import datetime

from survey_app.campaigns.dispositions import mark_resubscribed, mark_unsubscribed
from survey_app.campaigns.models import Invitation
from survey_app.outbox.operations import lift_suppression, suppress
from survey_app.outbox.queries import find_suppression

SOURCE = "link of invitation"


def is_unsubscribed(invitation: Invitation) -> bool:
    """Return whether the address of an invitation was unsubscribed."""
    return find_suppression(invitation.address, "unsubscribed") is not None


def unsubscribe(invitation: Invitation, now: datetime) -> None:
    """Send no survey mail to the invitation's address any more; a test's address belongs to staff and stays."""
    if invitation.is_test:
        return
    suppress(invitation.address, "unsubscribed", f"{SOURCE} {invitation.id}", now)
    mark_unsubscribed(invitation)


def resubscribe(invitation: Invitation) -> bool:
    """Lift what the person did with such a link, and nothing else; return whether mail may go there again."""
    found = find_suppression(invitation.address)
    if found is None:
        return True
    own = find_suppression(invitation.address, "unsubscribed")
    if own is None or not own.source.startswith(SOURCE):
        return False
    lift_suppression(invitation.address, "unsubscribed")
    mark_resubscribed(invitation)
    return True
