"""Many waves: what slope can be shown, with what power, from how many answers each."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import optimize, stats

from analysis.planning.options import DEFAULTS, PlanningOptions, checked_size, plan, planned_base, smallest
from analysis.values import Refusal
from analysis.values.planning import Plan, PlannedFigure

FEWEST_WAVES = 3
HOW = ("wave-regression-power", "Cohen 1988; Knapp & Hartung 2003")


@dataclass(frozen=True, slots=True)
class WaveSeries:
    """So many equally spaced waves, and how much they differ for real beyond a line: SD between waves, in the unit."""

    n_waves: int
    between_sd: float = 0.0

    def __post_init__(self) -> None:
        """Refuse too few waves for a tested slope, and a spread that is none."""
        if self.n_waves < FEWEST_WAVES or not 0 <= self.between_sd < math.inf:
            raise ValueError(f"A slope needs {FEWEST_WAVES} waves or more and a spread from 0, not {self}.")


def slope_power(
    figure: PlannedFigure, slope: float, n: int, waves: WaveSeries, options: PlanningOptions = DEFAULTS
) -> Plan:
    """Return the power to find a slope (per wave) over waves of n completed answers each.

    Regression of the waves' figures on time, t with waves - 2 degrees of freedom; variance of the slope (sd^2 deff / n
    + between_sd^2) / sum of squared distances from the middle wave. Raises ValueError for a slope that is no number.
    """
    if not math.isfinite(slope):
        raise ValueError(f"A slope is a number, not {slope}.")
    power = _power(figure, slope, checked_size(n), (waves, options))
    return plan(n, (slope, f"slope-{figure.unit}"), power, HOW, options)


def sample_size_for_slope(
    figure: PlannedFigure, slope: float, waves: WaveSeries, options: PlanningOptions = DEFAULTS
) -> Plan | Refusal:
    """Return how many completed answers each wave needs to find a slope with the power wanted.

    Refused `change-too-small` where no number would do, as when real differences between waves drown the slope.
    """
    n = smallest(lambda tried: _power(figure, slope, tried, (waves, options)) >= options.power)
    if n is None:
        return Refusal("change-too-small", planned_base(0, options), {"change": slope})
    return slope_power(figure, slope, n, waves, options)


def detectable_slope(figure: PlannedFigure, n: int, waves: WaveSeries, options: PlanningOptions = DEFAULTS) -> Plan:
    """Return the smallest slope (per wave; negative with `falling`) that waves of n answers each show."""
    error = _slope_error(figure, checked_size(n), (waves, options))

    def excess(size: float) -> float:
        return _power(figure, size * error, n, (waves, options)) - options.power

    top = 4.0
    while error > 0 and excess(top) < 0:
        top *= 2
    size = float(optimize.brentq(excess, 0.0, top, xtol=1e-12)) * error if error > 0 else 0.0
    return slope_power(figure, -size if options.falling else size, n, waves, options)


def _slope_error(figure: PlannedFigure, n: int, terms: tuple[WaveSeries, PlanningOptions]) -> float:
    waves, options = terms
    distances = waves.n_waves * (waves.n_waves**2 - 1) / 12
    return math.sqrt((figure.sd**2 * options.design_effect / n + waves.between_sd**2) / distances)


def _power(figure: PlannedFigure, slope: float, n: int, terms: tuple[WaveSeries, PlanningOptions]) -> float:
    waves, options = terms
    error, df = _slope_error(figure, n, terms), waves.n_waves - 2
    if error == 0:
        return 1.0 if slope else options.alpha
    critical, away = float(stats.t.isf(options.alpha / 2, df)), abs(slope) / error
    power = float(stats.nct.sf(critical, df, away) + stats.nct.cdf(-critical, df, away))
    return 1.0 if math.isnan(power) else power
