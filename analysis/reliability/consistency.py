"""Cronbach's alpha, the average correlation of items, and how each item goes with the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from analysis.arrays import FloatArray
from analysis.reliability.jackknife import jackknifed, share_estimate
from analysis.reliability.people import (
    DEFAULTS,
    FEWEST_ITEMS,
    LEAST_SUM,
    People,
    ReliabilityOptions,
    people_of,
    refused,
)
from analysis.scores import ScaleAnswers
from analysis.values import Estimate, Interval, Refusal


@dataclass(frozen=True, slots=True, eq=False)
class Consistency:
    """Figures of g covariance matrices: arrays of g, and of g x k for those that each item has.

    `alpha_without` is NaN with two items.
    """

    alpha: FloatArray
    standardised_alpha: FloatArray
    average_correlation: FloatArray
    item_rest: FloatArray
    alpha_without: FloatArray


def consistency(covariances: FloatArray) -> Consistency:
    """Return alpha and its relatives for a stack of covariance matrices (g, k, k)."""
    k = covariances.shape[1]
    own, rows = np.diagonal(covariances, axis1=1, axis2=2), covariances.sum(axis=2)
    trace = own.sum(axis=1)
    total = np.maximum(rows.sum(axis=1), LEAST_SUM * trace)
    # The sum of the other items: its variance and its covariance with the item.
    rest = np.maximum(total[:, None] - 2 * rows + own, LEAST_SUM * trace[:, None])
    mean = _average_correlation(covariances, own)
    return Consistency(
        k / (k - 1) * (1 - trace / total),
        k * mean / np.maximum(1 + (k - 1) * mean, LEAST_SUM),
        mean,
        (rows - own) / np.sqrt(np.maximum(own, LEAST_SUM * trace[:, None]) * rest),
        # One item that is left of two has no alpha.
        (k - 1) / (k - 2) * (1 - (trace[:, None] - own) / rest) if k > FEWEST_ITEMS else np.full(own.shape, np.nan),
    )


def _average_correlation(covariances: FloatArray, own: FloatArray) -> FloatArray:
    """Return the mean correlation of two items; an item that does not vary counts as uncorrelated."""
    k = own.shape[1]
    scale = np.where(own > 0, 1 / np.sqrt(np.where(own > 0, own, 1.0)), 0.0)
    together = np.einsum("gi,gij,gj->g", scale, covariances, scale)
    mean: FloatArray = (together - (own > 0).sum(axis=1)) / (k * (k - 1))
    return mean


def cronbach_alpha(answers: ScaleAnswers, options: ReliabilityOptions = DEFAULTS) -> Estimate | Refusal:
    """Return Cronbach's alpha, k/(k-1) (1 - sum of item variances / variance of the sum), reversed items turned round.

    People with a missing answer are left out. SE and interval: jackknife over respondents, with weights, whatever the
    distribution, symmetric in ln(1 - alpha), Student's t; or Feldt's (1965). Refused: `too-few-items` (under 2),
    `base-too-small`, `constant-item`, `no-variation` (items that cancel). Noted
    `negative-reliability` where it is below zero.
    """
    people = people_of(answers)
    refusal = refused(people, options)
    if refusal:
        return refusal
    without = jackknifed(people, lambda stack: consistency(stack).alpha)
    return alpha_estimate(people, float(consistency(people.covariance[None]).alpha[0]), without, options)


def alpha_estimate(people: People, value: float, without: FloatArray, options: ReliabilityOptions) -> Estimate:
    """Return alpha with the interval asked for, given the alphas without each respondent."""
    made = share_estimate(people, value, without, ("cronbach-alpha", "Cronbach 1951", options.level))
    if options.alpha_interval == "jackknife":
        return made
    return replace(made, interval=_feldt(people, value, options.level), source="Cronbach 1951; Feldt 1965")


def _feldt(people: People, value: float, level: float) -> Interval:
    """Return Feldt's interval: (1 - alpha) F with n - 1 and (n - 1)(k - 1) degrees of freedom."""
    df = people.degrees_of_freedom
    small, large = stats.f.ppf([(1 - level) / 2, (1 + level) / 2], df, df * (people.n_items - 1))
    return Interval(1 - (1 - value) * float(large), 1 - (1 - value) * float(small), level, "feldt")
