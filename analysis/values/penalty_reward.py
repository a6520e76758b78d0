"""What low and high ratings of an attribute cost and bring: basic, performance or exciting attributes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from analysis.values.estimates import Base, Estimate, Note, Refusal


class ContrastClass(StrEnum):
    """What an attribute is; `UNCLASSIFIED` unless the answers settle it."""

    BASIC = "basic"
    PERFORMANCE = "performance"
    EXCITER = "exciter"
    UNCLASSIFIED = "unclassified"


class ContrastReason(StrEnum):
    """Why an attribute has its class."""

    SETTLED = "settled"
    TOO_FEW_LOW_OR_HIGH = "too-few-low-or-high"
    NOT_TOLD_APART = "not-told-apart"
    UNEXPECTED_SIGNS = "unexpected-signs"
    NOT_SETTLED = "not-settled"


@dataclass(frozen=True, slots=True)
class AttributeContrast:
    """One attribute: `penalty` of a low rating, `reward` of a high one, against the middle (unit `slope`).

    `n_low` and `n_high` count the respondents there. `asymmetry` is penalty + reward, zero where both weigh the same;
    `z` is it over its error, `p_value` two-sided, `adjusted_p_value` after Holm over all attributes; likewise
    `penalty_p_value` and `reward_p_value` (adjusted by Holm over all attributes). `impact_range` is reward - penalty,
    `impact_asymmetry` penalty + reward over it (-1 only penalty ... 1 only reward), None unless the penalty is below
    and the reward above zero. Classical errors are for comparison only. What the answers cannot tell is refused, with
    `z` 0, p-values 1 and classical errors NaN.
    """

    name: str
    n_low: int
    n_high: int
    penalty: Estimate | Refusal
    reward: Estimate | Refusal
    penalty_classical_se: float
    reward_classical_se: float
    penalty_p_value: float
    reward_p_value: float
    asymmetry: Estimate | Refusal
    z: float
    p_value: float
    adjusted_p_value: float
    impact_range: Estimate | Refusal
    impact_asymmetry: Estimate | None
    kind: ContrastClass
    reason: ContrastReason
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class PenaltyReward:
    """The penalty-reward contrast of all attributes in one model of the outcome.

    `intercept` is the outcome of those who rated everything in the middle (unit `mean`).
    """

    base: Base
    attributes: tuple[AttributeContrast, ...]
    intercept: Estimate
    intercept_classical_se: float
    r_squared: float
    adjusted_r_squared: float
    degrees: float
    method: str
    source: str
    notes: tuple[Note, ...] = ()

    def attribute(self, name: str) -> AttributeContrast:
        """Return the attribute of this name; raise KeyError when it is not in the model."""
        for each in self.attributes:
            if each.name == name:
                return each
        raise KeyError(name)
