"""McDonald's omega total: the share of the sum's variance that one common factor makes."""

from __future__ import annotations

import math

import numpy as np

from analysis.arrays import FloatArray
from analysis.reliability.jackknife import jackknifed, share_estimate
from analysis.reliability.one_factor import contributions, one_factor
from analysis.reliability.people import DEFAULTS, People, ReliabilityOptions, people_of, refused
from analysis.scores import ScaleAnswers
from analysis.values import Estimate, Refusal
from analysis.weights import mean_variance

SOURCE = "McDonald 1999; Joreskog 1967"
FEWEST_ITEMS, FEWEST_PEOPLE = 3, 30
# With more respondents leaving each out costs much and says no more than linearisation.
MOST_LEFT_OUT = 200
LEFT_OUT_TOLERANCE = 1e-6


def mcdonald_omega(answers: ScaleAnswers, options: ReliabilityOptions = DEFAULTS) -> Estimate | Refusal:
    """Return omega total, (sum of loadings)^2 / ((sum of loadings)^2 + sum of unique variances), reversed items turned.

    Loadings and unique variances are those of one common factor by maximum likelihood on the covariances. Unlike alpha
    it does not need items that measure equally well. People with a missing answer are left out. SE and interval as for
    alpha, above 200 respondents linearised. Refused: `too-few-items` (under 3), `base-too-small` (under 30
    people), `constant-item`, `improper-factor-solution` (no solution, or an item without unique variance).
    """
    people = people_of(answers)
    return refused(people, options) or omega_estimate(people, options)


def omega_estimate(people: People, options: ReliabilityOptions) -> Estimate | Refusal:
    """Return omega of people already checked."""
    n, needed = people.sample(people.weights).n_units, max(FEWEST_PEOPLE, options.minimum_base)
    if people.n_items < FEWEST_ITEMS:
        return Refusal("too-few-items", people.base, {"n": people.n_items, "needed": FEWEST_ITEMS})
    if n < needed:
        return Refusal("base-too-small", people.base, {"n": n, "needed": needed})
    spread = np.sqrt(np.diag(people.covariance))
    matrix = people.covariance / np.outer(spread, spread)
    theta, proper = one_factor(matrix[None])
    if not proper[0]:
        return Refusal("improper-factor-solution", people.base, {"items": people.n_items})

    value, terms = float(_omega(theta, spread)[0]), ("mcdonald-omega", SOURCE, options.level)
    if n > MOST_LEFT_OUT:
        return _linearised(people, value, (theta[0], matrix), terms)

    def without(stack: FloatArray) -> FloatArray:
        scaled = stack / np.outer(spread, spread)
        start = np.repeat(theta, scaled.shape[0], axis=0)
        return _omega(one_factor(scaled, start, LEFT_OUT_TOLERANCE)[0], spread)

    return share_estimate(people, value, jackknifed(people, without), terms)


def _linearised(
    people: People, value: float, fit: tuple[FloatArray, FloatArray], terms: tuple[str, str, float]
) -> Estimate:
    """Return omega with the error of each person's contribution: beyond 200 people it equals the jackknife's."""
    theta, matrix = fit
    spread = np.sqrt(np.diag(people.covariance))
    k = spread.size
    common, unique = float(theta[:k] @ spread), float(theta[k:] @ np.square(spread))
    slopes = np.concatenate([2 * common * unique * spread, -(common**2) * np.square(spread)])
    added = contributions(theta, people.centred / spread, matrix) @ (slopes / (common**2 + unique) ** 2)
    error = math.sqrt(mean_variance(people.sample(added - np.average(added, weights=people.weights))))
    return share_estimate(people, value, error, terms)


def _omega(theta: FloatArray, spread: FloatArray) -> FloatArray:
    """Return omega from standardised loadings and unique variances (g, 2k) and the items' standard deviations (k,)."""
    k = spread.size
    common = np.square(theta[:, :k] @ spread)
    omega: FloatArray = common / (common + theta[:, k:] @ np.square(spread))
    return omega
