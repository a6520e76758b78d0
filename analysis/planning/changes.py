"""Two waves: what change can be shown, with what power, from how many answers each."""

from __future__ import annotations

import math
from dataclasses import replace

from scipy import optimize
from statsmodels.stats.power import NormalIndPower, TTestIndPower, TTestPower

from analysis.planning.options import DEFAULTS, PlanningOptions, checked_size, plan, planned_base, smallest
from analysis.values import Refusal
from analysis.values.planning import Plan, PlannedFigure

SOURCE = "Cohen 1988; Kish 1965"


def change_power(figure: PlannedFigure, change: float, n: int, options: PlanningOptions = DEFAULTS) -> Plan:
    """Return the power to find a change between two waves of n completed answers each clearly up or down.

    Independent waves: z for NPS and shares, with variances before and after, t for means of one spread.
    Panel: paired t, SD of the change sd sqrt(2 (1 - r)). The design effect divides n. Raises ValueError for a change
    that carries the figure off its bounds.
    """
    _check(figure, change)
    return plan(
        n, (change, figure.unit), _power(figure, change, checked_size(n), options), _how(figure, options), options
    )


def sample_size_for_change(figure: PlannedFigure, change: float, options: PlanningOptions = DEFAULTS) -> Plan | Refusal:
    """Return how many completed answers each wave needs to find a change with the power wanted.

    Refused `change-too-small` where 10^9 answers would not do.
    """
    _check(figure, change)
    n = smallest(lambda tried: _power(figure, change, tried, options) >= options.power)
    if n is None:
        return Refusal("change-too-small", planned_base(0, options), {"change": change})
    return change_power(figure, change, n, options)


def detectable_change(figure: PlannedFigure, n: int, options: PlanningOptions = DEFAULTS) -> Plan | Refusal:
    """Return the smallest change that two waves of n completed answers each show with the power wanted.

    A rise, or with `falling` a fall (a negative change). Refused `no-detectable-change` where even a change to the
    bound of the figure would not be found.
    """
    sign = -1.0 if options.falling else 1.0
    room = figure.value - figure.low if options.falling else figure.high - figure.value
    most = min(room, 1e3 * figure.sd) if figure.sd > 0 else room

    def excess(size: float) -> float:
        return _power(figure, sign * size, n, options) - options.power

    if most <= 0 or excess(most) < 0:
        return Refusal("no-detectable-change", planned_base(checked_size(n), options), {"room": room})
    size = float(optimize.brentq(excess, 1e-12 * most, most, xtol=1e-12 * most))
    return change_power(figure, sign * size, n, options)


def _power(figure: PlannedFigure, change: float, n: int, options: PlanningOptions) -> float:
    effective = n / options.design_effect
    after = _after(figure, change)
    if options.panel_correlation is not None:
        spread = figure.sd**2 + after.sd**2 - 2 * options.panel_correlation * figure.sd * after.sd
        return _paired(abs(change), math.sqrt(spread), effective, options.alpha)
    spread = math.sqrt((figure.sd**2 + after.sd**2) / 2)
    if spread == 0:
        return 1.0 if change else options.alpha
    test = TTestIndPower() if figure.kind == "mean" else NormalIndPower()
    return _in_range(test.power(abs(change) / spread, effective, options.alpha, ratio=1.0))


def _paired(change: float, spread: float, n: float, alpha: float) -> float:
    if spread == 0:
        return 1.0 if change else alpha
    return _in_range(TTestPower().power(change / spread, n, alpha)) if n > 1 else alpha


def _in_range(power: float) -> float:
    """Return the power; the noncentral t of scipy gives no number where it is 1 for all purposes."""
    return 1.0 if math.isnan(power) else float(power)


def _after(figure: PlannedFigure, change: float) -> PlannedFigure:
    """Return the figure after the change: the spread of shares moves with them.

    A change of an NPS turns detractors into promoters, or back, while there are any; then passives too.
    """
    moved = figure.value + change
    if figure.kind == "mean":
        return replace(figure, value=moved)
    if figure.kind == "nps":
        net, both = moved / 100, (figure.sd**2 + figure.value**2) / 100**2
        return replace(figure, value=moved, sd=100 * math.sqrt(max(max(both, abs(net)) - net**2, 0.0)))
    inside = min(max(moved, 0.0), 1.0)
    return replace(figure, value=inside, sd=math.sqrt(inside * (1 - inside)))


def _check(figure: PlannedFigure, change: float) -> None:
    if not math.isfinite(change) or change == 0:
        raise ValueError(f"A change is a number other than 0, not {change}.")
    if not figure.low - 1e-12 <= figure.value + change <= figure.high + 1e-12:
        raise ValueError(f"A change of {change} from {figure.value} leaves {figure.low} to {figure.high}.")


def _how(figure: PlannedFigure, options: PlanningOptions) -> tuple[str, str]:
    if options.panel_correlation is not None:
        return "paired-t-power", SOURCE
    return ("two-sample-t-power" if figure.kind == "mean" else "two-sample-normal-power"), SOURCE
