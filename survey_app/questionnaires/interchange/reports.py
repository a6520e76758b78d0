"""What became of a file from another tool, thing by thing: kept, changed or lost, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from survey_app.questionnaires.definition import Questionnaire


class Fate(StrEnum):
    """Kept says the same as before; changed stands in another form; lost stands nowhere in the questionnaire."""

    KEPT = "kept"
    CHANGED = "changed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of the file, or several of one kind that share a fate.

    `kind` is a plain word in English (question, option, page, condition, quota, language, translation, randomisation,
    script, setting …); `name` is how the file itself calls it (its code, id or native type); `message` says in words,
    in the language of the page, what was done and what to do about it; `count` is how many things this speaks of.
    """

    fate: Fate
    kind: str
    name: str
    message: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a file held, in its own order."""

    format: str
    entries: tuple[Entry, ...] = field(default_factory=tuple)

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many things of each kind had each fate."""
        found: dict[str, Counter[str]] = {}
        for entry in self.entries:
            found.setdefault(entry.kind, Counter())[entry.fate.value] += entry.count
        return {kind: dict(counter) for kind, counter in found.items()}

    def with_fate(self, fate: Fate) -> tuple[Entry, ...]:
        """Return the entries that had this fate."""
        return tuple(entry for entry in self.entries if entry.fate is fate)

    def as_data(self) -> dict[str, Any]:
        """Return the report as it is stored and sent."""
        return {
            "format": self.format,
            "counts": self.counts(),
            "entries": [asdict(entry) | {"fate": entry.fate.value} for entry in self.entries],
        }


@dataclass(frozen=True, slots=True)
class Imported:
    """What reading a file of another tool gives: a questionnaire of ours, and the report."""

    questionnaire: Questionnaire
    report: Report


def report_of(format_name: str, entries: Iterable[Entry]) -> Report:
    """Return the report of a file."""
    return Report(format_name, tuple(entries))
