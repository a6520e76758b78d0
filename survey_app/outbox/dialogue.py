"""What is said to an SMTP server for one mail: envelope, content, and what its answers mean.

A mail is handed over in three steps, so that several connections can be at different ones at the same time: announce
it, give it, hear the answer. Where the server takes several commands at once (PIPELINING, RFC 2920), that costs two
waits instead of four.
"""

from __future__ import annotations

import logging
import re
import smtplib
from dataclasses import dataclass

from survey_app.outbox.rules import Outcome, clean_header, outcome_of

log = logging.getLogger(__name__)
GO_ON, CLOSING, UNAVAILABLE = 354, 421, 400
# Whatever can go wrong between us and a server: smtplib's errors, sockets, certificates, time limits.
BROKEN = (smtplib.SMTPException, OSError)
# What may stand between < and > in a command; addresses were checked before they were stored.
_PATH = re.compile(r"[!-;=?-~]{3,320}\Z")
Answer = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one try: `reply` is the server's own line, `is_reachable` whether to go on with others.

    `is_uncertain` where the whole mail was given and no answer came: the server may have it. `is_begun` is False
    where no connection was to be had, which says nothing about this mail.
    """

    outcome: Outcome
    reply: str
    is_reachable: bool = True
    is_uncertain: bool = False
    is_begun: bool = True


@dataclass(frozen=True, slots=True)
class Parcel:
    """Where one mail goes and what it says, as bytes with CRLF line ends."""

    sender: str
    recipient: str
    content: bytes

    def __post_init__(self) -> None:
        """Refuse an address that could end its command."""
        if not _PATH.match(self.sender) or not _PATH.match(self.recipient):
            raise ValueError("The sender or the recipient is no address.")


class LostError(Exception):
    """The connection broke before the server was given the mail, so that asking again cannot double it."""


def announce(host: smtplib.SMTP, parcel: Parcel) -> None:
    """Say who writes to whom and that the mail comes, where the server hears that at once."""
    if host.has_extn("pipelining"):
        try:
            host.send("".join(_commands(parcel)))
        except BROKEN as error:
            raise _lost(error) from error


def give(host: smtplib.SMTP, parcel: Parcel) -> Delivery | None:
    """Give the mail and return None; where the server refuses sender or recipient, return that instead.

    Raise LostError where it can be tried again at once on a new connection.
    """
    refusal = _refusal(host, _heard(host, parcel))
    if refusal is None:
        try:
            host.send(as_data(parcel.content))
        except BROKEN as error:
            return _unanswered(host, error)
    return refusal


def answer(host: smtplib.SMTP) -> Delivery:
    """Return what the server made of the mail it was given."""
    try:
        code, reply = host.getreply()
    except BROKEN as error:
        return _unanswered(host, error)
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


def _commands(parcel: Parcel) -> tuple[str, str, str]:
    return f"MAIL FROM:<{parcel.sender}>\r\n", f"RCPT TO:<{parcel.recipient}>\r\n", "DATA\r\n"


def _lost(error: BaseException) -> BaseException:
    # A server that kept silent once is not waited for again.
    return error if is_timeout(error) else LostError(describe(error))


def _heard(host: smtplib.SMTP, parcel: Parcel) -> list[Answer]:
    """Return the answers to the announcement, up to the first refusal or all three."""
    try:
        if host.has_extn("pipelining"):
            return [_answer(host) for _command in _commands(parcel)]
        return _one_by_one(host, parcel)
    except BROKEN as error:
        raise _lost(error) from error


def _one_by_one(host: smtplib.SMTP, parcel: Parcel) -> list[Answer]:
    answers: list[Answer] = []
    for command in _commands(parcel):
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
    is_recipient_taken = outcome_of(others[0][0]) is Outcome.ACCEPTED
    if is_recipient_taken and is_waiting:
        return None
    decisive = answers[-1] if is_recipient_taken else others[0]
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


def _unanswered(host: smtplib.SMTP, error: BaseException) -> Delivery:
    # Perhaps it is this mail that the server can't bear: the others are tried all the same.
    host.close()
    return Delivery(Outcome.LATER, describe(error), is_uncertain=True)
