"""A questionnaire on its way in: items and pages with conditions that are settled once the order is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from survey_app.questionnaires.definition import Item, Questionnaire, Texts
from survey_app.questionnaires.interchange.accounting import Ledger
from survey_app.questionnaires.interchange.reports import Fate


@dataclass(frozen=True, slots=True)
class Wanted:
    """A condition of the file under the names it has there: the tree it becomes, else the problem why it cannot.

    `source` is how the file itself writes it: what is lost is quoted.
    """

    names: tuple[str, ...]
    tree: dict[str, Any] | None = None
    problem: str = ""
    note: str = ""
    source: str = ""

    def loss(self, reason: str = "") -> str:
        """Return the message of its loss: its words and the reason, its own problem first."""
        message = self.problem or reason
        return f"“{self.source}”: {message}" if self.source else message


@dataclass(slots=True)
class DraftItem:
    """An item, the name the file gives it, and the conditions on it and on its rows."""

    item: Item
    name: str
    conditions: tuple[Wanted, ...] = ()
    row_conditions: dict[str, tuple[Wanted, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class DraftJump:
    """Where a page leads when all of some conditions hold."""

    when: tuple[Wanted, ...]
    to: str


@dataclass(slots=True)
class DraftPage:
    """A page in the making."""

    code: str
    title: Texts = field(default_factory=dict)
    items: list[DraftItem] = field(default_factory=list)
    conditions: tuple[Wanted, ...] = ()
    jumps: list[DraftJump] = field(default_factory=list)
    is_shuffled: bool = False


@dataclass(slots=True)
class DraftQuota:
    """A quota in the making."""

    name: str
    code: str
    when: Wanted
    limit: int


@dataclass(slots=True)
class Draft:
    """The whole in the making; `shell` holds the texts and languages."""

    shell: Questionnaire
    pages: list[DraftPage] = field(default_factory=list)
    quotas: list[DraftQuota] = field(default_factory=list)


_WORST = {Fate.KEPT: 0, Fate.CHANGED: 1, Fate.LOST: 2}


@dataclass(slots=True)
class Verdicts:
    """What became of each condition; one that is used at several places is entered once, with its worst fate."""

    found: dict[str, tuple[Fate, str]] = field(default_factory=dict)

    def note(self, wanted: Wanted, problem: str = "") -> None:
        """Note that a condition was used, or why it could not be."""
        fate = Fate.LOST if problem else Fate.CHANGED if wanted.note else Fate.KEPT
        for name in wanted.names:
            known = self.found.get(name)
            if known is None or _WORST[fate] > _WORST[known[0]]:
                self.found[name] = (fate, wanted.loss(problem) if problem else wanted.note)

    def enter(self, ledger: Ledger) -> None:
        """Enter every condition."""
        for name, (fate, message) in self.found.items():
            {Fate.KEPT: ledger.kept, Fate.CHANGED: ledger.changed, Fate.LOST: ledger.lost}[fate](
                "condition", name, message
            )
