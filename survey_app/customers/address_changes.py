"""A customer's new mail address: named by a link that may have been passed on, so it counts once it is confirmed.

The new address gets a link (kept as a hash, two days, used once, by POST alone); once it is used, the old address is
told. An objection that stands by the old address moves along: nobody is asked again because their address changed.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select, update

from survey_app.accounts.operations import record
from survey_app.accounts.queries import get_organisation
from survey_app.accounts.rules import token_hash
from survey_app.customers.identity import AddressChange
from survey_app.customers.messages import address_changed, confirm_address
from survey_app.customers.models import Customer
from survey_app.customers.operations import change_customer
from survey_app.customers.queries import standing_of
from survey_app.customers.rules import CustomerError, CustomerRecord, check_record, clean_text
from survey_app.extensions import db
from survey_app.outbox.operations import queue_mail, suppress
from survey_app.outbox.queries import find_suppression
from survey_app.outbox.rules import address_key

LIFETIME = timedelta(days=2)
# Nobody lets us fill a stranger's mailbox.
MOST_A_DAY = 3
# What stands by an address because of the person who has it; a dead address says nothing about the next one.
_MOVING = ("unsubscribed", "complained", "manual")
TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class NewAddress:
    """An address that somebody named as a customer's, where they said so, and the language to write in."""

    address: str
    source: str
    language: str


def ask_to_confirm(customer: Customer, new: NewAddress, now: datetime) -> bool:
    """Write to a new address to have it confirmed; return False where it is the customer's already.

    Raise CustomerError, in words, where it is none or where too many were named today. Earlier links stop working.
    """
    address = clean_text(new.address)
    if customer.email and address_key(address) == customer.email_key:
        return False
    problems = check_record(CustomerRecord(email=address), {}) if address else {"email": _("Enter a mail address.")}
    if not problems and _is_too_often(customer, address, now):
        problems = {"email": _("The address was changed several times today. Try again tomorrow.")}
    if problems:
        raise CustomerError(problems)
    _close_all(customer, now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    change = AddressChange(
        customer_id=customer.id,
        token_hash=token_hash(token),
        address=address,
        language=new.language,
        source=new.source[:200],
        created_at=now,
        expires_at=now + LIFETIME,
    )
    db.session.add(change)
    db.session.flush()
    mail = confirm_address(address, _url(token), get_organisation(), new.language)
    queue_mail(mail, key=f"address-change:{change.id}", kind="address-confirmation", now=now)
    record("customers.address_change_asked", "customer", str(customer.id), source=new.source)
    return True


def find_change(token: str, now: datetime) -> AddressChange | None:
    """Return the change that a link confirms, if it may still be used."""
    query = select(AddressChange).where(AddressChange.token_hash == token_hash(token))
    return db.session.scalar(query.where(AddressChange.used_at.is_(None), AddressChange.expires_at > now))


def confirm_change(change: AddressChange, now: datetime) -> None:
    """Let the new address be the customer's, and tell the old one; this link and every other is used up."""
    customer = standing_of(db.session.get_one(Customer, change.customer_id))
    old = customer.email
    _close_all(customer, now)
    change.used_at = now
    change_customer(customer, CustomerRecord(email=change.address), now)
    customer.email_state = "valid"
    if old and address_key(old) != address_key(change.address):
        _carry_objections(old, change.address, now)
        notice = address_changed(old, change.address, get_organisation(), change.language)
        queue_mail(notice, key=f"address-notice:{change.id}", kind="address-notice", now=now)
    record("customers.address_changed", "customer", str(customer.id), source=change.source)


def _carry_objections(old: str, new: str, now: datetime) -> None:
    for reason in _MOVING:
        if find_suppression(old, reason) is not None:
            suppress(new, reason, _("moved with the customer's address"), now)


def _is_too_often(customer: Customer, address: str, now: datetime) -> bool:
    since = AddressChange.created_at > now - timedelta(days=1)
    mine = (AddressChange.customer_id == customer.id) | (AddressChange.address == address)
    n_today = db.session.scalar(select(func.count()).select_from(AddressChange).where(since, mine)) or 0
    return n_today >= MOST_A_DAY


def _close_all(customer: Customer, now: datetime) -> None:
    is_open = (AddressChange.customer_id == customer.id, AddressChange.used_at.is_(None))
    db.session.execute(update(AddressChange).where(*is_open).values(used_at=now))


def _url(token: str) -> str:
    public_url: str = current_app.config["SURVEY_SETTINGS"].public_url
    return f"{public_url}/p/confirm/{token}"
