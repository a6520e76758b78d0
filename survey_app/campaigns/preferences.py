"""What a customer may see and change of themselves by the link of any survey mail. The caller commits.

A test mail to staff has nobody behind it: its link shows the page and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _

from survey_app.accounts.operations import record
from survey_app.campaigns.labels import language_name
from survey_app.campaigns.models import Invitation
from survey_app.campaigns.unsubscriptions import SOURCE, resubscribe, unsubscribe
from survey_app.config import LANGUAGES
from survey_app.customers.address_changes import NewAddress, ask_to_confirm
from survey_app.customers.models import Customer
from survey_app.customers.operations import change_customer
from survey_app.customers.queries import standing_of
from survey_app.customers.rules import CustomerError, CustomerRecord
from survey_app.customers.wishes import CHANNELS, WISHES, record_wish, wish_of
from survey_app.extensions import db
from survey_app.outbox.operations import lift_suppression, suppress
from survey_app.outbox.queries import find_suppression
from survey_app.questionnaires.queries import questionnaire_of

TEXTS = ("name", "phone", "language", "time_zone")


@dataclass(frozen=True, slots=True)
class Preferences:
    """A customer's details and wishes as their page shows and takes them."""

    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    time_zone: str = ""
    wish: str = "all"
    channel: str = ""

    @classmethod
    def typed(cls, form: Mapping[str, str]) -> Preferences:
        """Return what a posted form says."""
        return cls(**{name: form.get(name, "").strip() for name in cls.__dataclass_fields__})


def customer_behind(invitation: Invitation) -> Customer | None:
    """Return whose details the link of a mail opens; nobody's where the mail was a test."""
    if invitation.is_test or invitation.customer is None:
        return None
    return standing_of(invitation.customer)


def preferences_of(customer: Customer | None) -> Preferences:
    """Return what is known of the customer."""
    if customer is None:
        return Preferences()
    is_ended = bool(customer.email) and find_suppression(customer.email or "", "unsubscribed") is not None
    texts = {name: getattr(customer, name) or "" for name in (*TEXTS, "email")}
    wish = "none" if is_ended else wish_of(customer)
    return Preferences(**texts, wish=wish, channel=customer.preferred_channel or "")


def change_preferences(invitation: Invitation, said: Preferences, wording: str, now: datetime) -> bool:
    """Take what a customer changed; return whether a mail to a new address waits to be confirmed.

    Raise CustomerError, in words by control, where something cannot be taken: then nothing is.
    """
    customer = customer_behind(invitation)
    if customer is None:
        return False
    _check_choices(said)
    source, known = f"{SOURCE} {invitation.id}", preferences_of(customer)
    details = CustomerRecord(
        name=said.name, phone=said.phone, language=said.language.replace("_", "-"), time_zone=said.time_zone
    )
    outcome = change_customer(customer, details, now)
    new = NewAddress(said.email, source, said.language or invitation.language)
    is_waiting = bool(said.email or known.email) and ask_to_confirm(customer, new, now)
    if said.channel != known.channel:
        customer.preferred_channel = said.channel or None
    if said.wish != known.wish:
        _change_wish(invitation, customer, replace(known, wish=said.wish), wording, now)
    if outcome == "changed" or said != known:
        changed = sorted(
            name for name in Preferences.__dataclass_fields__ if getattr(said, name) != getattr(known, name)
        )
        record("customers.self_service", "customer", str(customer.id), fields=changed, source=source)
    db.session.flush()
    return is_waiting


def languages_for(invitation: Invitation, known: str) -> list[tuple[str, str]]:
    """Return the languages a customer may choose: the survey's, ours, and the one they have."""
    tags = (*questionnaire_of(invitation.campaign.version).languages, *LANGUAGES, *([known] if known else []))
    return [(tag, language_name(tag)) for tag in dict.fromkeys(tags)]


def _check_choices(said: Preferences) -> None:
    problems = {} if said.name else {"name": _("Write your name.")}
    if said.wish not in WISHES:
        problems["wish"] = _("Choose one of these.")
    if said.channel not in CHANNELS:
        problems["channel"] = _("Choose one of these.")
    if problems:
        raise CustomerError(problems)


def _change_wish(invitation: Invitation, customer: Customer, said: Preferences, wording: str, now: datetime) -> None:
    source = f"{SOURCE} {invitation.id}"
    record_wish(customer, said.wish, source, wording, now)
    if said.wish == "none":
        unsubscribe(invitation, now)
        if customer.email:
            suppress(customer.email, "unsubscribed", source, now)
        return
    resubscribe(invitation)
    own = find_suppression(customer.email, "unsubscribed") if customer.email else None
    # Only what the person did by such a link; what staff wrote down, bounces and complaints stay.
    if own is not None and own.source.startswith(SOURCE):
        lift_suppression(customer.email or "", "unsubscribed")
