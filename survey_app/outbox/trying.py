"""Trying the mail server from a page: what happened, as a code with its sentence."""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from flask import current_app
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from survey_app.outbox.building import build
from survey_app.outbox.dialogue import BROKEN, Parcel, describe, is_timeout
from survey_app.outbox.mail import Mail
from survey_app.outbox.queries import sends_to_nobody
from survey_app.outbox.rules import Outcome
from survey_app.outbox.servers import smtp_server
from survey_app.outbox.transport import SmtpConnection, open_connection

# The person waits in front of a page, which web servers give up after half a minute.
TRY_SECONDS = 6.0
SENTENCES: dict[str, LazyString] = {
    "accepted": lazy_gettext("The mail server took the mail."),
    "connected": lazy_gettext("The mail server answers and lets us in."),
    "refused": lazy_gettext(
        "Nothing answers at the mail server's address. Check the host and port in SURVEY_SMTP_URL."
    ),
    "unknown_host": lazy_gettext("The mail server's name is not known. Check the host in SURVEY_SMTP_URL."),
    "timeout": lazy_gettext(
        "The mail server did not answer in time. Check the port, and whether a firewall stands between."
    ),
    "bad_certificate": lazy_gettext(
        "The mail server's certificate does not prove who it is. Use the name the certificate was made for."
    ),
    "no_encryption": lazy_gettext("The mail server offers no encryption on this port. Use smtps:// or another port."),
    "authentication_failed": lazy_gettext("The mail server refused the user name or password in SURVEY_SMTP_URL."),
    "recipient_refused": lazy_gettext("The mail server refused this sender or recipient."),
    "dropped": lazy_gettext("The mail server broke the connection off."),
    "server_error": lazy_gettext("The mail server answered with an error."),
}
# The first that fits, so the narrower error before the wider.
_CODES: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLCertVerificationError, "bad_certificate"),
    (ssl.SSLError, "no_encryption"),
    (smtplib.SMTPNotSupportedError, "no_encryption"),
    (smtplib.SMTPAuthenticationError, "authentication_failed"),
    (smtplib.SMTPServerDisconnected, "dropped"),
    (smtplib.SMTPException, "server_error"),
    (socket.gaierror, "unknown_host"),
    (ConnectionRefusedError, "refused"),
    (OSError, "dropped"),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """What happened: a code of SENTENCES and the technical line behind it."""

    code: str
    detail: str

    @property
    def is_good(self) -> bool:
        """Return whether mail can go out."""
        return self.code in {"accepted", "connected"}

    @property
    def sentence(self) -> LazyString:
        """Return what happened and what to do, in the reader's language."""
        return SENTENCES[self.code]


def try_smtp(mail: Mail | None = None) -> Trial:
    """Connect to the mail server, hand this mail over if there is one, and return what happened.

    Takes up to the time limits of a silent server, so no transaction may be open meanwhile.
    """
    try:
        host = open_connection(smtp_server(current_app.config["SURVEY_SETTINGS"].smtp_url))
    except BROKEN as error:
        return Trial(code_of(error), describe(error))
    connection = SmtpConnection(current_app.extensions["mail"])
    connection.host = host
    cast("Any", host.sock).settimeout(TRY_SECONDS)
    try:
        # An installation that sends to nobody tries the server all the same.
        return _hand_over(connection, mail) if mail and not sends_to_nobody() else Trial("connected", "")
    finally:
        connection.__exit__(None, None, None)


def code_of(error: BaseException) -> str:
    """Return the code of what broke the connection."""
    if is_timeout(error):
        return "timeout"
    return next(code for kind, code in _CODES if isinstance(error, kind))


def _hand_over(connection: SmtpConnection, mail: Mail) -> Trial:
    now = datetime.now(UTC)
    domain = mail.from_address.rpartition("@")[2]
    content = build(mail, f"<trial-{now.timestamp():.0f}@{domain}>", now)
    delivery = connection.hand_over(Parcel(mail.from_address, mail.to_address, content))
    if delivery.outcome is Outcome.ACCEPTED:
        return Trial("accepted", delivery.reply)
    is_answer = delivery.reply[:3].isdigit()
    return Trial("recipient_refused" if is_answer else "dropped", delivery.reply)
