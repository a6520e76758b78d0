"""One wave: how far the figure may be from the truth."""

from __future__ import annotations

import math

from analysis.intervals import normal_quantile
from analysis.planning.options import DEFAULTS, PlanningOptions, checked_size, plan
from analysis.values.planning import Plan, PlannedFigure

HOW = ("normal-margin", "Cochran 1977; Kish 1965")


def margin_of_error(figure: PlannedFigure, n: int, options: PlanningOptions = DEFAULTS) -> Plan:
    """Return half the width of the interval that n completed answers will give.

    z sd sqrt(deff / n) sqrt((N - n) / (N - 1)), the last for a population of N customers. Raises ValueError below 3.
    """
    return plan(n, (_margin(figure, checked_size(n), options), figure.unit), None, HOW, options)


def sample_size_for_margin(figure: PlannedFigure, margin: float, options: PlanningOptions = DEFAULTS) -> Plan:
    """Return how many completed answers make an interval of plus and minus `margin`, at least 3.

    n0 = deff (z sd / margin)^2, with a population of N customers n0 / (1 + (n0 - 1) / N). `effect` is the margin that
    the rounded n gives. Raises ValueError for a margin that is not above 0.
    """
    if not 0 < margin < math.inf:
        raise ValueError(f"A margin is a number above 0, not {margin}.")
    needed = options.design_effect * (normal_quantile(options.confidence) * figure.sd / margin) ** 2
    if options.population is not None:
        needed = needed * options.population / max(options.population - 1 + needed, 1e-12)
    return margin_of_error(figure, max(math.ceil(needed - 1e-9), 3), options)


def _margin(figure: PlannedFigure, n: int, options: PlanningOptions) -> float:
    z = normal_quantile(options.confidence)
    return z * figure.sd * math.sqrt(options.design_effect / n * _left_of_population(n, options.population))


def _left_of_population(n: int, population: int | None) -> float:
    """Return the finite population correction (N - n) / (N - 1), 0 where all are asked."""
    if population is None:
        return 1.0
    return max(population - n, 0) / max(population - 1, 1)
