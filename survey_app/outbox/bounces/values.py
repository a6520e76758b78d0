"""What a report says, as values: what was read of it, before anybody believes it."""

from __future__ import annotations

from dataclasses import dataclass, field

from survey_app.outbox.bounces.rules import Verdict


@dataclass(frozen=True, slots=True)
class RecipientReport:
    """What a report says of one recipient; `addresses` are the ways in which it names them.

    Where the recipient's original address is told it alone stands there: a forwarding address proves nothing.
    """

    verdict: Verdict
    addresses: tuple[str, ...]
    status: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One mail or notice that came in: which of our mails it may be about, and what it says of whom.

    `envelope` are the addresses it came to, `message_ids` the Message-IDs of the mail it returns. `note` says in a
    word what it is where it reports nothing.
    """

    recipients: tuple[RecipientReport, ...] = ()
    envelope: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    note: str = ""


NOTHING = Report(note="not-a-report")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one recipient's report: the verdict, whether it was new, and what followed from it."""

    verdict: Verdict
    mail_id: int | None = None
    recipient: str = ""
    status: str = ""
    note: str = ""
    is_new: bool = False
    suppressed_as: str = ""


@dataclass(slots=True)
class Tally:
    """What became of many reports, by verdict."""

    n_mails: int = 0
    by_verdict: dict[str, int] = field(default_factory=dict)

    def add(self, taken: list[Taken]) -> None:
        """Count one mail's reports."""
        self.n_mails += 1
        for each in taken:
            self.by_verdict[each.verdict.value] = self.by_verdict.get(each.verdict.value, 0) + 1
