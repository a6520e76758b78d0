"""McDonald's omega total: the share of the sum's variance that one common factor makes."""

from __future__ import annotations

import numpy as np

from analysis.arrays import FloatArray
from analysis.reliability.jackknife import jackknifed, share_estimate
from analysis.reliability.one_factor import one_factor
from analysis.reliability.people import DEFAULTS, People, ReliabilityOptions, people_of, refused
from analysis.scores import ScaleAnswers
from analysis.values import Estimate, Refusal

SOURCE = "McDonald 1999; Joreskog 1967"
FEWEST_ITEMS, FEWEST_PEOPLE = 3, 30


def mcdonald_omega(answers: ScaleAnswers, options: ReliabilityOptions = DEFAULTS) -> Estimate | Refusal:
    """Return omega total, (sum of loadings)^2 / ((sum of loadings)^2 + sum of unique variances), reversed items turned.

    Loadings and unique variances are those of one common factor by maximum likelihood on the covariances. Unlike alpha
    it does not need items that measure equally well. People with a missing answer are left out. SE and interval as for
    alpha. Refused: `too-few-items` (under 3), `base-too-small` (under 30 people), `constant-item`,
    `improper-factor-solution` (no solution, or an item without unique variance).
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

    def without(stack: FloatArray) -> FloatArray:
        scaled = stack / np.outer(spread, spread)
        fits = one_factor(scaled, np.repeat(theta, scaled.shape[0], axis=0))[0]
        return _omega(fits, spread)

    value = float(_omega(theta, spread)[0])
    terms = ("mcdonald-omega", SOURCE, options.level)
    return share_estimate(people, value, jackknifed(people, without), terms)


def _omega(theta: FloatArray, spread: FloatArray) -> FloatArray:
    """Return omega from standardised loadings and unique variances (g, 2k) and the items' standard deviations (k,)."""
    k = spread.size
    common = np.square(theta[:, :k] @ spread)
    omega: FloatArray = common / (common + theta[:, k:] @ np.square(spread))
    return omega
