"""How much of the value few customers bring: Gini, top share, "x % bring 80 %", Herfindahl.

All errors are linearised: the derivative of the figure with respect to each customer's weight, added up within clusters
(Deville 1999; Langel & Tille 2013; Beach & Davidson 1983); intervals are on the logit (log) scale with Student's t.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from analysis.arrays import FloatArray
from analysis.customer_value.risk_sets import linearised_error
from analysis.respondents import summed_by_respondent
from analysis.values import Estimate, Interval, Note, Refusal
from analysis.values.customer_value.concentration import Concentration, LorenzPoint
from analysis.weights import Sample, sample_of

GINI_SOURCE = "Gini 1914; Langel & Tille 2013"
LORENZ_SOURCE = "Lorenz 1905; Beach & Davidson 1983"
HERFINDAHL_SOURCE = "Hirschman 1964; Deville 1999"
# Where one customer makes this share of an estimated variance, that variance is itself a matter of luck.
DOMINANT = 0.2
# With fewer customers in the top group its share is low by chance, and the interval held 90 % of the time only.
FEW_AT_TOP = 20


@dataclass(frozen=True, slots=True)
class ConcentrationOptions:
    """The top share of customers looked at, the share of value called most, confidence level, fewest customers."""

    top: float = 0.1
    most: float = 0.8
    level: float = 0.95
    minimum_base: int = 10

    def __post_init__(self) -> None:
        """Refuse shares outside 0..1."""
        if not (0 < self.top < 1 and 0 < self.most < 1):
            raise ValueError("Shares of customers and of value lie between 0 and 1.")


DEFAULTS = ConcentrationOptions()


@dataclass(frozen=True, slots=True, eq=False)
class _Ordered:
    """Customers from the smallest value up: values, weights (mean one), cumulated weights and values, order."""

    sample: Sample
    order: np.ndarray[tuple[int], np.dtype[np.intp]]
    values: FloatArray
    weights: FloatArray
    total: float

    @property
    def is_plain(self) -> bool:
        return self.sample.clusters is None and not self.sample.is_weighted

    def error(self, derivative: FloatArray) -> tuple[float, float]:
        """Return the standard error from derivatives in this order, and the largest part of one respondent."""
        scores = np.empty(self.order.size)
        scores[self.order] = self.weights * derivative
        summed = summed_by_respondent(scores, self.sample.clusters)
        squares = float(np.square(summed).sum())
        largest = float(np.square(summed).max()) / squares if squares > 0 else 0.0
        return linearised_error(summed, is_plain=False), largest


def concentration(
    values: ArrayLike,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    options: ConcentrationOptions = DEFAULTS,
) -> Concentration | Refusal:
    """Return how concentrated the value (n,) of customers is; NaN is left out, zero belongs.

    Gini: 2 sum w y F / sum w y - 1, F mid-ranks in 0..1. Top share: 1 - L(1 - top), L the Lorenz curve. `few`: 1 - p
    with 1 - L(p) = most. Herfindahl: sum of squared shares, weights at a mean of one. Note `few-dominate`: one
    customer makes over a fifth of the Gini's variance, and intervals are too narrow in such tails. Refused below
    `minimum_base` customers (`base-too-small`) and where nobody brings anything (`no-value`). Raises ValueError for
    negative values.
    """
    sample = sample_of(values, weights, clusters)
    if (sample.values < 0).any():
        raise ValueError("Values must not be negative: sum up refunds with purchases, or leave such customers out.")
    base, needed = sample.base, max(options.minimum_base, 2)
    if min(base.n, sample.n_units) < needed:
        return Refusal("base-too-small", base, {"n": min(base.n, sample.n_units), "needed": needed})
    if not sample.values.any():
        return Refusal("no-value", base, {})
    return _concentration(_ordered(sample), options)


def _concentration(data: _Ordered, options: ConcentrationOptions) -> Concentration:
    gini, largest = _gini(data, options.level)
    herfindahl = _herfindahl(data, options.level)
    return Concentration(
        base=data.sample.base,
        gini=gini,
        top=options.top,
        top_share=_top_share(data, options),
        most=options.most,
        few=_few(data, options),
        herfindahl=herfindahl,
        equivalent_customers=1 / herfindahl.value,
        lorenz=tuple(LorenzPoint(p / 10, _lorenz(data, p / 10)[0]) for p in range(11)),
        method="lorenz",
        source=f"{GINI_SOURCE}; {LORENZ_SOURCE}",
        notes=(Note("few-dominate", {"share": largest}),) if largest > DOMINANT else (),
    )


def _ordered(sample: Sample) -> _Ordered:
    order = np.argsort(sample.values, kind="stable")
    # Units must not matter: values relative to the largest neither over- nor underflow when squared.
    values = sample.values[order] / sample.values.max()
    weights = sample.weights[order] * (order.size / sample.weights.sum())
    return _Ordered(sample, order, values, weights, float(weights @ values))


def _gini(data: _Ordered, level: float) -> tuple[Estimate, float]:
    """Return the Gini coefficient and the largest part that one customer has in its variance."""
    y, w, n = data.values, data.weights, float(data.weights.sum())
    first = np.searchsorted(y, y, side="left")
    last = np.searchsorted(y, y, side="right")
    below, value = np.concatenate([[0.0], np.cumsum(w)]), np.concatenate([[0.0], np.cumsum(w * y)])
    rank = (below[first] + below[last]) / (2 * n)
    above = data.total - (value[first] + value[last]) / 2
    area = float(w @ (y * rank))
    gini = max(2 * area / data.total - 1, 0.0)
    slope = 2 * (y * rank + (above - area) / n) / data.total - 2 * area * y / data.total**2
    se, largest = data.error(slope)
    units = data.sample.n_units
    # The sample's Gini is too low by 1/n of its size: the interval is about the one set right.
    centre = min(gini * units / (units - 1), 1 - 1e-12)
    bounds = _logit_bounds(data, (gini, centre), se, level)
    return _estimate(data, gini, bounds, se, ("gini", GINI_SOURCE)), largest


def _lorenz(data: _Ordered, p: float) -> tuple[float, float]:
    """Return the share of value of the smallest p of customers, and the value of the customer at p."""
    cumulated = np.concatenate([[0.0], np.cumsum(data.weights)])
    place = p * cumulated[-1]
    at = min(int(np.searchsorted(cumulated, place, side="left")), data.values.size) - 1
    at = max(at, 0)
    sums = np.concatenate([[0.0], np.cumsum(data.weights * data.values)])
    share = (sums[at] + (place - cumulated[at]) * data.values[at]) / data.total
    return float(min(share, 1.0)), float(data.values[at])


def _lorenz_slopes(data: _Ordered, p: float) -> FloatArray:
    """Return the derivative of L(p) by each customer's weight."""
    share, quantile = _lorenz(data, p)
    below = np.where(data.values <= quantile, data.values - quantile, 0.0)
    result: FloatArray = (below + p * quantile - share * data.values) / data.total
    return result


