"""What is known of an address, kept when mail to it comes back for good or is allowed again."""

from __future__ import annotations

from sqlalchemy import update

from survey_app.customers.models import ContactPoint, Customer
from survey_app.extensions import db
from survey_app.outbox.listeners import SuppressionChange


def note_suppression(change: SuppressionChange) -> None:
    """Let every customer with a dead address show it; once a person lifts that, the address counts as untried."""
    if change.reason != "bounced" or change.act not in {"added", "lifted"}:
        return
    before, after = ("bounced", "unverified") if change.act == "lifted" else (None, "bounced")
    customers = update(Customer).where(Customer.email_key == change.address_key)
    points = update(ContactPoint).where(ContactPoint.kind == "mail", ContactPoint.key == change.address_key)
    if before is not None:
        customers = customers.where(Customer.email_state == before)
        points = points.where(ContactPoint.state == before)
    db.session.execute(customers.values(email_state=after))
    db.session.execute(points.values(state=after))
