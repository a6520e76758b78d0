"""The state space of waves: a level (with a slope, with seasons) seen with known, unequal sampling errors.

Between waves a time d apart the level moves by d times the slope and by chance with variance q d: irregular distances
are handled by what happens between the waves, not by empty steps. Everything that has no variance of its own starts
diffuse. statsmodels filters and smooths.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from statsmodels.tsa.statespace.initialization import Initialization
from statsmodels.tsa.statespace.kalman_smoother import KalmanSmoother

from analysis.arrays import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Figures (k,) with sampling variances (k,) at moments (k,); a missing figure (NaN) is predicted.

    `has_slope` adds a slope, `season` the number of seasons to a cycle (0 for none), one season per unit of time.
    """

    at: FloatArray
    figures: FloatArray
    variances: FloatArray
    has_slope: bool = False
    season: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Smoothed:
    """Level (k,), its variance (k,) and the seasonal effects."""

    level: FloatArray
    variance: FloatArray
    seasonal: FloatArray


@dataclass(frozen=True, slots=True)
class Predicted:
    """The diffuse (restricted) log-likelihood, and mean and variance of what lies behind the last figure."""

    log_likelihood: float
    mean: float
    variance: float


class WaveModel:
    """One course, filtered or smoothed for any variances of movement and scatter."""

    def __init__(self, course: Course) -> None:
        """Lay out the matrices that do not depend on the variances."""
        self.course = course
        k, n_states = course.at.size, 1 + course.has_slope + max(course.season - 1, 0)
        gaps = np.append(np.diff(course.at), 0.0)
        design = np.zeros((1, n_states, k))
        design[0, 0] = 1.0
        if course.season:
            design[0, -(course.season - 1) :] = _contrasts(course).T
        transition = np.repeat(np.eye(n_states)[:, :, None], k, axis=2)
        if course.has_slope:
            transition[0, 1] = gaps
        self._design, self._gaps = design, gaps
        self._kalman = KalmanSmoother(k_endog=1, k_states=n_states, k_posdef=1)
        self._kalman.bind(course.figures[:, None].copy())
        self._kalman["design"], self._kalman["transition"] = design, transition
        self._kalman["selection"] = np.eye(n_states)[:, :1]
        self._kalman.initialize(Initialization(n_states, "diffuse"))

    def predicted(self, movement: float, scatter: float) -> Predicted:
        """Return what the figures before it say about the last one, for a movement per unit of time and a scatter."""
        self._set(movement, scatter)
        found = self._kalman.filter()
        last = self.course.at.size - 1
        seen = self._design[0, :, last]
        mean, variance = seen @ found.predicted_state[:, last], seen @ found.predicted_state_cov[:, :, last] @ seen
        return Predicted(float(found.llf), float(mean), max(float(variance), 0.0))

    def smoothed(self, movement: float, scatter: float) -> Smoothed:
        """Return level and seasons given all figures."""
        self._set(movement, scatter)
        found = self._kalman.smooth()
        n_seasonal = max(self.course.season - 1, 0)
        effects = found.smoothed_state[found.smoothed_state.shape[0] - n_seasonal :, -1]
        seasonal = np.append(effects, -effects.sum()) if n_seasonal else np.empty(0)
        return Smoothed(found.smoothed_state[0], found.smoothed_state_cov[0, 0], seasonal)

    def _set(self, movement: float, scatter: float) -> None:
        self._kalman["obs_cov"] = (self.course.variances + scatter)[None, None, :]
        self._kalman["state_cov"] = (movement * self._gaps)[None, None, :]


def _contrasts(course: Course) -> FloatArray:
    """Return which season each moment is in, as columns (k, season - 1) of effects that add up to 0."""
    which = np.round(course.at).astype(np.int64) % course.season
    rows = np.vstack([np.eye(course.season - 1), -np.ones((1, course.season - 1))])
    return np.asarray(rows[which], dtype=np.float64)
