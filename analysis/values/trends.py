"""Trends: figures period by period, the line through them, limits, and where the level shifted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from analysis.values.comparisons import Difference, Verdict
from analysis.values.estimates import Base, Estimate, Note, Refusal
from analysis.values.levels import WaveLevels


@dataclass(frozen=True, slots=True)
class Period:
    """A week, month or named wave: its label, its place in time, and the series it belongs to.

    `at` counts in the unit in which the slope is reported and may be irregular. Periods of another
    `series` (other mode, source or wording) are never bridged by a line or a difference.
    """

    label: str
    at: float
    series: str = ""


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The figure of one period, or why there is none."""

    period: Period
    estimate: Estimate | Refusal


@dataclass(frozen=True, slots=True)
class Line:
    """A line through the periods: intercept at `at` 0, slope per unit of `at`, and its test.

    `tau2` is the variance between periods beyond sampling (0 in the fixed-effect line), in squared units of the
    figure. `df` is None where the reference distribution is the normal. `autocorrelation` is the likeness of the true
    levels of neighbouring periods that the line allows for.
    """

    intercept: float
    slope: Estimate
    statistic: float
    p_value: float
    tau2: float
    df: float | None = None
    autocorrelation: float = 0.0


@dataclass(frozen=True, slots=True)
class Homogeneity:
    """Cochran's Q of the residuals: whether the periods scatter more about the line than sampling explains.

    `i2` is the share of the scatter that sampling does not explain, `tau2` the variance between periods.
    """

    q: float
    df: int
    p_value: float
    i2: float
    tau2: Estimate


@dataclass(frozen=True, slots=True)
class TrendTest:
    """Is there a trend? The verdict follows `random`, the random-effects line at its least sure.

    Beside it stand `plain`, the random-effects line of independent periods, and `fixed`, the fixed-effect line.
    """

    random: Line
    fixed: Line
    homogeneity: Homogeneity
    verdict: Verdict
    alpha: float
    n_periods: int
    plain: Line
    is_better: bool | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One period of a control chart with its own limits."""

    label: str
    value: float
    low: float
    high: float
    is_outside: bool


@dataclass(frozen=True, slots=True)
class ControlChart:
    """A control chart: centre line and points with limits.

    `sigma_z` is Laney's overdispersion factor (1 elsewhere). `sigma` is the standard deviation of one period: of an
    individuals or EWMA chart that from moving ranges, None where it differs by period. `limit` is the distance from the
    centre at which the limits of an EWMA chart settle, None elsewhere.
    """

    method: str
    centre: float
    sigma_z: float
    points: tuple[ChartPoint, ...]
    base: Base
    source: str
    sigma: float | None = None
    limit: float | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """Where the level shifted once: the last period before the shift, and the periods it may as well have been.

    `p_value` is Pettitt's, `p_adjusted` allows for the likeness of neighbouring periods and decides.
    """

    last_before: str
    earliest: str
    latest: str
    statistic: float
    p_value: float
    alpha: float
    level: float
    p_adjusted: float
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class NoChangePoint:
    """No shift of level is clear at the stated error rate."""

    statistic: float
    p_value: float
    alpha: float
    p_adjusted: float
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One period minus the nearest earlier one with enough answers; its verdict allows for all steps of the series."""

    before: str
    after: str
    change: Difference


@dataclass(frozen=True, slots=True)
class Halves:
    """The later half of the periods (from `later_first` to `later_last`) minus the earlier half."""

    earlier_first: str
    earlier_last: str
    later_first: str
    later_last: str
    change: Difference


class LookKind(StrEnum):
    """What a look at a series looks at."""

    LINE = "line"
    HALVES = "halves"
    LATEST = "latest"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a series, judged as one of a family: `verdict` follows `p_adjusted`, by Holm over all looks."""

    kind: LookKind
    verdict: Verdict
    is_better: bool | None
    p_value: float
    p_adjusted: float


@dataclass(frozen=True, slots=True)
class Trend:
    """Everything a trend chart says: points, the test of a trend, the latest change, limits and a shift.

    `levels` is the smoothed level of the latest series, with the band of the next period's figure. `compared` names the
    two periods of the latest change. `steps` are the differences of neighbouring periods, tested as one family;
    `halves` is the later half of the periods minus the earlier. `looks` holds what may be said of line, halves, latest
    change and largest step together at one error rate.
    """

    points: tuple[TrendPoint, ...]
    test: TrendTest | Refusal
    latest_change: Difference | Refusal
    change_point: ChangePoint | NoChangePoint | Refusal
    chart: ControlChart | Refusal
    levels: WaveLevels | Refusal
    compared: tuple[str, str] | None = None
    steps: tuple[Step, ...] = ()
    halves: Halves | Refusal | None = None
    looks: tuple[Look, ...] = ()
