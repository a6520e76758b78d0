"""Reading a mail that came back: any bytes go in, a report comes out, and nothing is believed yet.

Whoever writes to our mailbox chooses every byte, so what is read is limited in size, parts and depth, and whatever
ails the parser ends as "no report".
"""

from __future__ import annotations

import logging
from email import policy
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses

from survey_app.outbox.bounces.complaints import complaint_of
from survey_app.outbox.bounces.delivery_status import delivery_status_of
from survey_app.outbox.bounces.older import older_report_of
from survey_app.outbox.bounces.parts import children, find_part, header
from survey_app.outbox.bounces.values import NOTHING, Report

log = logging.getLogger(__name__)
# A report and the headers of what it returns stand at the beginning; the parser's time grows faster than the rest.
MOST_BYTES = 300_000
MOST_LINES = 6_000
# More boundaries than any server writes: the parser looks for each of them at every line.
MOST_BOUNDARIES = 40
_ENVELOPE = ("Delivered-To", "X-Original-To", "X-Envelope-To", "Envelope-To", "X-Delivered-To", "To")
_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
_FEEDBACK = ("message/feedback-report",)
_RECEIPTS = ("message/disposition-notification", "message/global-disposition-notification")


def read_mail(raw: bytes) -> Report:
    """Return what a mail reports; whatever cannot be read reports nothing."""
    cut = b"\n".join(raw[:MOST_BYTES].split(b"\n", MOST_LINES)[:MOST_LINES])
    if cut.lower().count(b"boundary=") > MOST_BOUNDARIES:
        return Report(note="unreadable")
    try:
        return _read(BytesParser(policy=policy.compat32).parsebytes(cut))
    except Exception as error:  # noqa: BLE001 - a mail of a stranger: the parser's own faults are many (RecursionError too)
        log.warning("A mail that came back could not be read: %s", type(error).__name__)
        return Report(note="unreadable")


def _read(message: Message) -> Report:
    envelope = _envelope(message)
    if message.get_content_type() == "multipart/report":
        return _report(message, envelope)
    report = older_report_of(message, envelope)
    if report is not None:
        return report
    answers = header(message, "Auto-Submitted").lower().startswith("auto-replied") or message["X-Autoreply"]
    return Report(note="auto-reply") if answers else NOTHING


def _report(message: Message, envelope: tuple[str, ...]) -> Report:
    parts = children(message)
    feedback = find_part(parts, _FEEDBACK)
    if feedback is not None:
        return complaint_of(feedback, parts, envelope)
    status = find_part(parts, _STATUS_PARTS)
    if status is not None:
        return delivery_status_of(message, status, envelope)
    if find_part(parts, _RECEIPTS) is not None:
        return Report(note="receipt")
    return older_report_of(message, envelope) or Report(envelope=envelope, note="report-without-status")


def _envelope(message: Message) -> tuple[str, ...]:
    values = [str(value)[:2000] for name in _ENVELOPE for value in message.get_all(name, [])[:10]]
    return tuple(address for _name, address in getaddresses(values) if address)[:50]
