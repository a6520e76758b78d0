"""What is said to an SMTP server for one mail: envelope, content, and what its answers mean.

Where the server takes several commands at once (PIPELINING, RFC 2920), a mail costs two waits instead of four.
"""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass

from survey_app.outbox.rules import Outcome, clean_header, outcome_of

log = logging.getLogger(__name__)
GO_ON, CLOSING, UNAVAILABLE = 354, 421, 400
# Whatever can go wrong between us and a server: smtplib's errors, sockets, certificates, time limits.
BROKEN = (smtplib.SMTPException, OSError)
Answer = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one try: `reply` is the server's own line, `is_reachable` whether to go on with others.

    `is_uncertain` where the whole mail was given and no answer came: the server may have it.
    """

    outcome: Outcome
    reply: str
    is_reachable: bool = True
    is_uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Parcel:
    """Where one mail goes and what it says, as bytes with CRLF line ends."""

    sender: str
    recipient: str
    content: bytes


class LostError(Exception):
    """The connection broke before the server was given the mail, so that asking again cannot double it."""


def hand_over(host: smtplib.SMTP, parcel: Parcel) -> Delivery:
    """Hand one mail over on an open connection and return what the server made of it.

    Raise LostError where it can be tried again at once on a new connection.
    """
    refusal = _refusal(host, _announce(host, parcel))
    if refusal is not None:
        return refusal
    try:
        host.send(as_data(parcel.content))
        code, reply = host.getreply()
    except BROKEN as error:
        # Perhaps it is this mail that the server can't bear: the others are tried all the same.
        host.close()
        return Delivery(Outcome.LATER, describe(error), is_uncertain=True)
    if code == CLOSING:
        host.close()
    return Delivery(outcome_of(code), line_of(code, reply))


def as_data(content: bytes) -> bytes:
    """Return a mail as it is sent after DATA: no line is a lone full stop but the one that ends it."""
    return content.replace(b"\r\n.", b"\r\n..") + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")


def is_timeout(error: BaseException) -> bool:
    """Return whether a server kept silent: smtplib hides the time limit behind a disconnection."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def describe(error: BaseException) -> str:
    """Return a broken connection in one line."""
    text = clean_header(str(error), 300)
    return f"{type(error).__name__.lstrip('_')}: {text}" if text else type(error).__name__


def line_of(code: int, reply: bytes) -> str:
    """Return a server's answer as one line of text."""
    return f"{code} {clean_header(reply.decode('utf-8', 'replace'), 300)}"


def _announce(host: smtplib.SMTP, parcel: Parcel) -> list[Answer]:
    """Say who writes to whom and that the mail comes; return the answers up to the first refusal, or all three."""
    commands = (
        f"MAIL FROM:{smtplib.quoteaddr(parcel.sender)}\r\n",
        f"RCPT TO:{smtplib.quoteaddr(parcel.recipient)}\r\n",
        "DATA\r\n",
    )
    try:
        if host.has_extn("pipelining"):
            host.send("".join(commands))
            return [_answer(host) for _command in commands]
        return _one_by_one(host, commands)
    except BROKEN as error:
        # A server that kept silent once is not waited for again.
        if is_timeout(error):
            raise
        raise LostError(str(error)) from error


def _one_by_one(host: smtplib.SMTP, commands: tuple[str, ...]) -> list[Answer]:
    answers: list[Answer] = []
    for command in commands:
        host.send(command)
        answers.append(_answer(host))
        if answers[-1][0] >= UNAVAILABLE:
            break
    return answers


def _answer(host: smtplib.SMTP) -> Answer:
    code, reply = host.getreply()
    if code == CLOSING:
        raise LostError(line_of(code, reply))
    return code, reply


def _refusal(host: smtplib.SMTP, answers: list[Answer]) -> Delivery | None:
    """Return what a refusal before the mail means, or None where the server waits for the mail."""
    (mail, *others) = answers
    if outcome_of(mail[0]) is not Outcome.ACCEPTED:
        # The sender is ours and the same for all: refused for one, refused for the others.
        host.close()
        return Delivery(Outcome.LATER, line_of(*mail), is_reachable=False)
    is_waiting = answers[-1][0] == GO_ON
    recipient = others[0]
    if outcome_of(recipient[0]) is Outcome.ACCEPTED and is_waiting:
        return None
    decisive = answers[-1] if outcome_of(recipient[0]) is Outcome.ACCEPTED else recipient
    _forget(host, is_waiting=is_waiting)
    outcome = Outcome.REFUSED if outcome_of(decisive[0]) is Outcome.REFUSED else Outcome.LATER
    return Delivery(outcome, line_of(*decisive))


def _forget(host: smtplib.SMTP, *, is_waiting: bool) -> None:
    """Let the server forget a mail it refused; where it is gone, the next mail opens a new connection."""
    try:
        if is_waiting:
            # It said to go on although it took no recipient: an empty mail for nobody ends that (RFC 2920, 3.1).
            host.send(".\r\n")
            host.getreply()
        host.rset()
    except BROKEN as error:
        log.debug("The mail server was gone after refusing a mail: %s", type(error).__name__)
        host.close()
