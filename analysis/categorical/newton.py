"""Newton's method on a concave log-likelihood, steps halved until they go uphill with thresholds in order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from analysis.arrays import FloatArray
from analysis.categorical.likelihood import Likelihood
from analysis.categorical.links import Terms

MOST_STEPS = 60
MOST_HALVINGS = 40
# Twice the gain in log-likelihood per row that a further step promises. Newton's steps square the error: where the next
# step is worth this little, the place it leads to is the maximum to the last digits.
_PROMISE = 1e-12
# Rounding of a log-likelihood: a step may lose that much of it.
_ROUNDING = 1e-13


@dataclass(frozen=True, slots=True, eq=False)
class Maximum:
    """Where the climb ended: coefficients then thresholds, log-likelihood, terms, information, and how it went."""

    parameters: FloatArray
    log_likelihood: float
    terms: Terms
    information: FloatArray
    n_iterations: int
    converged: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    parameters: FloatArray
    value: float
    terms: Terms


def _at(likelihood: Likelihood, parameters: FloatArray) -> _Place:
    terms = likelihood.terms(parameters)
    return _Place(parameters, likelihood.value(terms), terms)


def _climbed(likelihood: Likelihood, place: _Place, step: FloatArray) -> _Place | None:
    """Return where the longest of step, step/2, step/4 … leads that does not go downhill; None if none does."""
    p = likelihood.columns.shape[1]
    least = place.value - _ROUNDING * abs(place.value)
    for _ in range(MOST_HALVINGS):
        parameters = place.parameters + step
        if (np.diff(parameters[p:]) > 0).all():
            found = _at(likelihood, parameters)
            if found.value >= least:
                return found
        step = step / 2
    return None


def maximum(likelihood: Likelihood, start: FloatArray) -> Maximum:
    """Return the maximum of the log-likelihood, climbing from `start` (coefficients, then ordered thresholds)."""
    place = _at(likelihood, start)
    promise = _PROMISE * float(likelihood.weights.sum())
    for iteration in range(MOST_STEPS):
        information, gradient = likelihood.information(place.terms), likelihood.gradient(place.terms)
        try:
            step = linalg.cho_solve(linalg.cho_factor(information), gradient)
        except linalg.LinAlgError:
            return _end(likelihood, place, iteration, converged=False)
        found = _climbed(likelihood, place, step)
        if found is None:
            return _end(likelihood, place, iteration, converged=bool(gradient @ step <= promise))
        place = found
        if gradient @ step <= promise:
            return _end(likelihood, place, iteration + 1, converged=True)
    return _end(likelihood, place, MOST_STEPS, converged=False)


def _end(likelihood: Likelihood, place: _Place, iterations: int, *, converged: bool) -> Maximum:
    information = likelihood.information(place.terms)
    return Maximum(place.parameters, place.value, place.terms, information, iterations, converged)
