"""Pure decisions about mail: addresses, clean headers, what a server's answer means, when to try again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum

from email_validator import EmailNotValidError, validate_email

LONGEST_SUBJECT = 200
LONGEST_NAME = 120
# Pauses double from the first to the longest: 20 s, 40 s, … 1 h; 32 tries last a little over a day.
FIRST_PAUSE = timedelta(seconds=20)
LONGEST_PAUSE = timedelta(hours=1)
MOST_TRIES = 32
PERMANENT = 500
# What stands in place of a domain where an address is a telephone number.
TELEPHONES = "sms"
LONGEST_DOMAIN = 253
# What stands with a mail that the server may have had already, and nobody can say.
WORKER_ENDED = "The worker ended while it held this mail: the server may have had it."
UNANSWERED = "The server did not answer after it was given this mail: it may have it."
UNCERTAIN = (WORKER_ENDED, UNANSWERED)

# Everything a mail program may take for the end of a header or that changes how the rest reads:
# control and format characters (Cc, Cf with the direction marks), line and paragraph separators, lone surrogates.
_BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})
_DIRECTION = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
# What needs no cleaning: printable ASCII words with one blank between them.
_CLEAN = re.compile(r"[!-~]+(?: [!-~]+)*\Z")
_PLAIN_ADDRESS = re.compile(r"[!-?A-~]+@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\Z")
_DOMAIN = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+\Z")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}\Z")
_LINK = re.compile(r"https?://[\x21-\x3b\x3d\x3f-\x7e]{1,800}\Z")
# RFC 3463: bad mailbox, bad system, no such route, mailbox disabled.
_DEAD = re.compile(r"5\d\d[ -]5\.(1\.(1|2|3|10)|2\.1|4\.4)\b")
# Headers that this room alone decides on.
_RESERVED = frozenset(
    {
        "from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id", "return-path", "received",
        "mime-version", "content-type", "content-transfer-encoding", "content-disposition",
        "list-unsubscribe", "list-unsubscribe-post", "auto-submitted", "dkim-signature",
    },
)  # fmt: skip


class AddressError(ValueError):
    """An address that no mail can go to; the message says why."""


class Outcome(Enum):
    """What became of one try to hand a mail over."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    LATER = "later"


def address_key(address: str) -> str:
    """Return the spelling by which addresses are compared: folded, composed, with an ASCII domain."""
    if _PLAIN_ADDRESS.match(address):
        return address.lower()
    local, at, domain = unicodedata.normalize("NFKC", address).strip().casefold().rpartition("@")
    try:
        ascii_domain = domain.rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        ascii_domain = domain
    return f"{local}{at}{ascii_domain}"


def domain_of(address: str) -> str:
    """Return the part after the @, by which limits are kept; telephone numbers, which have none, share a name."""
    _local, at, domain = address.rpartition("@")
    return domain.lower() if at else TELEPHONES


def is_scope(scope: str) -> bool:
    """Return whether a limit can be kept for this: all mail, short messages, or a domain."""
    return scope in {"*", TELEPHONES} or (len(scope) <= LONGEST_DOMAIN and bool(_DOMAIN.match(scope)))


def checked_address(address: str) -> str:
    """Return the address as mail servers take it (ASCII domain); raise AddressError where there is none."""
    try:
        checked = validate_email(address, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError as error:
        raise AddressError(str(error)) from error
    if checked.ascii_email is None:
        raise AddressError("The address has letters that mail servers do not take.")
    return checked.ascii_email


def clean_header(text: str, longest: int) -> str:
    """Return text that stays one header: no line ends or control characters, encoded-word openers broken up."""
    if len(text) <= longest and _CLEAN.match(text) and "=?" not in text and "?=" not in text:
        return text
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(" " if unicodedata.category(c) in _BREAKING else c for c in composed if c not in _DIRECTION)
    # A reader must never take a customer's name for an encoded word and decode line ends out of it.
    return " ".join(kept.replace("=?", "= ?").replace("?=", "? =").split())[:longest].strip()


def body_text(text: str) -> str:
    """Return text as a mail's body holds it: lines end in LF, and there are no other control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if lines.isprintable():
        return lines
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return further headers, cleaned; raise ValueError for a name that is none or that is not the caller's to set."""
    for name in headers:
        if not _HEADER_NAME.match(name) or name.lower() in _RESERVED:
            raise ValueError(f"{name!r} is not a header that a mail may add.")
    return {name: clean_header(value, 500) for name, value in headers.items()}


def checked_link(url: str) -> str:
    """Return a link that may stand in a header; raise ValueError where it would end it or be folded."""
    if not _LINK.match(url):
        raise ValueError("The link to unsubscribe must be a plain http or https address of at most 800 characters.")
    return url


def is_dead_address(reply: str) -> bool:
    """Return whether a refusal says that the address does not exist or is closed, rather than that it is full."""
    return bool(_DEAD.match(reply))


def outcome_of(code: int) -> Outcome:
    """Return what an SMTP answer means: 2xx taken, 5xx refused for good, anything else to be tried again."""
    if 200 <= code < 300:  # noqa: PLR2004 - the classes of RFC 5321, section 4.2.1
        return Outcome.ACCEPTED
    return Outcome.REFUSED if code >= PERMANENT else Outcome.LATER


def pause_after(n_tries: int, chance: float) -> timedelta | None:
    """Return how long to wait after this many failed tries, or None when it is time to give up.

    `chance` in 0 to 1 spreads mails that failed together over a third of the pause.
    """
    if n_tries >= MOST_TRIES:
        return None
    growth: int = 2 ** min(n_tries - 1, 16)
    pause = min(FIRST_PAUSE * growth, LONGEST_PAUSE)
    return pause * (1 + chance / 3)
