"""The parts of a report: its children, their bytes, the fields in them, the mail it returns."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from email.message import Message

MOST_PARTS = 20
MOST_FIELDS = 500
_MESSAGE_ID = re.compile(r"^message-id[ \t]*:[ \t\r\n]*(<[^<>\s]{3,300}>)", re.IGNORECASE | re.MULTILINE)
_FIELD = re.compile(r"([!-9;-~]{1,80})[ \t]*:(.*)", re.DOTALL)
# The values of these may stand for one recipient only: a second one begins the next block.
_OF_ONE_RECIPIENT = frozenset({"original-recipient", "final-recipient", "action", "status"})
_TYPED = re.compile(r"[A-Za-z0-9-]{1,20}[ \t]*;")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_UNITEXT = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_ADDRESS = re.compile(r"[^\s<>@,;]{1,64}@[^\s<>@,;]{1,255}")
ORIGINALS = (
    "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers",
    "text/rfc822",
)  # fmt: skip

Fields = dict[str, str]


def children(message: Message) -> list[Message]:
    """Return the direct parts of a mail, the first twenty of them."""
    payload = message.get_payload()
    return [part for part in payload[:MOST_PARTS] if isinstance(part, Message)] if isinstance(payload, list) else []


def find_part(parts: Iterable[Message], kinds: Sequence[str]) -> Message | None:
    """Return the first part of one of these kinds."""
    return next((part for part in parts if part.get_content_type() in kinds), None)


def header(message: Message, name: str) -> str:
    """Return a header in one line, or nothing."""
    return " ".join(str(message.get(name, ""))[:2000].split())


def text_of(part: Message) -> str:
    """Return what a part holds, decoded, whatever the parser made of it."""
    if part.get_content_maintype() == "message" and part.is_multipart():
        return _inner_text(part)
    content = part.get_payload(decode=True)
    return _decoded(content if isinstance(content, bytes) else b"")


def blocks_of(part: Message) -> list[Fields]:
    """Return the blocks of fields of a status part: one for the mail, and one for each recipient."""
    blocks: list[Fields] = [{}]
    n_fields = 0
    for line in _unfolded(text_of(part)):
        found = _FIELD.match(line)
        if found is None:
            if blocks[-1]:
                blocks.append({})
            continue
        name = found[1].lower()
        if name in blocks[-1] and name in _OF_ONE_RECIPIENT:
            blocks.append({})
        blocks[-1].setdefault(name, " ".join(found[2].split()))
        n_fields += 1
        if n_fields >= MOST_FIELDS:
            break
    return [block for block in blocks if block]


def address_in(value: str) -> str:
    """Return the address in `rfc822; an@example.org`, in its UTF-8 form of RFC 6533, or between angle brackets."""
    typed = _TYPED.match(value)
    bare = value[typed.end() :] if typed else value
    bare = _UNITEXT.sub(lambda found: _letter(found[1]), bare)
    found = _ADDRESS.search(bare.replace('"', " "))
    return found[0] if found else ""


def without_xtext(address: str) -> str:
    """Return an address whose unusual letters were written as `+2B` on their way through the servers."""
    return _XTEXT.sub(lambda found: _letter(found[1]), address)


def original_of(parts: Iterable[Message]) -> str:
    """Return the headers of the mail that a report returns, or nothing where it returns none."""
    part = find_part(parts, ORIGINALS)
    if part is None:
        return ""
    return re.split(r"\r?\n\r?\n", text_of(part).lstrip("\r\n"), maxsplit=1)[0]


def message_ids_in(text: str) -> tuple[str, ...]:
    """Return the Message-IDs that stand as headers in a text."""
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(text)))[:10]


def _inner_text(part: Message) -> str:
    """Return the bytes of a `message/…` part, which the parser took apart, as they came."""
    whole = part.as_bytes(unixfrom=False)
    _head, _blank, inner = whole.replace(b"\r\n", b"\n").partition(b"\n\n")
    encoding = header(part, "Content-Transfer-Encoding").lower()
    if encoding not in {"base64", "quoted-printable"}:
        return _decoded(inner)
    carrier = Message()
    carrier["Content-Transfer-Encoding"] = encoding
    carrier.set_payload(inner.decode("ascii", "replace"))
    content = carrier.get_payload(decode=True)
    return _decoded(content if isinstance(content, bytes) else b"")


def _decoded(content: bytes) -> str:
    """Return text: reports are ASCII or UTF-8, and what is neither must not stop the rest from being read."""
    return content.decode("utf-8", "replace").replace("\0", " ").replace("\r\n", "\n")


def _unfolded(text: str) -> list[str]:
    lines: list[str] = []
    for line in text.split("\n"):
        if line[:1] in {" ", "\t"} and line.strip() and lines and lines[-1]:
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line.rstrip())
    return lines


def _letter(number: str) -> str:
    code = int(number, 16)
    return chr(code) if code <= sys.maxunicode else "\ufffd"
