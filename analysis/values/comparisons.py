"""Differences between periods or segments, with a verdict whose error rate is stated."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from analysis.values.estimates import Base, Estimate, Refusal


class Verdict(StrEnum):
    """What a difference allows one to say; no clear change is not the same as no change."""

    CLEARLY_UP = "clearly-up"
    CLEARLY_DOWN = "clearly-down"
    NO_CLEAR_CHANGE = "no-clear-change"


@dataclass(frozen=True, slots=True)
class Difference:
    """The second figure minus the first, with its interval, p-value and verdict.

    `alpha` is the stated rate of false alarms of the verdict. `p_value` belongs to the interval. Where it is below
    alpha, a second test must agree before a change is announced; its p is `p_confirming` (None where none was needed or
    none applies), and the larger of both decides. Within a family of comparisons `p_adjusted` (by `adjustment`)
    decides. `is_better` says whether a clear change is an improvement in the direction of the scale, None where no
    change is clear.
    """

    estimate: Estimate
    first: Estimate
    second: Estimate
    statistic: float
    p_value: float
    verdict: Verdict
    alpha: float
    is_better: bool | None = None
    higher_is_better: bool = True
    p_adjusted: float | None = None
    adjustment: str | None = None
    p_confirming: float | None = None

    @property
    def deciding_p(self) -> float:
        """Return the p-value that decides outside a family: the larger of the interval's and the exact test's."""
        return self.p_value if self.p_confirming is None else max(self.p_value, self.p_confirming)


@dataclass(frozen=True, slots=True)
class OverallTest:
    """One test of "all segments are alike": statistic, degrees of freedom, p-value and method."""

    statistic: float
    df: float
    p_value: float
    base: Base
    method: str
    df_within: float | None = None


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """One segment: its figure, and its difference from all others together."""

    segment: str
    estimate: Estimate | Refusal
    against_rest: Difference | Refusal


@dataclass(frozen=True, slots=True)
class SegmentTable:
    """All segments of one report, the overall test, and how many answers belong to no segment."""

    rows: tuple[SegmentRow, ...]
    overall: OverallTest | Refusal
    n_unlabelled: int
