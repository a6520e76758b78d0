"""The one function that turns a mail into the bytes a server gets: plain ASCII headers, text and HTML, short lines."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from email import policy
from email.charset import QP, Charset
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr
from hashlib import sha256

from survey_app.outbox.mail import Mail
from survey_app.outbox.rules import (
    LONGEST_NAME,
    LONGEST_SUBJECT,
    body_text,
    checked_headers,
    checked_link,
    clean_header,
)

# Headers are folded here, where encoded words are made; the writer must not fold links, which breaks signatures.
_POLICY = policy.compat32.clone(linesep="\r\n", max_line_length=0)
_QUOTED = Charset("utf-8")
_QUOTED.body_encoding = QP
# Bytes of one encoded word, so that "Subject: " and the first word fit in a line.
_WORD_BYTES = 39


def build(mail: Mail, message_id: str, date: datetime) -> bytes:
    """Return the mail as it goes to the server, for the one recipient it names."""
    message = MIMEMultipart("alternative", boundary_of(message_id), policy=_POLICY)
    for name, value in _headers(mail, message_id, date).items():
        message[name] = value
    message.attach(_part(mail.text, "plain"))
    message.attach(_part(mail.html, "html"))
    return message.as_bytes(policy=_POLICY)


def boundary_of(message_id: str) -> str:
    """Return what separates the parts: the same for every copy; quoted-printable text never holds "=_"."""
    return f"=_{sha256(message_id.encode()).hexdigest()[:32]}"


def address_header(name: str, address: str) -> str:
    """Return a name and a checked address as they stand in From or To."""
    return formataddr((_encoded(clean_header(name, LONGEST_NAME)), address))


def subject_header(subject: str) -> str:
    """Return a subject as it stands in its header."""
    return _encoded(clean_header(subject, LONGEST_SUBJECT))


def unsubscribe_headers(url: str) -> dict[str, str]:
    """Return the headers by which a mail program unsubscribes at once; raise ValueError for a link that is none."""
    return {"List-Unsubscribe": f"<{checked_link(url)}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def further_headers(mail: Mail) -> dict[str, str]:
    """Return the headers that are the same whoever gets the mail."""
    automatic = {"Auto-Submitted": "auto-generated"} if mail.for_staff else {}
    return automatic | {name: _encoded(value) for name, value in checked_headers(mail.headers).items()}


def _headers(mail: Mail, message_id: str, date: datetime) -> dict[str, str]:
    headers = {
        "From": address_header(mail.from_name, mail.from_address),
        "To": address_header(mail.to_name, mail.to_address),
        "Subject": subject_header(mail.subject),
        "Date": format_datetime(date),
        "Message-ID": message_id,
        "Content-Language": clean_header(mail.language, 35),
    }
    if mail.unsubscribe_url:
        headers |= unsubscribe_headers(mail.unsubscribe_url)
    return headers | further_headers(mail)


def _encoded(text: str) -> str:
    """Return cleaned text as ASCII: as it is, or in encoded words, folded between them."""
    if text.isascii():
        return text
    words, word = [], b""
    for character in text:
        written = character.encode("utf-8")
        if len(word) + len(written) > _WORD_BYTES:
            words.append(word)
            word = b""
        word += written
    return "\n ".join(f"=?utf-8?b?{b64encode(each).decode()}?=" for each in [*words, word])


def _part(text: str, kind: str) -> MIMEText:
    return MIMEText(body_text(text), kind, _QUOTED, policy=_POLICY)  # type: ignore[arg-type]  # the stub knows names only
