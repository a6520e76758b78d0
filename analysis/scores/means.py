"""The interval of a mean of ratings: Student's t where the answers allow it, else an adjusted one."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from analysis.arrays import FloatArray
from analysis.intervals import student
from analysis.scores.answers import ScoreOptions
from analysis.scores.estimates import Figure, estimate
from analysis.values import Estimate, Interval, Note
from analysis.weights import Sample, independent_base

# Cochran 1977, p. 42: a normal interval of a mean misses at most 6 % where n > 25 G1^2, G1 the skewness.
COCHRAN_FACTOR = 25


def mean_estimate(sample: Sample, bounds: tuple[float, float], figure: Figure, options: ScoreOptions) -> Estimate:
    """Return a mean of ratings with its interval, clipped to the bounds of the scale, and what it warns of."""
    if math.isnan(figure.se):
        return estimate(replace(figure, source="Student 1908"), None, sample, options)
    needed = max(_needed(sample.values, sample.weights), _needed(*_with_ends(sample, bounds)))
    doubtful = not needed < degrees_of_freedom(sample) + 1
    adjusted = options.mean_interval == "adjusted-t" or (doubtful and options.mean_interval == "guarded-t")
    made = _adjusted(sample, bounds, options) if adjusted else _student(sample, figure, options)
    interval = replace(made, low=max(made.low, bounds[0]), high=min(made.high, bounds[1]))
    notes = (Note("skewed-for-t", {"n": degrees_of_freedom(sample) + 1}),) if doubtful else ()
    return estimate(replace(figure, source="Cochran 1977", notes=notes), interval, sample, options)


def degrees_of_freedom(sample: Sample) -> float:
    """Return the effective base or, where fewer, the respondents, minus one: how well the spread is known."""
    return min(sample.base.effective, sample.n_units) - 1


def _student(sample: Sample, figure: Figure, options: ScoreOptions) -> Interval:
    return student(figure.value, figure.se, degrees_of_freedom(sample), options.level)


def _adjusted(sample: Sample, bounds: tuple[float, float], options: ScoreOptions) -> Interval:
    """Return the t interval after adding one answer at each end of the scale: Bonett & Price's on any scale."""
    values, weights = _with_ends(sample, bounds)
    mean = float(np.average(values, weights=weights))
    spread = float(np.average(np.square(values - mean), weights=weights))
    made = student(mean, math.sqrt(spread / weights.sum()), degrees_of_freedom(sample), options.level)
    return replace(made, method="adjusted-t")


def _with_ends(sample: Sample, bounds: tuple[float, float]) -> tuple[FloatArray, FloatArray]:
    """Return values and weights with one answer added at each end, weights summing to the independent base plus 2."""
    base = independent_base(sample)
    values = np.concatenate([sample.values, bounds])
    weights: FloatArray = np.concatenate([sample.weights * (base / sample.weights.sum()), [1.0, 1.0]])
    return values, weights


def _needed(values: FloatArray, weights: FloatArray) -> float:
    """Return how many answers so skewed a t interval needs, 25 G1^2; infinite where all are alike."""
    away = values - np.average(values, weights=weights)
    spread, third = (float(np.average(away**power, weights=weights)) for power in (2, 3))
    return COCHRAN_FACTOR * third**2 / spread**3 if spread > 0 else math.inf