def _top_share(data: _Ordered, options: ConcentrationOptions) -> Estimate:
    """Return the share of the top customers; on the log scale its interval leans up, as the sample's share is low."""
    share = 1 - _lorenz(data, 1 - options.top)[0]
    se = data.error(_lorenz_slopes(data, 1 - options.top))[0]
    n_top = options.top * min(data.sample.base.effective, data.sample.n_units)
    notes = (Note("few-at-the-top", {"n": round(n_top, 1), "needed": FEW_AT_TOP}),) if n_top < FEW_AT_TOP else ()
    half = _quantile(data, options.level) * se / share
    bounds = Interval(share * math.exp(-half), min(share * math.exp(half), 1.0), options.level, "t-log")
    found = _estimate(data, share, bounds, se, ("top-share", LORENZ_SOURCE))
    return replace(found, notes=notes)


def _few(data: _Ordered, options: ConcentrationOptions) -> Estimate | Refusal:
    """Return the share of customers that bring `most` of the value: the inverse of the Lorenz curve."""
    cumulated = np.concatenate([[0.0], np.cumsum(data.weights)])
    sums = np.concatenate([[0.0], np.cumsum(data.weights * data.values)]) / data.total
    wanted = 1 - options.most
    at = max(int(np.searchsorted(sums, wanted, side="left")), 1)
    step = (wanted - sums[at - 1]) * data.total / data.values[at - 1]
    p = float((cumulated[at - 1] + step) / cumulated[-1])
    if not 0 < p < 1:
        return Refusal("one-customer-brings-most", data.sample.base, {"most": options.most})
    density = data.values[at - 1] * cumulated[-1] / data.total
    se = data.error(_lorenz_slopes(data, p) / density)[0]
    bounds = _logit_bounds(data, (1 - p, 1 - p), se, options.level)
    return _estimate(data, 1 - p, bounds, se, ("pareto-share", LORENZ_SOURCE))


def _herfindahl(data: _Ordered, level: float) -> Estimate:
    y, n = data.values, float(data.weights.sum())
    squares = float(data.weights @ np.square(y))
    index = squares / data.total**2
    se = data.error((np.square(y) - 2 * y * squares / data.total) / data.total**2 + index / n)[0]
    half = _quantile(data, level) * se / index
    low, high = max(index * math.exp(-half), 1 / n), min(index * math.exp(half), 1.0)
    return _estimate(
        data, index, Interval(min(low, index), max(high, index), level, "t-log"), se, ("herfindahl", HERFINDAHL_SOURCE)
    )


def _quantile(data: _Ordered, level: float) -> float:
    return float(stats.t.ppf((1 + level) / 2, data.sample.n_units - 1))


def _logit_bounds(data: _Ordered, at: tuple[float, float], se: float, level: float) -> Interval:
    """Return the interval around the centre `at[1]` on the logit scale, stretched to hold the figure `at[0]`."""
    value, centre = at
    spread = centre * (1 - centre)
    if spread <= 0 or se == 0:
        return Interval(value, value, level, "t-logit")
    half = _quantile(data, level) * se / spread
    low, high = (float(special.expit(special.logit(centre) + sign * half)) for sign in (-1, 1))
    return Interval(min(low, value), max(high, value), level, "t-logit")


def _estimate(data: _Ordered, value: float, bounds: Interval, se: float, names: tuple[str, str]) -> Estimate:
    return Estimate(value, bounds, data.sample.base, names[0], "share", se, (), names[1])
