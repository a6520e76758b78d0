"""Differences between periods or segments, with a verdict whose error rate is stated."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from analysis.values.estimates import Base, Estimate, Note, Refusal


class Verdict(StrEnum):
    """What a difference allows one to say; no clear change is not the same as no change."""

    CLEARLY_UP = "clearly-up"
    CLEARLY_DOWN = "clearly-down"
    NO_CLEAR_CHANGE = "no-clear-change"


@dataclass(frozen=True, slots=True)
class Difference:
    """The second figure minus the first, with its interval, p-value and verdict.

    `alpha` is the stated rate of false alarms of the verdict. `p_value` belongs to the interval. Where it is below
    alpha, a second test must agree before a change is announced; its p is `p_confirming` (None where none was needed
    or none applies), and the larger of both decides. Within a family of comparisons `p_adjusted` (by `adjustment`)
    stands for `p_value`, and `p_confirming` is adjusted likewise. `is_better` says whether a clear change is an
    improvement in the direction of the scale, None where no change is clear. `df` are the degrees of freedom of a t
    test, None elsewhere.
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
    df: float | None = None

    @property
    def deciding_p(self) -> float:
        """Return the p-value that decides: of the procedure (in a family adjusted), or of the second test if larger."""
        own = self.p_value if self.p_adjusted is None else self.p_adjusted
        return own if self.p_confirming is None else max(own, self.p_confirming)


@dataclass(frozen=True, slots=True)
class OverallTest:
    """One test of "all segments are alike": statistic, degrees of freedom, p-value and method."""

    statistic: float
    df: float
    p_value: float
    base: Base
    method: str
    df_within: float | None = None
    source: str = "Welch 1951"
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """One segment: its figure, and its difference from all others together."""

    segment: str
    estimate: Estimate | Refusal
    against_rest: Difference | Refusal


@dataclass(frozen=True, slots=True)
class SegmentTable:
    """All segments of one report, the overall test, and how many answers belong to no segment.

    The `family` comparisons with the rest that could be made are adjusted together by `adjustment`.
    """

    rows: tuple[SegmentRow, ...]
    overall: OverallTest | Refusal
    n_unlabelled: int
    adjustment: str = "holm"
    family: int = 0


@dataclass(frozen=True, slots=True)
class SegmentPair:
    """Two segments and the difference second minus first."""

    first: str
    second: str
    difference: Difference | Refusal


@dataclass(frozen=True, slots=True)
class SegmentPairs:
    """Every segment against every other: `family` comparisons adjusted together by `adjustment`.

    For `games-howell` and `tukey-kramer` the intervals hold for all pairs at once, else each for its own pair.
    """

    pairs: tuple[SegmentPair, ...]
    family: int
    adjustment: str
    n_unlabelled: int
    base: Base
    method: str
    source: str


@dataclass(frozen=True, slots=True)
class RankPair:
    """Two segments and `superiority`: how likely an answer of the second is higher than one of the first.

    Half of the ties counts; 0.5 means that neither tends to be higher. `p_value` is that of 0.5, and `p_adjusted`
    (by `adjustment`) decides the verdict.
    """

    first: str
    second: str
    superiority: Estimate | Refusal
    statistic: float = 0.0
    p_value: float = 1.0
    p_adjusted: float = 1.0
    verdict: Verdict = Verdict.NO_CLEAR_CHANGE


@dataclass(frozen=True, slots=True)
class RankComparison:
    """Segments compared by ranks: one test over all (Kruskal-Wallis) and every pair (Brunner-Munzel)."""

    overall: OverallTest | Refusal
    pairs: tuple[RankPair, ...]
    family: int
    adjustment: str
    alpha: float
    n_unlabelled: int


@dataclass(frozen=True, slots=True)
class OrderedTest:
    """Whether answers rise or fall along an order of segments (Jonckheere-Terpstra).

    `statistic` is the z of J, `tau` Kendall's tau-b of answers and order, -1 to 1.
    """

    order: tuple[str, ...]
    statistic: float
    p_value: float
    tau: float
    verdict: Verdict
    alpha: float
    base: Base
    n_left_out: int
    method: str = "jonckheere-terpstra"
    source: str = "Terpstra 1952; Jonckheere 1954; Kendall 1975"
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class AssignmentBalance:
    """Whether groups that chance made in equal shares are as large as chance makes them.

    `is_even` is False where p is below `alpha`: then the groups differ in who is left, and comparing them misleads.
    """

    counts: dict[str, int]
    p_value: float
    is_even: bool
    alpha: float
    base: Base
    method: str
    source: str
