"""Logit and probit: the log-probability of a category between two thresholds, and its derivatives.

With u and l the distances of the upper and the lower threshold from x * beta, P = F(u) - F(l). For both links log P is
concave in (u, l) (Pratt 1981; Burridge 1981), so that Newton's method finds the one maximum.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from analysis.arrays import FloatArray

# Above this distance of two thresholds the correction for it is zero in floating point.
_FAR = 700.0


@dataclass(frozen=True, slots=True)
class Terms:
    """log P of each row, its first derivatives in u and l, and its second derivatives; arrays of one length."""

    log_probability: FloatArray
    upper: FloatArray
    lower: FloatArray
    upper2: FloatArray
    cross: FloatArray
    lower2: FloatArray


@dataclass(frozen=True, slots=True)
class Link:
    """A distribution function F with density f, slope f' and the terms of the likelihood."""

    name: str
    distribution: Callable[[FloatArray], FloatArray]
    quantile: Callable[[FloatArray], FloatArray]
    density: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]
    terms: Callable[[FloatArray, FloatArray], Terms]


def _logit_terms(upper: FloatArray, lower: FloatArray) -> Terms:
    """Return the terms by F(u) - F(l) = F(u) F(-l) (1 - exp(l - u)), in which nothing cancels."""
    below, above = special.expit(upper), special.expit(-lower)
    gap = np.minimum(upper - lower, _FAR)
    narrow = 1.0 / np.expm1(gap)
    bend = narrow * (1.0 + narrow)
    with np.errstate(divide="ignore"):
        logs = np.log(below * above) + np.log1p(-np.exp(-gap))
    return Terms(
        log_probability=logs,
        upper=1.0 - below + narrow,
        lower=above - 1.0 - narrow,
        upper2=-below * (1.0 - below) - bend,
        cross=bend,
        lower2=-above * (1.0 - above) - bend,
    )


def _log_normal_density(place: FloatArray) -> FloatArray:
    """Return the log of the standard normal density."""
    result: FloatArray = -0.5 * np.square(place) - 0.5 * np.log(2 * np.pi)
    return result


def _probit_terms(upper: FloatArray, lower: FloatArray) -> Terms:
    """Return the terms through log Phi, taken in the tail where the smaller numbers are."""
    turned = upper + lower > 0
    high, low = np.where(turned, -lower, upper), np.where(turned, -upper, lower)
    log_high, log_low = special.log_ndtr(high), special.log_ndtr(low)
    with np.errstate(divide="ignore"):
        logs = log_high + np.log1p(-np.exp(log_low - log_high))
        first = np.exp(_log_normal_density(upper) - logs)
        last = -np.exp(_log_normal_density(lower) - logs)
    return Terms(
        log_probability=logs,
        upper=first,
        lower=last,
        upper2=-np.where(np.isfinite(upper), upper, 0.0) * first - np.square(first),
        cross=-first * last,
        lower2=-np.where(np.isfinite(lower), lower, 0.0) * last - np.square(last),
    )


def _logit_density(place: FloatArray) -> FloatArray:
    result: FloatArray = special.expit(place) * special.expit(-place)
    return result


def _logit_slope(place: FloatArray) -> FloatArray:
    result: FloatArray = _logit_density(place) * (1.0 - 2.0 * special.expit(place))
    return result


def _probit_slope(place: FloatArray) -> FloatArray:
    result: FloatArray = -np.where(np.isfinite(place), place, 0.0) * stats.norm.pdf(place)
    return result


LOGIT = Link("logit", special.expit, special.logit, _logit_density, _logit_slope, _logit_terms)
PROBIT = Link("probit", special.ndtr, special.ndtri, stats.norm.pdf, _probit_slope, _probit_terms)
LINK = {each.name: each for each in (LOGIT, PROBIT)}
