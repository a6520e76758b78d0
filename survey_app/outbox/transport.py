"""Handing mail to an SMTP server: Flask-Mail with verified certificates, time limits and one reconnection."""

from __future__ import annotations

import logging
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from types import TracebackType
from typing import Any, cast

from flask import Flask, current_app
from flask_mail import Connection, Message, email_dispatched
from flask_mail import Mail as FlaskMail

from survey_app.outbox.building import build
from survey_app.outbox.mail import Mail
from survey_app.outbox.rules import Outcome, clean_header, outcome_of
from survey_app.outbox.servers import SmtpServer, smtp_server

log = logging.getLogger(__name__)
CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
CLOSING = 421
# Whatever can go wrong between us and a server: smtplib's errors, sockets, certificates, time limits.
BROKEN = (smtplib.SMTPException, OSError)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one try: `reply` is the server's own line, `is_reachable` whether to go on with others."""

    outcome: Outcome
    reply: str
    is_reachable: bool = True


class Mailer(FlaskMail):
    """Flask-Mail, configured from SURVEY_SMTP_URL."""

    def init_mail(self, config: dict[str, Any], debug: bool | int = False, testing: bool = False) -> Any:  # noqa: ARG002, FBT001, FBT002 - Flask-Mail's signature
        """Return Flask-Mail's settings; its own test mode stays off, tests use a real server."""
        settings = config["SURVEY_SETTINGS"]
        server = smtp_server(settings.smtp_url)
        names = {
            "MAIL_SERVER": server.host,
            "MAIL_PORT": server.port,
            "MAIL_USERNAME": server.username or None,
            "MAIL_PASSWORD": server.password or None,
            "MAIL_USE_SSL": server.is_tls,
            "MAIL_USE_TLS": server.starts_tls,
            "MAIL_DEFAULT_SENDER": settings.mail_from or None,
            "MAIL_DEBUG": 0,
            "MAIL_SUPPRESS_SEND": False,
        }
        return super().init_mail(names)

    def connect(self) -> SmtpConnection:
        """Return a connection that opens with its first mail."""
        return SmtpConnection(current_app.extensions["mail"])


class ComposedMessage(Message):
    """One of our mails as Flask-Mail sends it: the bytes are built by our own function."""

    def __init__(self, mail: Mail, message_id: str, date: datetime) -> None:
        """Build the bytes at once, so that a mail that cannot be built is found before a server is asked."""
        self._built = build(mail, message_id, date)
        super().__init__(clean_header(mail.subject, 200), [mail.to_address], sender=mail.from_address)
        self.msgId = message_id
        self.to_address = mail.to_address
        self.from_address = mail.from_address

    def as_bytes(self) -> bytes:
        """Return the mail as the server gets it."""
        return self._built


class _LostError(Exception):
    """The connection broke before the server was given the mail, so that asking again cannot double it."""


