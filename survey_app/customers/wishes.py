"""What survey mail a customer wishes: all of it, only about something that just happened, or none.

Each wish is kept as entries on three purposes (see `Consent`): "surveys" at all, "relationship" for waves, and
"transactional" for what just happened. Audiences read the newest entries from the customer's row.
"""

from __future__ import annotations

from datetime import datetime

from survey_app.customers.models import STATE_OF_PURPOSE, Customer
from survey_app.customers.operations import ConsentEntry, record_consent

WISHES = ("all", "transactional", "none")
CHANNELS = ("", "mail", "sms", "phone")

# What each wish says about each purpose.
_SAYS = {
    "all": {"surveys": True, "relationship": True, "transactional": True},
    "transactional": {"surveys": True, "relationship": False, "transactional": True},
    "none": {"surveys": False},
}


def wish_of(customer: Customer) -> str:
    """Return what the customer wishes, as far as they said."""
    if customer.consent_state == "objected":
        return "none"
    return "transactional" if customer.relationship_state == "objected" else "all"


def declines(customer: Customer, purpose: str) -> bool:
    """Return whether the customer objected to being asked for this purpose, or at all."""
    return "objected" in {customer.consent_state, getattr(customer, STATE_OF_PURPOSE[purpose])}


def record_wish(customer: Customer, wish: str, source: str, wording: str, now: datetime) -> None:
    """Write down what the customer wishes from now on, with the words they chose it by."""
    for purpose, is_given in _SAYS[wish].items():
        # Nobody objected to a purpose of its own, so there is nothing to say about it.
        if is_given and purpose != "surveys" and getattr(customer, STATE_OF_PURPOSE[purpose]) != "objected":
            continue
        basis = "consent" if is_given else "objection"
        entry = ConsentEntry(is_given=is_given, basis=basis, source=source, wording=wording, purpose=purpose)
        record_consent(customer, entry, now)
