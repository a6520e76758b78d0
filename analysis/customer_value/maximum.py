"""The maximum of a sum of log-likelihoods, and how surely it is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from analysis.arrays import BoolArray, FloatArray

# Parameters (k,) to log-likelihoods (m,) and their gradients (m, k).
LogLikelihoods: TypeAlias = Callable[[FloatArray], tuple[FloatArray, FloatArray]]

# Parameters are logs or logits: beyond this they stand for zero or infinity.
BOUND = 12.0
# The largest mean gradient per customer that counts as flat.
FLAT = 1e-6
MOST_STEPS = 100
LONGEST = 2.0
SMALLEST = 1e-9
STEP = 1e-4
# What a further step of a resampled maximum must gain.
SETTLED = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Maximum:
    """Parameters, log-likelihood there, and the largest component of the mean gradient inside the bounds."""

    parameters: FloatArray
    value: float
    gradient: float

    @property
    def is_converged(self) -> bool:
        """Tell whether the gradient vanishes where it may."""
        return self.gradient <= FLAT


def maximum_of(log_likelihoods: LogLikelihoods, counts: FloatArray, starts: Sequence[FloatArray]) -> Maximum:
    """Return the highest maximum found from the starts, by Newton steps that never go down, within bounds."""
    total = float(counts.sum())
    found = [_climbed(log_likelihoods, counts / total, np.asarray(start, dtype=np.float64)) for start in starts]
    best = max(found, key=lambda at: float(counts @ log_likelihoods(at)[0]))
    values, gradients = log_likelihoods(best)
    gradient = counts @ gradients / total
    inside = np.where(_is_held(best, gradient), 0.0, gradient)
    return Maximum(best, float(counts @ values), float(np.abs(inside).max()))


def _is_held(at: FloatArray, gradient: FloatArray) -> BoolArray:
    """Return which parameters stand at a bound and would go beyond it."""
    held: BoolArray = ((at >= BOUND) & (gradient > 0)) | ((at <= -BOUND) & (gradient < 0))
    return held


def _climbed(log_likelihoods: LogLikelihoods, shares: FloatArray, at: FloatArray) -> FloatArray:
    """Return where Newton steps of the mean log-likelihood end; bounded parameters drop out of the step."""
    for _ in range(MOST_STEPS):
        values, gradients = log_likelihoods(at)
        gradient = shares @ gradients
        free = ~_is_held(at, gradient)
        information = np.tensordot(shares, _informations(log_likelihoods, at), axes=1)
        step = np.zeros(at.size)
        step[free] = _ascent(information[np.ix_(free, free)], gradient[free])
        step /= max(1.0, float(np.abs(step).max()) / LONGEST)
        there = _uphill(lambda point: float(shares @ log_likelihoods(point)[0]), at, step, float(shares @ values))
        if there is None or np.abs(there - at).max() <= SMALLEST:
            return at if there is None else there
        at = there
    return at


def _uphill(
    height: Callable[[FloatArray], float], at: FloatArray, step: FloatArray, before: float
) -> FloatArray | None:
    """Return the end of the step, halved until it is not lower; None where none is."""
    for _ in range(30):
        there = np.clip(at + step, -BOUND, BOUND)
        if height(there) >= before - 1e-15 * abs(before):
            return there
        step = step / 2
    return None


def covariance_of(log_likelihoods: LogLikelihoods, counts: FloatArray, at: FloatArray) -> tuple[FloatArray, bool]:
    """Return the sandwich covariance of the parameters (White 1982), and whether the maximum is a regular one.

    Directions in which the likelihood is flat have no finite error: they are left out of the covariance, and the second
    value is False.
    """
    own = np.tensordot(counts, _informations(log_likelihoods, at), axes=1)
    hessian = (own + own.T) / 2
    scores = log_likelihoods(at)[1]
    values, vectors = np.linalg.eigh(hessian)
    firm = values > 1e-8 * max(float(values.max()), 1e-300)
    inverse = (vectors[:, firm] / values[firm]) @ vectors[:, firm].T
    meat = (scores.T * counts) @ scores
    covariance: FloatArray = inverse @ meat @ inverse
    return covariance, bool(firm.all()) and bool((np.abs(at) < BOUND).all())


def resampled_maxima(log_likelihoods: LogLikelihoods, at: FloatArray, draws: FloatArray) -> FloatArray:
    """Return the maxima (B, k) under resampled counts (B, m), each by Newton steps from the maximum `at` of all.

    The information of every draw is a sum of the customers' own, found once: most draws cost a gradient per step (the
    k-step bootstrap of Andrews 2002). Steps end where the next would raise the log-likelihood by a ten-thousandth: such
    parameters differ by a hundredth of their standard error.
    """
    own = _informations(log_likelihoods, at)
    return np.array([_resampled(log_likelihoods, at, counts, np.tensordot(counts, own, axes=1)) for counts in draws])


def _informations(log_likelihoods: LogLikelihoods, at: FloatArray) -> FloatArray:
    """Return each customer's information (m, k, k): minus the derivative of the gradient."""
    steps = np.eye(at.size) * STEP
    slopes = [(log_likelihoods(at + each)[1] - log_likelihoods(at - each)[1]) / (2 * STEP) for each in steps]
    return -np.stack(slopes, axis=2)


def _resampled(
    log_likelihoods: LogLikelihoods, at: FloatArray, counts: FloatArray, information: FloatArray
) -> FloatArray:
    there = at
    for i in range(1, 41):
        gradient = counts @ log_likelihoods(there)[1]
        step = _ascent(information, gradient)
        moved = np.clip(there + step / max(1.0, float(np.abs(step).max())), -BOUND, BOUND)
        if step @ gradient <= SETTLED or np.abs(moved - there).max() <= SETTLED:
            return moved
        there = moved
        if i % 4 == 0:
            information = np.tensordot(counts, _informations(log_likelihoods, there), axes=1)
    return maximum_of(log_likelihoods, counts, (at,)).parameters


def _ascent(information: FloatArray, gradient: FloatArray) -> FloatArray:
    """Return Newton's step, turned uphill where the likelihood is not concave."""
    values, vectors = np.linalg.eigh((information + information.T) / 2)
    firm = np.maximum(np.abs(values), 1e-6 * max(float(np.abs(values).max()), 1e-300))
    step: FloatArray = vectors @ ((vectors.T @ gradient) / firm)
    return step
