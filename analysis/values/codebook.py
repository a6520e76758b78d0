"""The codebook: what each column of a dataset measures, derived from the questionnaire."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What an item is for in the analysis."""

    OUTCOME = "outcome"
    DRIVER = "driver"
    PROFILE = "profile"
    VERBATIM = "verbatim"


class MissingReason(StrEnum):
    """Why an answer is absent; a reason stands for every one that is."""

    NOT_ASKED = "not_asked"
    SKIPPED = "skipped"
    DONT_KNOW = "dont_know"
    NOT_APPLICABLE = "not_applicable"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Item:
    """One measured thing.

    `kind` is the item type of the questionnaire (`nps`, `csat`, `ces`, `likert`, `single`, `multiple`, `ranking`,
    `sum`, `number`, `date`, `text`, `contact`, `hidden`); `low` and `high` are the declared ends of its scale, never
    the observed ones; `higher_is_better` is its direction. `labels` holds its wording by language, `options` its
    option codes with labels by language, `variants` the wordings of a split ballot by their codes; `battery` is the
    code of the battery of which it is one row, nothing elsewhere.
    """

    code: str
    kind: str
    role: Role | None
    labels: dict[str, str]
    low: int | None = None
    high: int | None = None
    higher_is_better: bool = True
    options: dict[str, dict[str, str]] = field(default_factory=dict)
    variants: dict[str, dict[str, str]] = field(default_factory=dict)
    battery: str = ""


@dataclass(frozen=True, slots=True)
class Codebook:
    """All items of a dataset in questionnaire order, and which of them is the primary outcome."""

    items: tuple[Item, ...]
    primary_outcome: str | None = None

    def item(self, code: str) -> Item:
        """Return the item with this code; raise KeyError when there is none."""
        for each in self.items:
            if each.code == code:
                return each
        raise KeyError(code)

    def with_role(self, role: Role) -> tuple[Item, ...]:
        """Return the items that have this role, in questionnaire order."""
        return tuple(each for each in self.items if each.role is role)

    def ballots(self) -> tuple[str, ...]:
        """Return the codes under which the variants of split ballots are kept: an item's own, or its battery's."""
        return tuple(dict.fromkeys(each.battery or each.code for each in self.items if each.variants))
