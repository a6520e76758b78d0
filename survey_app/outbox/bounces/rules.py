"""Pure decisions about what came back: what a report means, and what follows from it.

The action decides first, the class of the status second; the words of a server only where both say too little, and
to spare an address: a full mailbox is never a dead one, whatever number stands before it.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Verdict(StrEnum):
    """What one report says of one recipient's mail."""

    # The mailbox does not exist or is closed for good: no more mail goes there.
    HARD = "hard"
    # It did not arrive this time: full, too large, expired, a passing fault.
    SOFT = "soft"
    # Refused because of us (reputation, signatures, content): the sender's matter, the address is sound.
    POLICY = "policy"
    COMPLAINT = "complaint"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    # No report at all: an answer of a person or a machine, a receipt.
    IGNORED = "ignored"
    # A report that says too little to act on.
    UNKNOWN = "unknown"
    # A report that we cannot prove to be about a mail of ours and its recipient.
    UNPROVEN = "unproven"


# The mail did not arrive.
RETURNED = frozenset({Verdict.HARD, Verdict.SOFT, Verdict.POLICY})
# After so many soft failures in a row, of as many mails, the address counts as dead.
MOST_SOFT = 3
SUPPRESSES = {Verdict.HARD: "bounced", Verdict.COMPLAINT: "complained"}

_ACTIONS = {
    "failed": "failed",
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "delivered",
    "expanded": "delivered",
}
_BY_CLASS = {"5": "failed", "4": "delayed", "2": "delivered"}
# RFC 3463: the mailbox or its domain is not there, or no mail can ever reach it.
_DEAD = re.compile(r"5\.(1\.(0|1|2|3|4|6|10)|2\.1|4\.4|4\.310)\Z")
_FOR_THE_SENDER = re.compile(r"5\.(7\.\d{1,3}|1\.[78]|6\.\d{1,3})\Z")
# Numbers that say no more than that it failed.
_VAGUE = re.compile(r"5\.(\d{1,3}\.0|0\.\d{1,3}|5\.\d{1,3}|3\.0)\Z")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -]|\Z)")
_SAYING = re.compile(r"\bhost \S{1,300} said:|\bremote server\b|\A\s*(smtp|x-\w{1,20});", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,255}")

_FULL_WORDS = (
    "mailbox full", "mailbox is full", "quota", "out of storage", "storage space", "insufficient storage",
    "too many messages", "inbox is full", "mail box full", "exceeded storage", "over limit", "rate that prevents",
    "receiving mail too quickly", "too large", "message size", "size limit", "try again later", "temporarily",
    "greylist", "graylist", "timed out", "time out", "retry timeout", "retry time not reached", "expired",
)  # fmt: skip
_POLICY_WORDS = (
    "spam", "blocked", "blocklist", "block list", "blacklist", "black list", "dnsbl", " rbl", "policy", "reputation",
    "dmarc", "dkim", " spf", "(spf", "not authorized", "unauthenticated", "prohibited", "content rejected", "virus",
    "malware", "unsolicited", "listed at", "listed by", "poor standing",
)  # fmt: skip
_DEAD_WORDS = (
    "user unknown", "unknown user", "no such user", "no such recipient", "no such mailbox", "does not exist",
    "doesn't exist", "does not have", "doesn't have", "mailbox not found", "recipient not found", "user not found",
    "address not found", "invalid recipient", "invalid mailbox", "unknown recipient", "recipient unknown",
    "address unknown", "unknown address", "no mailbox here", "mailbox unavailable", "account is disabled",
    "account has been disabled", "account disabled", "mailbox disabled", "user is inactive", "domain not found",
    "host not found", "host or domain name not found", "no such domain", "unrouteable address",
    "unrouteable mail domain", "not listed in", "unknown or illegal alias", "no such person", "not a known user",
    "unknown local part", "recipient address rejected: user", "nxdomain",
)  # fmt: skip


def verdict_of(action: str, status: str, diagnostic: str) -> Verdict:
    """Return what a server's report on one recipient means: RFC 3464's action, status and diagnostic code."""
    number = status_of(status)
    act = _ACTIONS.get(_first_word(action)) or _BY_CLASS.get((number or status_of(diagnostic))[:1], "")
    if act == "delivered":
        return Verdict.DELIVERED
    if act == "delayed":
        return Verdict.DELAYED
    if act == "failed":
        return _failed(number, diagnostic)
    return Verdict.UNKNOWN


def verdict_of_reply(reply: str) -> Verdict:
    """Return what a server's last answer means for a mail that is known to have failed."""
    return _failed("", reply)


def status_of(text: str) -> str:
    """Return the first enhanced status code (`5.1.1`) in a text, or nothing."""
    found = _STATUS.search(text)
    return found[1] if found else ""


def _failed(number: str, diagnostic: str) -> Verdict:
    words = _words(diagnostic)
    number = _telling(number, diagnostic)
    if number.startswith("4") or _has(words, _FULL_WORDS):
        return Verdict.SOFT
    if _FOR_THE_SENDER.match(number) or _has(words, _POLICY_WORDS):
        return Verdict.POLICY
    if _DEAD.match(number) or (_is_open(number) and _has(words, _DEAD_WORDS)):
        return Verdict.HARD
    if number.startswith("5") or _REPLY.search(diagnostic):
        return Verdict.SOFT
    return Verdict.UNKNOWN


def _telling(number: str, diagnostic: str) -> str:
    """Return the number that says more: the server's own where the report's is vague or missing."""
    own = status_of(diagnostic)
    if not number or (_VAGUE.match(number) and not _DEAD.match(number)):
        return own or number
    # A report that says "failed for good" of a passing fault, or of one that is the sender's, is not believed.
    return own if own.startswith("4") or _FOR_THE_SENDER.match(own) else number


def _is_open(number: str) -> bool:
    """Return whether a number leaves open what happened, so that words may tell."""
    return not number or bool(_VAGUE.match(number))


def _words(diagnostic: str) -> str:
    """Return a diagnostic for a look at its words: names of people and servers in it say nothing."""
    bare = _ADDRESS.sub(" ", _SAYING.sub(" ", diagnostic[:2000]))
    return f" {' '.join(bare.casefold().split())}"


def _has(words: str, known: tuple[str, ...]) -> bool:
    return any(each in words for each in known)


def _first_word(text: str) -> str:
    return (text.casefold().split(";")[0].split() or [""])[0].rstrip(".,")
