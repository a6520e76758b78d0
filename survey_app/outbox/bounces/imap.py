"""A visit to an IMAP mailbox: mails by their UIDs, each marked, deleted or moved once its report is committed."""

from __future__ import annotations

import imaplib
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from survey_app.outbox.bounces.mailboxes import MOST_BYTES, SECONDS, MailboxError, Place, Visit, tls

log = logging.getLogger(__name__)
# A mark of ours: what people read or leave unread in the same mailbox says nothing.
KEYWORD = "SurveyTaken"


class ImapVisit:
    """One conversation with an IMAP server."""

    def __init__(self, host: imaplib.IMAP4, place: Place) -> None:
        """Open the folder and see which marks it keeps."""
        self._host, self._place = host, place
        _ask(host, "open the folder", *host.select(_quoted(place.folder)))
        flags = b" ".join(each or b"" for each in host.response("PERMANENTFLAGS")[1])
        self._mark, self._unmarked = (
            (f"({KEYWORD})", f"UNKEYWORD {KEYWORD}")
            if rb"\*" in flags or KEYWORD.encode() in flags
            else (r"(\Seen)", "UNSEEN")
        )
        self._deleted: list[str] = []

    def mails(self) -> Iterator[tuple[str, bytes]]:
        """Yield each mail that was not taken before, by its UID."""
        wanted = f"UNDELETED {self._unmarked}" if self._place.then == "mark" else "UNDELETED"
        (found, *_rest) = _ask(self._host, "search", *self._host.uid("SEARCH", wanted))
        for uid in (found or b"").decode("ascii", "replace").split():
            parts = _ask(self._host, "fetch a mail", *self._host.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES}>)"))
            # Somebody may have deleted it in the meantime.
            content = next((part[1] for part in parts if isinstance(part, tuple)), None)
            if content is not None:
                yield uid, content

    def done(self, name: str) -> None:
        """Mark, delete or move a mail."""
        if self._place.then == "mark":
            self._store(name, self._mark)
            return
        if self._place.then == "move":
            _ask(self._host, "copy a mail", *self._host.uid("COPY", name, _quoted(self._place.moves_to)))
        self._store(name, r"(\Deleted)")
        self._deleted.append(name)

    def clear(self) -> None:
        """Remove for good what was deleted here, and where the server can, nothing else."""
        if not self._deleted:
            return
        if "UIDPLUS" in self._host.capabilities:
            self._host.uid("EXPUNGE", ",".join(self._deleted))
        else:
            self._host.expunge()

    def _store(self, uid: str, flag: str) -> None:
        _ask(self._host, "mark a mail", *self._host.uid("STORE", uid, "+FLAGS.SILENT", flag))


@contextmanager
def open_imap(place: Place) -> Iterator[Visit]:
    """Sign in and open the folder; raise MailboxError where that fails."""
    try:
        host = _connected(place)
        try:
            host.login(place.username, place.password)
            visit = ImapVisit(host, place)
            try:
                yield visit
            finally:
                visit.clear()
        finally:
            _leave(host)
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxError(f"The mailbox on {place.host} cannot be used: {type(error).__name__}: {error}") from error


def _connected(place: Place) -> imaplib.IMAP4:
    if place.is_tls:
        return imaplib.IMAP4_SSL(place.host, place.port, ssl_context=tls(), timeout=SECONDS)
    return imaplib.IMAP4(place.host, place.port, timeout=SECONDS)


def _leave(host: imaplib.IMAP4) -> None:
    try:
        host.logout()
    except (imaplib.IMAP4.error, OSError) as error:
        log.debug("The mailbox was gone before the good-bye: %s", type(error).__name__)
        host.shutdown()


def _ask(
    host: imaplib.IMAP4, what: str, answer: str, data: list[bytes | tuple[bytes, bytes]] | list[bytes | None]
) -> list:  # type: ignore[type-arg]
    """Return what the server answered; raise where it refused."""
    if answer != "OK":
        raise host.error(f"the server would not {what}")
    return list(data)


def _quoted(folder: str) -> str:
    return f'"{folder}"'
