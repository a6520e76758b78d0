"""What a provider's notice is made of, and how its fields are read without trusting their types."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from survey_app.outbox.bounces.rules import RETURNED, Verdict
from survey_app.outbox.bounces.values import RecipientReport, Report

# Providers repeat a notice for hours with its first time on it; each event is recorded once whatever is replayed.
LONGEST_REPLAY = timedelta(hours=24)
CLOCKS_DIFFER = timedelta(minutes=5)
MOST_EVENTS = 1000


class HookError(ValueError):
    """A notice that is refused; `code` is the HTTP answer, the message says why."""

    def __init__(self, code: int, message: str) -> None:
        """Keep both."""
        super().__init__(message)
        self.code = code


class WrongSignatureError(HookError):
    """A notice that does not prove who sent it."""

    def __init__(self, message: str = "The signature of this notice is not right. Nothing was stored.") -> None:
        """Say so, and nothing about what was expected."""
        super().__init__(401, message)


class NotYetError(HookError):
    """A notice that cannot be checked yet and is to be sent once more."""

    def __init__(self) -> None:
        """Say that the certificate is on its way."""
        super().__init__(503, "The provider's certificate is being fetched. Send the notice again in a minute.")


@dataclass(frozen=True, slots=True)
class Notice:
    """A request of a provider as it came; the names of its headers in small letters."""

    body: bytes
    headers: Mapping[str, str]
    secret: str
    now: datetime

    def header(self, *names: str) -> str:
        """Return the first of these headers that is there."""
        return next((value for name in names if (value := self.headers.get(name.casefold()))), "")


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a notice: its own number at the provider, and what it reports."""

    key: str
    report: Report


# What a provider's room for checking and reading looks like: raises HookError, or returns the events.
Reader = Callable[[Notice], list[Event]]


def parsed(body: bytes) -> Any:
    """Return a JSON document; raise HookError for what is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise HookError(400, "The body of this notice is not JSON.") from error


def field(document: Any, *path: str) -> Any:
    """Return what stands at a path of a document, or None where something on the way is missing or no object."""
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def text(document: Any, *path: str) -> str:
    """Return the text or number at a path, else nothing."""
    found = field(document, *path)
    is_told = isinstance(found, str | int | float) and not isinstance(found, bool)
    return storable(str(found)[:2000]) if is_told else ""


def storable(found: str) -> str:
    """Return text without what JSON can spell but neither a hash nor a database takes: lone surrogates and NUL."""
    return found.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def items(found: Any) -> list[Any]:
    """Return a list as it is, anything else as none."""
    return found[:MOST_EVENTS] if isinstance(found, list) else []


def check_age(seconds: str, now: datetime, longest: timedelta = LONGEST_REPLAY) -> None:
    """Refuse a notice that is old enough to be a replay, or from the future."""
    try:
        at = datetime.fromtimestamp(float(seconds), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise WrongSignatureError("This notice does not say when it was signed. Nothing was stored.") from error
    if not -CLOCKS_DIFFER < now - at < longest:
        raise WrongSignatureError("This notice is too old, or a clock is wrong. Nothing was stored.")


def message_id(found: str) -> tuple[str, ...]:
    """Return a Message-ID between its brackets, as mails carry it."""
    bare = found.strip().strip("<>")
    return (f"<{bare}>",) if bare and "@" in bare else ()


def softened(verdict: Verdict) -> Verdict:
    """Return a verdict on a failure that the provider calls passing: no address is dead."""
    return Verdict.SOFT if verdict is Verdict.HARD else verdict


def event(  # noqa: PLR0913 - one keyword for each thing an event tells
    key: str,
    verdict: Verdict,
    recipient: str,
    message_ids: tuple[str, ...],
    *,
    status: str = "",
    detail: str = "",
) -> Event:
    """Return an event on one recipient."""
    told = RecipientReport(verdict, (recipient,) if recipient else (), status, detail)
    return Event(key, Report((told,), message_ids=message_ids, note="notice"))


def failure(verdict: Verdict, *, is_permanent: bool) -> Verdict:
    """Return what a failure means of which the server's words say too little: the provider's own class decides."""
    if verdict in {*RETURNED, Verdict.DELAYED}:
        return verdict
    return Verdict.HARD if is_permanent else Verdict.SOFT
