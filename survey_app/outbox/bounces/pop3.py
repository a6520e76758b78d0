"""A visit to a POP3 mailbox, which must be for bounces alone: what was recorded is deleted when we say good-bye."""

from __future__ import annotations

import logging
import poplib
from collections.abc import Iterator
from contextlib import contextmanager

from survey_app.outbox.bounces.mailboxes import MOST_BYTES, SECONDS, MailboxError, Place, Visit, tls

log = logging.getLogger(__name__)
# So many lines of a mail that is too large to take as a whole: its report stands at the beginning.
LINES_OF_LARGE = 2000
# The library gives a conversation up at a line of 2 kB, so that one such mail would hide all that follow.
poplib._MAXLINE = 32_000_000  # type: ignore[attr-defined]  # noqa: SLF001 - it offers no other way


class Pop3Visit:
    """One conversation with a POP3 server."""

    def __init__(self, host: poplib.POP3) -> None:
        """Keep the connection."""
        self._host = host

    def mails(self) -> Iterator[tuple[str, bytes]]:
        """Yield each mail by its number in this conversation."""
        _answer, listed, _size = self._host.list()
        for line in listed:
            number, size = (int(each) for each in line.split()[:2])
            is_large = size > MOST_BYTES
            _answer, lines, _size = self._host.top(number, LINES_OF_LARGE) if is_large else self._host.retr(number)
            yield str(number), b"\r\n".join(lines)

    def done(self, name: str) -> None:
        """Delete a mail; the server does so at the good-bye, and keeps it where the connection breaks before."""
        self._host.dele(int(name))


@contextmanager
def open_pop3(place: Place) -> Iterator[Visit]:
    """Sign in; raise MailboxError where that fails."""
    try:
        host = _connected(place)
        try:
            host.user(place.username)
            host.pass_(place.password)
            yield Pop3Visit(host)
        finally:
            _leave(host)
    except (poplib.error_proto, OSError, ValueError) as error:
        raise MailboxError(f"The mailbox on {place.host} cannot be used: {type(error).__name__}: {error}") from error


def _connected(place: Place) -> poplib.POP3:
    if place.is_tls:
        return poplib.POP3_SSL(place.host, place.port, timeout=SECONDS, context=tls())
    return poplib.POP3(place.host, place.port, timeout=SECONDS)


def _leave(host: poplib.POP3) -> None:
    try:
        host.quit()
    except (poplib.error_proto, OSError) as error:
        log.debug("The mailbox was gone before the good-bye: %s", type(error).__name__)
        host.close()
