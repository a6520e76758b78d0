"""What a fitted model says in shares: probabilities of the categories, odds ratios, and average marginal effects."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray
from analysis.categorical.cases import standing_of
from analysis.categorical.coding import design
from analysis.categorical.links import LINK, Link
from analysis.categorical.models import INTERCEPT, Wald
from analysis.categorical.options import Rows
from analysis.values.categorical import CategoricalModel, MarginalEffects
from analysis.values.estimates import Estimate, Interval


@dataclass(frozen=True, slots=True, eq=False)
class _Ordered:
    """Any model as slopes and thresholds with their covariance: a binary one has the threshold -intercept."""

    slopes: FloatArray
    thresholds: FloatArray
    covariance: FloatArray
    link: Link

    def distances(self, columns: FloatArray) -> FloatArray:
        """Return threshold_j - x * beta with -inf and inf at the ends (n x K + 1)."""
        inner = self.thresholds - (columns @ self.slopes)[:, None]
        ends = np.full((len(columns), 1), np.inf)
        return np.concatenate((-ends, inner, ends), axis=1)


def _ordered(model: CategoricalModel) -> _Ordered:
    values = np.array([each.value for each in (*model.coefficients.values(), *model.thresholds.values())])
    covariance = np.array(model.covariance)
    if INTERCEPT not in model.coefficients:
        p = len(model.coefficients)
        return _Ordered(values[:p], values[p:], covariance, LINK[model.link])
    turn = np.roll(np.eye(values.size), -1, axis=0)
    turn[-1] *= -1
    return _Ordered(values[1:], -values[:1], turn @ covariance @ turn.T, LINK[model.link])


def predicted_probabilities(model: CategoricalModel, predictors: pd.DataFrame) -> pd.DataFrame:
    """Return the probability of each category (columns) for each row of predictors; NaN where a predictor is missing.

    Raises ValueError for a level the model has not seen and KeyError for a predictor that is not there.
    """
    view = _ordered(model)
    below = view.link.distribution(view.distances(design(predictors, model.codings)))
    return pd.DataFrame(np.diff(below, axis=1), index=predictors.index, columns=list(model.categories))


def odds_ratios(model: CategoricalModel) -> dict[str, Estimate]:
    """Return exp(coefficient) with exp of its interval, by coefficient (unit `odds-ratio`); the intercept has none.

    Above 1: higher categories become likelier. The standard error is that of the delta method. Raises ValueError for a
    probit model, whose coefficients are no log-odds.
    """
    if model.link != "logit":
        raise ValueError("Odds ratios belong to the logit link.")
    return {name: _exponential(each) for name, each in model.coefficients.items() if name != INTERCEPT}


def _exponential(estimate: Estimate) -> Estimate:
    if estimate.interval is None or estimate.se is None:
        raise ValueError("The coefficient has no interval.")
    low, high = math.exp(estimate.interval.low), math.exp(estimate.interval.high)
    value = math.exp(estimate.value)
    interval = Interval(low, high, estimate.interval.level, estimate.interval.method)
    return replace(estimate, value=value, interval=interval, unit="odds-ratio", se=value * estimate.se)


@dataclass(frozen=True, slots=True, eq=False)
class _Averages:
    """Averages over respondents of a function g of the distances (K + 1) and of g times the columns (p x K + 1)."""

    plain: FloatArray
    crossed: FloatArray


def _averages(values: FloatArray, columns: FloatArray, shares: FloatArray) -> _Averages:
    weighted = values * shares[:, None]
    return _Averages(weighted.sum(axis=0), columns.T @ weighted)


def _slope_effects(view: _Ordered, columns: FloatArray, shares: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return, at slope one, how each category's share changes (K), and its gradient in the parameters (q x K)."""
    distances = view.distances(columns)
    density = _averages(view.link.density(distances), columns, shares)
    slope = _averages(view.link.slope(distances), columns, shares)
    p, k = columns.shape[1], view.thresholds.size
    gradient = np.zeros((p + k, k + 1))
    gradient[:p] = np.diff(slope.crossed, axis=1)
    places = np.arange(k)
    gradient[p + places, places] = -slope.plain[1:-1]
    gradient[p + places, places + 1] = slope.plain[1:-1]
    return -np.diff(density.plain), gradient


