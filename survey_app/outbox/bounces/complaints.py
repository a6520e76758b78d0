"""Complaints that mail providers pass on (ARF, RFC 5965)."""

from __future__ import annotations

import re
from email.message import Message

from survey_app.outbox.bounces.parts import address_in, blocks_of, message_ids_in, original_of
from survey_app.outbox.bounces.rules import Verdict
from survey_app.outbox.bounces.values import RecipientReport, Report

# Reports on signatures (`auth-failure`) and on mail that was no spam after all complain of nothing.
_COMPLAINTS = frozenset({"abuse", "fraud", "virus", "other", "opt-out", "opt-out-list"})
_TO = re.compile(r"^(?:to|x-hmxmroriginalrecipient)[ \t]*:(.*(?:\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)
_RETURN_PATH = re.compile(r"^return-path[ \t]*:(.*)", re.IGNORECASE | re.MULTILINE)


def complaint_of(feedback: Message, parts: list[Message], envelope: tuple[str, ...]) -> Report:
    """Return who complains about which mail; where the report names nobody, the mail it returns does."""
    fields = {name: value for block in reversed(blocks_of(feedback)) for name, value in block.items()}
    kind = fields.get("feedback-type", "").casefold()
    original = original_of(parts)
    told = [address_in(fields.get(name, "")) for name in ("original-rcpt-to", "removal-recipient")]
    named = [address for address in told if address] or [address_in(found) for found in _TO.findall(original)]
    left_from = [address_in(fields.get("original-mail-from", ""))]
    left_from += [address_in(found) for found in _RETURN_PATH.findall(original)]
    verdict = Verdict.COMPLAINT if kind in _COMPLAINTS else Verdict.IGNORED
    addresses = tuple(address for address in named if address)
    return Report(
        recipients=(RecipientReport(verdict, addresses, detail=f"feedback-type: {kind[:40]}"),),
        envelope=envelope + tuple(address for address in left_from if address),
        message_ids=message_ids_in(original),
        note="complaint" if verdict is Verdict.COMPLAINT else "feedback",
    )
