"""The one function that turns a mail into the bytes a server gets: plain ASCII headers, text and HTML, short lines."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from email import policy
from email.charset import QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr
from hashlib import sha256

from survey_app.outbox.mail import Mail
from survey_app.outbox.rules import LONGEST_NAME, LONGEST_SUBJECT, checked_headers, checked_link, clean_header

# Headers are folded here, where encoded words are made; the writer must not fold links, which breaks signatures.
_POLICY = policy.compat32.clone(linesep="\r\n", max_line_length=0)
_QUOTED = Charset("utf-8")
_QUOTED.body_encoding = QP


def build(mail: Mail, message_id: str, date: datetime) -> bytes:
    """Return the mail as it goes to the server, for the one recipient it names."""
    # The same for every copy of a mail; quoted-printable text never holds "=_".
    boundary = f"=_{sha256(message_id.encode()).hexdigest()[:32]}"
    message = MIMEMultipart("alternative", boundary, policy=_POLICY)
    for name, value in _headers(mail, message_id, date).items():
        message[name] = value
    message.attach(_part(mail.text, "plain"))
    message.attach(_part(mail.html, "html"))
    return message.as_bytes(policy=_POLICY)


def _headers(mail: Mail, message_id: str, date: datetime) -> dict[str, str]:
    headers = {
        "From": _address(mail.from_name, mail.from_address),
        "To": _address(mail.to_name, mail.to_address),
        "Subject": _encoded(clean_header(mail.subject, LONGEST_SUBJECT)),
        "Date": format_datetime(date),
        "Message-ID": message_id,
        "Content-Language": clean_header(mail.language, 35),
    }
    if mail.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{checked_link(mail.unsubscribe_url)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if mail.for_staff:
        headers["Auto-Submitted"] = "auto-generated"
    return headers | {name: _encoded(value) for name, value in checked_headers(mail.headers).items()}


def _address(name: str, address: str) -> str:
    return formataddr((_encoded(clean_header(name, LONGEST_NAME)), address))


def _encoded(text: str) -> str:
    """Return cleaned text as ASCII: as it is, or in encoded words, folded between them."""
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=75).encode(linesep="\n")


def _part(text: str, kind: str) -> MIMEText:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    return MIMEText(kept, kind, _QUOTED, policy=_POLICY)  # type: ignore[arg-type]  # the stub knows names only
