"""What a Kano questionnaire says of each feature: must-be, one-dimensional, attractive, or nobody minds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from analysis.values.estimates import Base, Estimate, Note, Refusal


class KanoCategory(StrEnum):
    """What one pair of answers, or a feature as a whole, says; `UNCLASSIFIED` for features that are not settled."""

    MUST_BE = "must-be"
    ONE_DIMENSIONAL = "one-dimensional"
    ATTRACTIVE = "attractive"
    INDIFFERENT = "indifferent"
    REVERSE = "reverse"
    QUESTIONABLE = "questionable"
    UNCLASSIFIED = "unclassified"


class KanoReason(StrEnum):
    """Why a feature has its category."""

    SETTLED = "settled"
    BASE_TOO_SMALL = "base-too-small"
    QUESTIONABLE_ANSWERS = "questionable-answers"
    NOT_SETTLED = "not-settled"


@dataclass(frozen=True, slots=True)
class CategoryShare:
    """The respondents whose pair of answers falls in one category: count and share (unit `share`).

    The intervals of a feature's six shares hold together.
    """

    category: KanoCategory
    n: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class KanoFeature:
    """One feature.

    `table[i][j]` counts answers i+1 to the functional and j+1 to the dysfunctional question. `better` is the share of
    attractive and one-dimensional, `worse` minus that of must-be and one-dimensional, both among these and indifferent
    (None without such answers). `commonest` is the category most chose, `runner_up` the next; `lead` their difference
    in shares, `p_value` that of no difference, `adjusted_p_value` after Holm over the features. `settled_by_fong` tells
    what Fong's (1996) rule says, for comparison. `category` is `commonest` only where the lead is settled.
    """

    name: str
    base: Base
    table: tuple[tuple[int, ...], ...]
    shares: tuple[CategoryShare, ...]
    better: Estimate | None
    worse: Estimate | None
    commonest: KanoCategory
    runner_up: KanoCategory
    lead: Estimate
    p_value: float
    adjusted_p_value: float
    settled_by_fong: bool
    category: KanoCategory
    reason: KanoReason
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Kano:
    """All features of a Kano questionnaire, in its order; `refused` are those that nobody answered both ways."""

    features: tuple[KanoFeature, ...]
    refused: tuple[tuple[str, Refusal], ...]
    method: str
    source: str
    notes: tuple[Note, ...] = ()

    def feature(self, name: str) -> KanoFeature:
        """Return the feature of this name; raise KeyError when it has no figures."""
        for each in self.features:
            if each.name == name:
                return each
        raise KeyError(name)
