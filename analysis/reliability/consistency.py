"""Cronbach's alpha, the average correlation of items, and how each item goes with the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import stats

from analysis.arrays import FloatArray
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
from analysis.values import Estimate, Interval, Note, Refusal

SOURCE = "Cronbach 1951; Maydeu-Olivares, Coffman & Hartmann 2007"


def cronbach_alpha(answers: ScaleAnswers, options: ReliabilityOptions = DEFAULTS) -> Estimate | Refusal:
    """Return Cronbach's alpha, k/(k-1) (1 - sum of item variances / variance of the sum), reversed items turned round.

    People with a missing answer are left out. SE and interval: linearised from each person's contribution, whatever the
    distribution, with weights and clusters, symmetric in ln(1 - alpha), Student's t; or Feldt's (1965). Refused:
    `too-few-items` (under 2), `base-too-small`, `constant-item`. Noted `negative-alpha` where it is below zero.
    """
    people = people_of(answers)
    return refused(people, options) or alpha_estimate(people, options)


def alpha_estimate(people: People, options: ReliabilityOptions) -> Estimate:
    """Return alpha of people already checked."""
    found = alpha(people)
    notes = (Note("negative-alpha", {"alpha": found.value}),) if found.value < 0 else ()
    made = consistency_estimate(people, found, options.level, notes)
    if options.alpha_interval == "linearised":
        return made
    return replace(made, interval=_feldt(people, found.value, options.level), source="Cronbach 1951; Feldt 1965")


def _feldt(people: People, value: float, level: float) -> Interval:
    """Return Feldt's interval: (1 - alpha) F with n - 1 and (n - 1)(k - 1) degrees of freedom."""
    df = min(people.base.effective, people.sample(people.weights).n_units) - 1
    high, low = stats.f.ppf([(1 - level) / 2, (1 + level) / 2], df, df * (people.n_items - 1))
    return Interval(1 - (1 - value) * float(low), 1 - (1 - value) * float(high), level, "feldt")


def alpha(people: People) -> Influence:
    """Return alpha and each person's contribution."""
    trace, total = float(np.trace(people.covariance)), float(people.covariance.sum())
    ratio = people.n_items / (people.n_items - 1)
    sums = np.square(people.centred.sum(axis=1))
    squares = np.square(people.centred).sum(axis=1)
    # A sum that never varies (items that cancel) has no alpha but minus infinity; it is bounded by rounding.
    total = max(total, 1e-12 * trace)
    contributions = ratio * (trace * sums / total - squares) / total
    value = ratio * (1 - trace / total)
    return Influence(value, _centred(people, contributions), "cronbach-alpha", "reliability", SOURCE)


def average_correlation(people: People) -> Influence:
    """Return the mean correlation of two items and each person's contribution."""
    scaled = people.centred / np.sqrt(np.diag(people.covariance))
    matrix = _correlations(people)
    k = people.n_items
    pairs = k * (k - 1)
    products = np.square(scaled.sum(axis=1)) - np.square(scaled).sum(axis=1)
    lost = np.square(scaled) @ (matrix.sum(axis=1) - 1)
    value = float((matrix.sum() - k) / pairs)
    contributions = (products - lost) / pairs
    return Influence(value, _centred(people, contributions), "average-correlation", "correlation", "Spearman 1910")


def standardised_alpha(people: People) -> Influence:
    """Return k r / (1 + (k-1) r) of the average correlation r: alpha of items of one variance."""
    found, k = average_correlation(people), people.n_items
    below = 1 + (k - 1) * found.value
    contributions = k / below**2 * found.contributions
    return Influence(k * found.value / below, contributions, "standardised-alpha", "reliability", SOURCE)


def item_rest(people: People, item: int) -> Influence | None:
    """Return the correlation of an item with the sum of the others; None where that sum never varies."""
    rest = people.centred.sum(axis=1) - people.centred[:, item]
    both = np.column_stack([people.centred[:, item], rest])
    k = people.n_items
    chosen = np.zeros((k, 2))
    chosen[item, 0], chosen[:, 1] = 1.0, 1.0
    chosen[item, 1] = 0.0
    matrix = chosen.T @ people.covariance @ chosen
    if matrix[1, 1] <= 1e-12 * np.trace(people.covariance):
        return None
    pair = average_correlation(replace(people, centred=both, covariance=matrix))
    return replace(pair, method="item-rest-correlation", source="Nunnally & Bernstein 1994; Fisher 1915")


def _correlations(people: People) -> FloatArray:
    spread = np.sqrt(np.diag(people.covariance))
    matrix: FloatArray = people.covariance / np.outer(spread, spread)
    return matrix


def _centred(people: People, contributions: FloatArray) -> FloatArray:
    """Return the contributions less their weighted mean."""
    result: FloatArray = contributions - np.average(contributions, weights=people.weights)
    return result
