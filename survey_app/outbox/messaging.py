"""Putting short messages down: the same rows, leases, states and limits as mail. The caller commits."""

from __future__ import annotations

import re
from datetime import datetime

from flask import current_app

from survey_app.outbox.gateway import Gateway, Sms, gateway_of
from survey_app.outbox.letters import UNSUBSCRIBE, Letter
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.queries import find_mail
from survey_app.outbox.queueing import Batch, Order, queue_orders, store_content
from survey_app.outbox.rules import AddressError

LONGEST_TEXT = 1600
_NUMBER = re.compile(r"\+[1-9][0-9]{7,14}\Z")
_SPACING = re.compile(r"[\s().\-/]+")
NO_GATEWAY = "No gateway for short messages is set up: SURVEY_SMS_URL is empty."


def checked_number(number: str) -> str:
    """Return a telephone number as gateways take it (+ and country code); raise AddressError where there is none."""
    plain = _SPACING.sub("", number)
    if not _NUMBER.match(plain):
        raise AddressError("A telephone number begins with + and the country code, such as +84 912 345 678.")
    return plain


def current_gateway() -> Gateway | None:
    """Return the gateway for short messages, where one is set up."""
    settings = current_app.config["SURVEY_SETTINGS"]
    return gateway_of(settings.sms_url, settings.sms_body, settings.sms_authorization)


def store_sms_letter(letter: Letter, *, kind: str, group_key: str, now: datetime) -> Batch:
    """Store what many short messages say alike (its text alone counts); pass the batch to `queue_orders`.

    Raise ValueError where the text leaves no way to unsubscribe, or no gateway is set up.
    """
    if current_gateway() is None:
        raise ValueError(NO_GATEWAY)
    if letter.has_unsubscribe and UNSUBSCRIBE not in letter.slots_of_text:
        raise ValueError("A short message must hold the link to unsubscribe.")
    return Batch(store_content(letter, kind, group_key, now), kind, group_key, "sms", channel="sms")


def queue_sms(  # noqa: PLR0913 - one keyword for each column of the decision
    sms: Sms, *, key: str, kind: str, now: datetime, group_key: str | None = None, due_at: datetime | None = None
) -> OutboxMail:
    """Put one short message down and return its row; a second call with the same key changes nothing.

    Raise AddressError for a number that is none, and ValueError for a text that is empty or too long, or where no
    gateway is set up.
    """
    if current_gateway() is None:
        raise ValueError(NO_GATEWAY)
    if not sms.text.strip() or len(sms.text) > LONGEST_TEXT:
        raise ValueError(f"A short message has from 1 to {LONGEST_TEXT} characters.")
    letter = Letter("", sms.text, "", has_unsubscribe=False)
    batch = Batch(store_content(letter, kind, group_key, now), kind, group_key, "sms", channel="sms")
    order = Order(key, checked_number(sms.to_number), "", {}, due_at or now)
    queue_orders(batch, [order], now)
    row = find_mail(key)
    if row is None:
        raise LookupError("a queued message vanished while it was being written")
    return row
