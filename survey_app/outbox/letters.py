"""A mail for many: composed once, with slots for what differs from one recipient to the next.

A slot is written into the composed texts by `slot("link")` and filled when the mail is built. Its marks are private
characters, which everything that people write loses before it is composed (`without_marks`), so that nobody can
write a slot. What fills a slot is escaped for the place where it lands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from html import escape

from survey_app.outbox.mail import Mail
from survey_app.outbox.rules import body_text

OPEN, CLOSE = "\ue000", "\ue001"
_SLOT = re.compile(f"{OPEN}([a-z][a-z0-9_.]{{0,79}}){CLOSE}")
_MARKS = str.maketrans("", "", OPEN + CLOSE)
# The slot of the link behind List-Unsubscribe, where a letter has one.
UNSUBSCRIBE = "unsubscribe_link"
# The value that personal links end with; no slot is called so.
TOKEN = "token"  # noqa: S105 - the name of a value, no secret


@dataclass(frozen=True, slots=True)
class Letter:
    """What all mails of one kind, language and wording say; `subject`, `text` and `html` may hold slots."""

    subject: str
    text: str
    html: str
    language: str = "en"
    from_name: str = ""
    from_address: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    # Where True, the value of the slot `unsubscribe_link` stands behind the one-click headers as well.
    has_unsubscribe: bool = True
    # Slots for personal links, each with what stands before the reader's token: kept here once, not with every mail.
    links: Mapping[str, str] = field(default_factory=dict)

    def values_for(self, stored: Mapping[str, str]) -> Mapping[str, str]:
        """Return what fills the slots for one reader, of whose links the token alone is stored."""
        if TOKEN not in stored:
            return stored
        token = stored[TOKEN]
        return {**stored, **{name: f"{start}{token}" for name, start in self.links.items()}}

    @property
    def slots(self) -> frozenset[str]:
        """Return the names of the slots to fill."""
        found = {name for part in (self.subject, self.text, self.html) for name in _SLOT.findall(part)}
        return frozenset(found | ({UNSUBSCRIBE} if self.has_unsubscribe else set()))

    @property
    def slots_of_text(self) -> frozenset[str]:
        """Return the slots of the text alone, which is all that a short message has."""
        return frozenset(_SLOT.findall(self.text))

    @property
    def key(self) -> str:
        """Return a hash of all it says: the same letter composed again has the same."""
        return sha256(letter_to_json(self)).hexdigest()


def slot(name: str) -> str:
    """Return the mark that stands for a value in a letter's texts."""
    return f"{OPEN}{name}{CLOSE}"


def without_marks(text: str) -> str:
    """Return a text that holds no slot, whatever somebody typed."""
    return text.translate(_MARKS)


def filled(letter: Letter, to_address: str, to_name: str, values: Mapping[str, str]) -> Mail:
    """Return the letter as one person's mail; a slot without a value stays empty."""
    values = letter.values_for(values)

    def put(text: str, escaping: Callable[[str], str]) -> str:
        return _SLOT.sub(lambda match: escaping(values.get(match.group(1), "")), text)

    return Mail(
        to_address=to_address,
        to_name=to_name,
        subject=put(letter.subject, str),
        # Cleaned before they meet, so that a line end of one never joins a line end of the other.
        text=put(body_text(letter.text), body_text),
        html=put(body_text(letter.html), lambda value: escape(body_text(value))),
        language=letter.language,
        headers=letter.headers,
        unsubscribe_url=values.get(UNSUBSCRIBE) if letter.has_unsubscribe else None,
        from_name=letter.from_name,
        from_address=letter.from_address,
    )


def put_plainly(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its slots filled, as plain text without control characters."""
    return _SLOT.sub(lambda match: body_text(values.get(match.group(1), "")), body_text(text))


def pieces_of(text: str) -> list[str]:
    """Return what stands between the slots and, at every second place, the name of the slot there."""
    return _SLOT.split(text)


def letter_to_json(letter: Letter) -> bytes:
    """Return the letter as stored bytes (before they are encrypted)."""
    return json.dumps(asdict(letter), ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")


def letter_from_json(data: bytes) -> Letter:
    """Return the letter that `letter_to_json` wrote."""
    return Letter(**json.loads(data.decode("utf-8", "surrogatepass")))
