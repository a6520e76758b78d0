"""McDonald's omega total: the share of the sum's variance that one common factor makes."""

from __future__ import annotations

import numpy as np

from analysis.reliability.one_factor import contributions, one_factor
from analysis.reliability.people import (
    DEFAULTS,
    Influence,
    People,
    ReliabilityOptions,
    consistency_estimate,
    people_of,
    refused,
)
from analysis.scores import ScaleAnswers
from analysis.values import Estimate, Refusal

SOURCE = "McDonald 1999; Joreskog 1967; Satorra & Bentler 1994"
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
    found = omega(people)
    return consistency_estimate(people, found, options.level) if found else _improper(people)


def omega(people: People) -> Influence | None:
    """Return omega and each person's contribution; None for an improper solution."""
    spread = np.sqrt(np.diag(people.covariance))
    scaled, matrix = people.centred / spread, people.covariance / np.outer(spread, spread)
    fit = one_factor(matrix)
    if fit is None:
        return None
    common, unique = float(spread @ fit.loadings), float(spread**2 @ fit.uniques)
    total = common**2 + unique
    slopes = np.concatenate([2 * common * unique * spread, -(common**2) * spread**2]) / total**2
    each = contributions(fit, scaled, matrix) @ slopes
    return Influence(
        common**2 / total, each - np.average(each, weights=people.weights), "mcdonald-omega", "reliability", SOURCE
    )


def _improper(people: People) -> Refusal:
    return Refusal("improper-factor-solution", people.base, {"items": people.n_items})