class SmtpConnection(Connection):
    """One reused connection: opened when needed, opened once more when it was lost between two mails."""

    host: smtplib.SMTP | None

    def __enter__(self) -> SmtpConnection:  # noqa: PYI034 - nobody subclasses it
        """Wait for the first mail: a run that suppresses everything bothers no server."""
        self.host = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say good-bye; a server that is gone already hides nothing that happened before."""
        self._close()

    def configure_host(self) -> smtplib.SMTP:
        """Return an open, protected, signed-in connection."""
        return open_connection(_server(self.mail))

    def send(self, message: Message, envelope_from: str | tuple[str, str] | None = None) -> None:
        """Send a mail in Flask-Mail's own way, which raises when it does not go."""
        if envelope_from is not None or not isinstance(message, ComposedMessage):
            raise TypeError("Only mails that this room built are sent, from the sender they name.")
        delivery = self.hand_over(message)
        if delivery.outcome is not Outcome.ACCEPTED:
            raise smtplib.SMTPException(delivery.reply)

    def hand_over(self, message: ComposedMessage) -> Delivery:
        """Hand one mail over and return what the server made of it."""
        try:
            try:
                delivery = self._hand_over(message)
            except _LostError:
                self._close()
                delivery = self._hand_over(message)
        except (_LostError, *BROKEN) as error:
            self._close()
            return Delivery(Outcome.LATER, describe(error), is_reachable=False)
        if delivery.outcome is Outcome.ACCEPTED:
            app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the proxy's own way
            email_dispatched.send(app, message=message)
        return delivery

    def _hand_over(self, message: ComposedMessage) -> Delivery:
        if self.host is None:
            self.host = self.configure_host()
        host = self.host
        code, reply = self._ask(host.mail, message.from_address)
        if outcome_of(code) is not Outcome.ACCEPTED:
            # The sender is ours and the same for all: refused for one, refused for the others.
            self._close()
            return Delivery(Outcome.LATER, _line(code, reply), is_reachable=False)
        code, reply = self._ask(host.rcpt, message.to_address)
        if outcome_of(code) is not Outcome.ACCEPTED:
            self._forget_mail(host)
            return Delivery(outcome_of(code), _line(code, reply))
        return self._give(host, message)

    def _give(self, host: smtplib.SMTP, message: ComposedMessage) -> Delivery:
        """Give the mail itself; what breaks from here on is not repeated at once, the server may have it."""
        try:
            code, reply = host.data(message.as_bytes())
        except smtplib.SMTPDataError as error:
            code, reply = error.smtp_code, _bytes(error.smtp_error)
            self._forget_mail(host)
        except BROKEN as error:
            # Perhaps it is this mail that the server can't bear: the others are tried all the same.
            self._close()
            return Delivery(Outcome.LATER, describe(error))
        if code == CLOSING:
            self._close()
        return Delivery(outcome_of(code), _line(code, reply))

    def _forget_mail(self, host: smtplib.SMTP) -> None:
        """Let the server forget a mail it refused; where it is gone, the next mail opens a new connection."""
        try:
            host.rset()
        except BROKEN as error:
            log.debug("The mail server was gone after refusing a mail: %s", type(error).__name__)
            self._close()

    def _ask(self, command: Any, argument: str) -> tuple[int, bytes]:
        """Return the answer to a command that comes before the mail itself."""
        try:
            code, reply = command(argument)
        except BROKEN as error:
            # A server that kept silent once is not waited for again.
            if is_timeout(error):
                raise
            raise _LostError(str(error)) from error
        if code == CLOSING:
            raise _LostError(_line(code, reply))
        return code, reply

    def _close(self) -> None:
        host, self.host = self.host, None
        if host is None:
            return
        try:
            host.quit()
        except BROKEN as error:
            log.debug("The mail server was gone before the good-bye: %s", type(error).__name__)
            host.close()


def open_connection(server: SmtpServer) -> smtplib.SMTP:
    """Return an open connection: certificates verified, no step longer than its limit."""
    context = ssl.create_default_context()
    name = _own_name()
    host: smtplib.SMTP
    if server.is_tls:
        host = smtplib.SMTP_SSL(server.host, server.port, name, timeout=CONNECT_SECONDS, context=context)
    else:
        host = smtplib.SMTP(server.host, server.port, name, timeout=CONNECT_SECONDS)
    try:
        host.ehlo_or_helo_if_needed()
        if server.starts_tls:
            host.starttls(context=context)
            host.ehlo_or_helo_if_needed()
        if server.username:
            host.login(server.username, server.password)
        cast("Any", host.sock).settimeout(READ_SECONDS)
    except BaseException:
        host.close()
        raise
    return host


def is_timeout(error: BaseException) -> bool:
    """Return whether a server kept silent: smtplib hides the time limit behind a disconnection."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def describe(error: BaseException) -> str:
    """Return a broken connection in one line."""
    text = clean_header(str(error), 300)
    return f"{type(error).__name__.lstrip('_')}: {text}" if text else type(error).__name__


def _server(state: Any) -> SmtpServer:
    return SmtpServer(
        state.server, state.port, state.username or "", state.password or "", state.use_ssl, state.use_tls
    )


def _own_name() -> str:
    """Return how we introduce ourselves: the public host, never the machine's own name."""
    name: str = current_app.config["SURVEY_SETTINGS"].public_host
    try:
        return f"[{ip_address(name)}]"
    except ValueError:
        return name


def _line(code: int, reply: bytes) -> str:
    return f"{code} {clean_header(reply.decode('utf-8', 'replace'), 300)}"


def _bytes(reply: bytes | str) -> bytes:
    return reply if isinstance(reply, bytes) else reply.encode()
