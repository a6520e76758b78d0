"""What mail servers said, grouped by what it means and what to do about it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.sending.posting import groups_of
from survey_app.extensions import db
from survey_app.outbox.models import OutboxMail

# Different sentences of servers that are read; the rest counts under what it means all the same.
MOST_READ = 500


class Meaning(StrEnum):
    """What an answer of a mail server means for the sender."""

    NO_SUCH_ADDRESS = "no-such-address"
    MAILBOX_FULL = "mailbox-full"
    POLICY = "policy"
    TOO_FAST = "too-fast"
    SIGNING_IN = "signing-in"
    OUT_OF_REACH = "out-of-reach"
    UNSAFE_CONNECTION = "unsafe-connection"
    LATER = "later"
    NOT_BUILT = "not-built"
    REFUSED = "refused"


# Looked for in this order; the first that fits is the meaning.
_SIGNS: tuple[tuple[Meaning, str], ...] = (
    (Meaning.NOT_BUILT, r"could not be built|SECRET_KEY"),
    (Meaning.UNSAFE_CONNECTION, r"certificate|SSL|TLS"),
    (Meaning.SIGNING_IN, r"^(?:454|53[045])\b|\b5\.7\.8\b"),
    (Meaning.NO_SUCH_ADDRESS, r"\b5\.1\.(?:1|2|3|6|10)\b|user unknown|no such (?:user|mailbox|address)"),
    (Meaning.MAILBOX_FULL, r"\b[45]\.2\.2\b|^552\b|^452\b|full|quota"),
    (Meaning.TOO_FAST, r"\b4\.7\.\d+\b|rate|too many|throttl"),
    (Meaning.POLICY, r"\b5\.7\.\d+\b|spam|polic|blocked|DMARC|SPF"),
    (Meaning.OUT_OF_REACH, r"refused the connection|timed? ?out|unreachable|connect|reset|closed"),
    (Meaning.LATER, r"^4\d\d\b|\b4\.\d+\.\d+\b"),
)
_PATTERNS = tuple((meaning, re.compile(signs, re.IGNORECASE)) for meaning, signs in _SIGNS)


@dataclass(frozen=True, slots=True)
class SendingError:
    """What went wrong with so many mails: its meaning, and one server's own words for it."""

    meaning: Meaning
    n_mails: int
    example: str


def meaning_of(text: str) -> Meaning:
    """Return what a server's answer means."""
    return next((meaning for meaning, pattern in _PATTERNS if pattern.search(text)), Meaning.REFUSED)


def grouped(said: Iterable[tuple[str, int]]) -> list[SendingError]:
    """Return the answers, each said of so many mails, by meaning, the most frequent first."""
    counts: Counter[Meaning] = Counter()
    examples: dict[Meaning, str] = {}
    for text, n in said:
        meaning = meaning_of(text)
        counts[meaning] += n
        examples.setdefault(meaning, text)
    return [SendingError(meaning, n, examples[meaning]) for meaning, n in counts.most_common()]


def list_errors(campaign: Campaign) -> list[SendingError]:
    """Return what went wrong with the campaign's mails that wait or failed."""
    n_mails = func.count()
    rows = db.session.execute(
        select(OutboxMail.last_error, n_mails)
        .where(
            OutboxMail.group_key.in_(groups_of(campaign)),
            OutboxMail.last_error.is_not(None),
            OutboxMail.state.in_(("pending", "claimed", "failed")),
        )
        .group_by(OutboxMail.last_error)
        .order_by(n_mails.desc())
        .limit(MOST_READ)
    )
    return grouped((text or "", n) for text, n in rows)
