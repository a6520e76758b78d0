"""Each rating's slope in the full model, pooled over imputations, and its sign alone and among the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.arrays import FloatArray
from analysis.drivers.designs import Design
from analysis.drivers.regression import SOURCES, linear_model
from analysis.imputation import Pooled, pool
from analysis.values.estimates import Base, Estimate, Interval


@dataclass(frozen=True, slots=True)
class Slopes:
    """Pooled slopes of the ratings in their order, their half-widths and p-values, and the method of their errors."""

    pooled: Pooled
    reach: FloatArray
    p_values: FloatArray
    level: float
    method: str
    source: str

    def estimate(self, place: int, base: Base) -> Estimate:
        """Return one rating's slope: change of the outcome per scale point, the other drivers held."""
        value, half = float(self.pooled.estimate[place]), float(self.reach[place])
        return Estimate(
            value=value,
            interval=Interval(value - half, value + half, self.level, "t"),
            base=base,
            method=self.method,
            unit="slope",
            se=float(self.pooled.standard_errors[place]),
            source=self.source,
        )


def slopes(design: Design, level: float) -> Slopes:
    """Return the slopes of all ratings: least squares per table, robust errors, Rubin's rules, t intervals."""
    fits = [linear_model(design.outcome, table[:, :-1], design.sample) for table in design.tables]
    places = [1 + place for place in range(len(design.screened.codes))]
    estimates = np.stack([fit.coefficients[places] for fit in fits])
    pooled = pool(estimates, np.stack([fit.standard_errors[places] ** 2 for fit in fits]), fits[0].degrees)
    size = np.abs(pooled.estimate) / np.where(pooled.standard_errors > 0, pooled.standard_errors, np.inf)
    return Slopes(
        pooled=pooled,
        reach=stats.t.ppf((1 + level) / 2, pooled.degrees) * pooled.standard_errors,
        p_values=2 * stats.t.sf(size, pooled.degrees),
        level=level,
        method=fits[0].method if len(fits) == 1 else f"{fits[0].method}-pooled",
        source=SOURCES[fits[0].method] + ("" if len(fits) == 1 else "; Rubin 1987; Barnard & Rubin 1999"),
    )


def zero_order(matrices: FloatArray, design: Design) -> FloatArray:
    """Return the correlation of each rating with the outcome among raters, up to a positive factor.

    Among raters the indicator is constant, so its part is taken out of the pair: c_jy - c_ja c_ay / c_aa.
    """
    mean = matrices.mean(axis=0)
    signs = mean[: len(design.screened.codes), -1].copy()
    for rating, absent in design.indicators.items():
        own = mean[absent, absent]
        signs[rating] -= mean[rating, absent] * mean[absent, -1] / own if own > 0 else 0.0
    return np.array(signs)
