"""Bounces in plain words, as servers wrote them before RFC 3464: qmail, Exim, Sendmail, Postfix, old Exchange.

A modest reading: only what a mail system signs is looked at, and only an address that stands at the beginning of a
line of its notice is taken for a failed recipient, with the lines below it as the reason.
"""

from __future__ import annotations

import re
from email.message import Message
from email.utils import parseaddr

from survey_app.outbox.bounces.parts import children, find_part, header, message_ids_in, original_of, text_of
from survey_app.outbox.bounces.rules import RETURNED, Verdict, status_of, verdict_of_reply
from survey_app.outbox.bounces.values import RecipientReport, Report

MOST_CHARACTERS = 60_000
MOST_LINES = 600
MOST_RECIPIENTS = 20
MOST_REASON_LINES = 8
_SYSTEMS = ("mailer-daemon", "mail-daemon", "postmaster", "mdaemon", "mailerdaemon", "maildelivery", "mail-system")
# Where a notice ends and the returned mail begins.
_ORIGINAL = re.compile(
    r"^[ \t]*(?:-{2,}[ \t]*(?:below this line|this is a copy|original message|returned message|unsent message|"
    r"the header of the original)|message header follows|returned message follows|"
    r"[ \t]*received:|return-path:)",
    re.IGNORECASE | re.MULTILINE,
)
_FAILED_LINE = re.compile(
    r"[ \t]*(?:to:[ \t]*)?<?([^\s<>@,;:()]{1,64}@[^\s<>@,;:()]{1,255}?)>?(?::|[ \t]|\Z)(.*)", re.IGNORECASE
)
_WAITING = (
    "not yet been delivered", "will keep trying", "delivery will continue", "still being retried", "will be retried",
    "transient non-fatal errors", "do not need to resend", "delivery is delayed", "has been delayed",
    "this is a warning",
    "delivery attempts will continue", "warning message only",
)  # fmt: skip


def older_report_of(message: Message, envelope: tuple[str, ...]) -> Report | None:
    """Return what a mail system says in words, or None where no mail system speaks or nobody is named."""
    if not _is_from_a_system(message):
        return None
    parts = children(message) or [message]
    text = "\n".join(text_of(part) for part in parts if part.get_content_type() == "text/plain")[:MOST_CHARACTERS]
    found = _ORIGINAL.search(text)
    notice, rest = (text[: found.start()], text[found.start() :]) if found else (text, "")
    recipients = _recipients(notice, header(message, "X-Failed-Recipients"))
    if not recipients:
        return None
    ids = (
        message_ids_in(f"{rest}\n{original_of(parts)}") if find_part(parts, ("multipart/alternative",)) is None else ()
    )
    return Report(recipients, envelope, ids, note="older-report")


def _is_from_a_system(message: Message) -> bool:
    sender = parseaddr(header(message, "From"))[1].casefold().partition("@")[0]
    answers = header(message, "Auto-Submitted").casefold().startswith("auto-replied")
    is_system = (
        sender.startswith(_SYSTEMS) or header(message, "Return-Path") == "<>" or bool(message["X-Failed-Recipients"])
    )
    # An answer in somebody's absence comes without a return path too, but from a person.
    return is_system and (not answers or sender.startswith(_SYSTEMS)) and not message["In-Reply-To"]


def _recipients(notice: str, failed: str) -> tuple[RecipientReport, ...]:
    lowered = " ".join(notice.casefold().split())
    waits = any(words in lowered for words in _WAITING)
    found = _named(notice) or ({failed: lowered} if "@" in failed and "," not in failed else {})
    reports = (_recipient(address, reason, waits=waits) for address, reason in list(found.items())[:MOST_RECIPIENTS])
    return tuple(report for report in reports if report.verdict in {*RETURNED, Verdict.DELAYED})


def _recipient(address: str, reason: str, *, waits: bool) -> RecipientReport:
    verdict = Verdict.DELAYED if waits else verdict_of_reply(reason)
    return RecipientReport(verdict, (address,), status_of(reason), reason)


def _named(notice: str) -> dict[str, str]:
    """Return each address that begins a line, with the lines below it."""
    found: dict[str, list[str]] = {}
    last, n_left = "", 0
    for line in notice.split("\n")[:MOST_LINES]:
        named = _FAILED_LINE.match(line[:500]) if "@" in line and not line.lstrip().startswith(">") else None
        if named is not None:
            last, n_left = named[1], MOST_REASON_LINES
            found.setdefault(last, []).append(named[2])
        elif last and line.strip() and n_left:
            n_left -= 1
            found[last].append(line[:500])
        elif n_left < MOST_REASON_LINES:
            # A blank line below a reason ends it; one between address and reason does not.
            last = ""
    return {address: " ".join(" ".join(reasons).split()) for address, reasons in found.items()}
