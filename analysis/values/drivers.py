"""What a driver analysis found: how strongly each rating goes with the outcome, how surely, and what to fix first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from analysis.values.estimates import Base, Estimate, Note, Refusal


class DriverMethod(StrEnum):
    """How answers other than ratings entered the model."""

    RATING_AND_NOT_APPLICABLE = "rating-and-not-applicable"
    COMPLETE_CASES = "complete-cases"
    EVERYTHING_IMPUTED = "everything-imputed"


class Quadrant(StrEnum):
    """Where a driver stands in importance and performance; `UNCLEAR` when it leaves its place in too many draws."""

    FIX_FIRST = "fix-first"
    KEEP_UP = "keep-up"
    LOW_PRIORITY = "low-priority"
    POSSIBLE_OVERKILL = "possible-overkill"
    UNCLEAR = "unclear"


class QuadrantLines(StrEnum):
    """Where the lines between quadrants stand: mean or median of the drivers, or the middle of the scale.

    `SCALE_MIDDLE` puts the line of performance at an index of 50 and that of importance at the mean.
    """

    MEAN = "mean"
    MEDIAN = "median"
    SCALE_MIDDLE = "scale-middle"


class FixFirstReason(StrEnum):
    """Why a driver is named as the one to fix first, or why none is."""

    CLEAR = "clear"
    NO_WEAK_IMPORTANT_DRIVER = "no-weak-important-driver"
    NOT_STABLE = "not-stable"
    WRONG_DIRECTION = "wrong-direction"
    OUTCOME_NOT_EXPLAINED = "outcome-not-explained"


@dataclass(frozen=True, slots=True)
class DriverAnswers:
    """How many people rated a driver, found it not applicable, or left it blank, in the base of one model."""

    n_rated: int
    n_not_applicable: int
    n_blank: int


@dataclass(frozen=True, slots=True)
class DriverSecondary:
    """Cross-checks on the R2 scale.

    `first` is what the driver explains alone, `last` what is lost without it. The others exist only where each driver
    is a single column: relative weights (Johnson), squared standardised coefficient, Pratt, CAR.
    """

    first: float
    last: float
    relative_weight: float | None = None
    betasq: float | None = None
    pratt: float | None = None
    car: float | None = None


@dataclass(frozen=True, slots=True)
class Driver:
    """One driver in one model.

    `importance` is LMG on the R2 scale (unit `r2`), `share` its part of R2 (0..1). `rank` 1 is the strongest;
    `rank_probabilities[k]` is the share of draws in which it came k+1-th, `rank_interval` holds 95 % of them.
    `noise_reference` is the importance that chance alone exceeds in 5 % of shuffles, `p_value` how often it reaches
    this one. `coefficient` is the outcome's change per scale point, others held (unit `slope`). Signs are -1, 0 or 1 by
    the numbers as coded: `zero_order_sign` among raters, `full_model_sign` in the whole model. `vif` is infinite for an
    exact copy.
    """

    code: str
    label: str
    answers: DriverAnswers
    importance: Estimate
    share: float
    rank: int
    rank_interval: tuple[int, int]
    rank_probabilities: tuple[float, ...]
    p_value: float
    noise_reference: float
    coefficient: Estimate | None
    coefficient_p_value: float | None
    zero_order_sign: int
    full_model_sign: int
    signs_differ: bool
    vif: float
    secondary: DriverSecondary


@dataclass(frozen=True, slots=True)
class Collinearity:
    """How far the drivers say the same: largest VIF, condition number, and share of the first eigenvalue (halo)."""

    largest_vif: float
    condition_number: float
    first_eigenvalue_share: float


@dataclass(frozen=True, slots=True)
class DriverModel:
    """All drivers in one model of the outcome, strongest first.

    `r_squared_p_value` is the share of shuffled outcomes that the drivers explain as well as the real one.
    `n_imputations` is 1 where nothing was blank; `n_draws` counts the bootstrap draws behind every interval.
    `r_squared` is that of the whole model; what controls explain alone is `controls_r_squared`, the rest is shared.
    """

    method: DriverMethod
    base: Base
    r_squared: Estimate
    adjusted_r_squared: float
    r_squared_p_value: float
    drivers: tuple[Driver, ...]
    collinearity: Collinearity
    n_imputations: int
    n_draws: int
    notes: tuple[Note, ...] = ()
    controls_r_squared: float = 0.0
    source: str = "Lindeman, Merenda & Gold 1980; Groemping 2007; van Buuren 2018; Schomaker & Heumann 2018"

    def driver(self, code: str) -> Driver:
        """Return the driver with this code; raise KeyError when it is not in the model."""
        for each in self.drivers:
            if each.code == code:
                return each
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class PerformancePoint:
    """A driver's place: importance (unit `r2`) against performance (unit `mean` and, 0 to 100, `index`).

    `place` is where the point lies, `quadrant` the same or `UNCLEAR`, `stability` the share of draws that agree.
    A group of ratings has an index, the mean over its ratings, and no `performance` in scale points.
    """

    code: str
    label: str
    importance: Estimate
    performance: Estimate | None
    index: Estimate
    place: Quadrant
    quadrant: Quadrant
    stability: float


@dataclass(frozen=True, slots=True)
class ImportancePerformance:
    """All drivers by importance and performance, the lines that part them, and the one to fix first if there is one.

    The lines stand where `lines` says: by default at the mean importance and the mean index.
    """

    points: tuple[PerformancePoint, ...]
    importance_line: float
    index_line: float
    fix_first: str | None
    reason: FixFirstReason
    notes: tuple[Note, ...] = ()
    lines: QuadrantLines = QuadrantLines.MEAN
    source: str = "Martilla & James 1977; Efron & Tibshirani 1993"


@dataclass(frozen=True, slots=True)
class GapTreatment:
    """Why the headline treats gaps as it does, and whether another choice would have said something else.

    `reason` is `nothing-missing`, `blanks`, `not-applicable` or `not-applicable-and-blanks`; shares are of all cells of
    the battery, `n_complete` of `n` rated everything. `largest_difference` is the largest difference in a driver's
    share (0..1) between the headline and a sensitivity, `same_first` whether all agree on the strongest driver;
    both are None where there is no sensitivity to compare with.
    """

    method: DriverMethod
    reason: str
    share_not_applicable: float
    share_blank: float
    n: int
    n_complete: int
    largest_difference: float | None
    same_first: bool | None


@dataclass(frozen=True, slots=True)
class KeyDrivers:
    """The driver analysis of one outcome: the headline model, what other choices would have said, and what to fix.

    A sensitivity is None where it would repeat the headline exactly, a Refusal where its base cannot carry it.
    """

    model: DriverModel
    complete_cases: DriverModel | Refusal | None
    everything_imputed: DriverModel | Refusal | None
    importance_performance: ImportancePerformance
    gaps: GapTreatment
    notes: tuple[Note, ...] = ()