def _share_of(view: _Ordered, columns: FloatArray, shares: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the average share of each category (K) and its gradient in the parameters (q x K)."""
    distances = view.distances(columns)
    density = _averages(view.link.density(distances), columns, shares)
    p, k = columns.shape[1], view.thresholds.size
    gradient = np.zeros((p + k, k + 1))
    gradient[:p] = -np.diff(density.crossed, axis=1)
    places = np.arange(k)
    gradient[p + places, places] = density.plain[1:-1]
    gradient[p + places, places + 1] = -density.plain[1:-1]
    return np.diff(view.link.distribution(distances), axis=1).T @ shares, gradient


def _number_effect(
    view: _Ordered, columns: FloatArray, shares: FloatArray, place: int
) -> tuple[FloatArray, FloatArray]:
    unit, gradient = _slope_effects(view, columns, shares)
    gradient = view.slopes[place] * gradient
    gradient[place] += unit
    return view.slopes[place] * unit, gradient


def _level_effect(
    view: _Ordered, columns: FloatArray, shares: FloatArray, places: tuple[int, int, int]
) -> tuple[FloatArray, FloatArray]:
    """Return the effect of moving everybody from a factor's first level to another, given (first, last, place)."""
    first, last, place = places
    reference = columns.copy()
    reference[:, first:last] = 0.0
    moved = reference.copy()
    moved[:, place] = 1.0
    high, high_gradient = _share_of(view, moved, shares)
    low, low_gradient = _share_of(view, reference, shares)
    return high - low, high_gradient - low_gradient


def _effects(
    view: _Ordered, model: CategoricalModel, columns: FloatArray, shares: FloatArray
) -> Iterator[tuple[str, FloatArray, FloatArray]]:
    """Yield each coefficient's name, effects (K) and gradient (q x K)."""
    first = 0
    for coding in model.codings:
        last = first + len(coding.names)
        for place, name in enumerate(coding.names, start=first):
            found = (
                _level_effect(view, columns, shares, (first, last, place))
                if coding.levels
                else _number_effect(view, columns, shares, place)
            )
            yield (name, *found)
        first = last


def marginal_effects(model: CategoricalModel, predictors: pd.DataFrame, rows: Rows | None = None) -> MarginalEffects:
    """Return average marginal effects on the share of each category, with delta-method intervals.

    Numbers: the mean derivative of P(category) per unit. Factors: the mean difference between all respondents at the
    level and all at the first level. `predictors` and `rows` are those of the fit, or others to average over, taken as
    given; rows with a missing predictor or weight zero are left out. Raises ValueError where no row remains.
    """
    view, columns = _ordered(model), design(predictors, model.codings)
    standing = standing_of(len(columns), rows or Rows())
    there = ~np.isnan(columns).any(axis=1) & (standing.total > 0)
    if not there.any():
        raise ValueError("No respondent with all predictors is left to average over.")
    standing, columns = standing.rows(there), columns[there]
    source = "Williams 2012; delta method"
    level = next(each.interval.level for each in model.coefficients.values() if each.interval)
    wald = Wald(standing.base, level, model.degrees, "average-marginal-effect", source)
    shares = standing.total / standing.total.sum()
    effects = {
        name: _named(values, gradient, view.covariance, model.categories, wald)
        for name, values, gradient in _effects(view, model, columns, shares)
    }
    return MarginalEffects(effects, standing.base, wald.method, source, model.notes)


def _named(
    values: FloatArray, gradient: FloatArray, covariance: FloatArray, categories: tuple[str, ...], wald: Wald
) -> dict[str, Estimate]:
    errors = np.sqrt(np.einsum("qk,qr,rk->k", gradient, covariance, gradient))
    return {
        name: wald.estimate(float(value), float(se), "difference-share")
        for name, value, se in zip(categories, values, errors, strict=True)
    }
