"""Delivery reports after RFC 3464, with the international form of RFC 6533."""

from __future__ import annotations

from email.message import Message

from survey_app.outbox.bounces.parts import (
    Fields,
    address_in,
    blocks_of,
    children,
    header,
    message_ids_in,
    original_of,
    without_xtext,
)
from survey_app.outbox.bounces.rules import status_of, verdict_of
from survey_app.outbox.bounces.values import RecipientReport, Report

MOST_RECIPIENTS = 50
_NAMES_RECIPIENT = ("original-recipient", "final-recipient")
_SAYS = ("action", "status", "diagnostic-code")


def delivery_status_of(message: Message, status: Message, envelope: tuple[str, ...]) -> Report:
    """Return what a delivery report says of each recipient, and which mail it returns."""
    failed = address_in(header(message, "X-Failed-Recipients"))
    told = [block for block in blocks_of(status) if any(name in block for name in (*_NAMES_RECIPIENT, *_SAYS))]
    return Report(
        recipients=tuple(_recipient(block, failed) for block in told[:MOST_RECIPIENTS]),
        envelope=envelope,
        message_ids=message_ids_in(original_of(children(message))),
        note="delivery-report",
    )


def _recipient(block: Fields, failed: str) -> RecipientReport:
    diagnostic = block.get("diagnostic-code", "")
    action, status = block.get("action", ""), block.get("status", "")
    return RecipientReport(
        verdict=verdict_of(action, status, diagnostic),
        addresses=_addresses(block, failed),
        status=status_of(status) or status_of(diagnostic),
        detail=diagnostic or status,
    )


def _addresses(block: Fields, failed: str) -> tuple[str, ...]:
    """Return who is meant: the original recipient where told; the address it was forwarded to proves nothing."""
    original = address_in(block.get("original-recipient", ""))
    if original:
        return tuple(dict.fromkeys((original, without_xtext(original))))
    final = address_in(block.get("final-recipient", "")) or failed
    return (final,) if final else ()
