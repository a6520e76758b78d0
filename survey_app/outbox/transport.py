"""Handing mail to an SMTP server: Flask-Mail with verified certificates, time limits and one reconnection."""

from __future__ import annotations

import logging
import smtplib
import socket
import ssl
from collections.abc import Callable
from ipaddress import ip_address
from types import TracebackType
from typing import Any, cast

from flask import Flask, current_app
from flask_mail import Connection, Message, email_dispatched
from flask_mail import Mail as FlaskMail

from survey_app.outbox.dialogue import BROKEN, Delivery, LostError, Parcel, announce, answer, describe, give
from survey_app.outbox.rules import Outcome
from survey_app.outbox.servers import SmtpServer, smtp_server

log = logging.getLogger(__name__)
CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0


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
    """One of our mails as Flask-Mail's own interface and signal know it: the bytes are ready."""

    def __init__(self, parcel: Parcel) -> None:
        """Keep the bytes; what Flask-Mail would build from its fields is never asked for."""
        super().__init__("", [parcel.recipient], sender=parcel.sender)
        self.parcel = parcel

    def as_bytes(self) -> bytes:
        """Return the mail as the server gets it."""
        return self.parcel.content


class SmtpConnection(Connection):
    """One reused connection: opened when needed, opened once more when it was lost between two mails.

    A mail is handed over by `begin`, `give` and `end`, or by `hand_over` all at once.
    """

    host: smtplib.SMTP | None
    _parcel: Parcel
    _delivery: Delivery | None
    _is_lost: bool
    _why: str = ""

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
        delivery = self.hand_over(message.parcel)
        if delivery.outcome is not Outcome.ACCEPTED:
            raise smtplib.SMTPException(delivery.reply)

    def hand_over(self, parcel: Parcel) -> Delivery:
        """Hand one mail over and return what the server made of it."""
        self.begin(parcel)
        self.give()
        return self.end()

    def begin(self, parcel: Parcel) -> None:
        """Announce a mail, on a new connection where there is none."""
        self._parcel, self._delivery, self._is_lost = parcel, None, False
        self._step(lambda host: announce(host, parcel))

    def give(self) -> None:
        """Give the mail, if the server wants it."""
        self._step(self._give)

    def end(self) -> Delivery:
        """Return what the server made of the mail; one lost before it was given is handed over anew, one time."""
        self._step(self._hear)
        if self._is_lost:
            self._close()
            self.begin(self._parcel)
            self.give()
            self._step(self._hear)
        if self._is_lost or self._delivery is None:
            self._close()
            return Delivery(Outcome.LATER, self._why, is_reachable=False)
        if self._delivery.outcome is Outcome.ACCEPTED and email_dispatched.receivers:
            app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the proxy's own way
            email_dispatched.send(app, message=ComposedMessage(self._parcel))
        return self._delivery

    def _give(self, host: smtplib.SMTP) -> None:
        self._delivery = give(host, self._parcel)

    def _hear(self, host: smtplib.SMTP) -> None:
        self._delivery = answer(host)

    def _step(self, step: Callable[[smtplib.SMTP], None]) -> None:
        """Take a step, unless the mail has come to its end or the connection to its own."""
        if self._is_lost or self._delivery is not None:
            return
        try:
            host = self._open()
        except BROKEN as error:
            self._delivery = Delivery(Outcome.LATER, describe(error), is_reachable=False, is_begun=False)
            return
        try:
            step(host)
        except LostError as error:
            self._is_lost, self._why = True, str(error)
        except BROKEN as error:
            self._close()
            self._delivery = Delivery(Outcome.LATER, describe(error), is_reachable=False)

    def _open(self) -> smtplib.SMTP:
        """Return the connection, opened where there is none or where it was given up."""
        if self.host is None or self.host.sock is None:
            self.host = self.configure_host()
        return self.host

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
    context = ssl.create_default_context() if server.is_tls or server.starts_tls else None
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
        # A mail is two short writes: the second does not wait for the first to be acknowledged.
        cast("Any", host.sock).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        host.close()
        raise
    return host


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
