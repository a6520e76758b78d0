"""How many degrees of freedom, and how much small-sample bias, the linearised variance of a weighted mean has.

Working model: units vary alike and independently, a unit counting with its total weight (Bell & McCaffrey 2002, with
whole clusters as units). Equal weights give back g - 1 (strata: g - H) degrees and no bias.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.weighting.designs import SurveyDesign
from analysis.weighting.margins import sums_by


@dataclass(frozen=True, slots=True)
class SmallSample:
    """Degrees of freedom of Satterthwaite, and the factor by which an interval widens to make up for bias."""

    degrees: float
    widening: float


def small_sample(design: SurveyDesign, weights: FloatArray) -> SmallSample:
    """Return the small-sample figures of a mean with these weights (n, zero outside the domain)."""
    shares = design.unit_totals(weights / weights.sum())
    squares = sums_by(design.strata, np.square(shares), design.n_strata)
    fourths = sums_by(design.strata, np.square(np.square(shares)), design.n_strata)
    there = squares > 0
    degrees = np.maximum(np.square(squares[there]) / fourths[there] - 1, 1e-9)
    total = float(squares.sum())
    together = total**2 / float((np.square(squares[there]) / degrees).sum())
    bias = min(_expected(design, shares, squares) / total, 1.0)
    return SmallSample(together, float(np.sqrt(1 / max(bias, 1e-3)) * _calibration_loss(design)))


def _expected(design: SurveyDesign, shares: FloatArray, squares: FloatArray) -> float:
    """Return the expectation of the variance estimator where each unit varies with variance one."""
    total = float(squares.sum())
    sizes = np.bincount(design.strata, minlength=design.n_strata)
    parts = sums_by(design.strata, np.square(shares) * (1 - 2 * shares + total), design.n_strata)
    within = sums_by(design.strata, shares, design.n_strata)
    centres = (squares * (1 - 2 * within) + np.square(within) * total) / np.maximum(sizes, 1)
    if design.n_strata == 1:
        # The contributions add up to zero: there is nothing to centre.
        centres = np.zeros(1)
    expected = (parts - centres) * sizes / np.maximum(sizes - 1, 1)
    return float(np.where(sizes > 1, expected, parts).sum())


def _calibration_loss(design: SurveyDesign) -> float:
    """Return the widening for the directions in which calibrated residuals cannot vary."""
    if design.calibrated is None:
        return 1.0
    columns = design.calibrated.auxiliaries.columns()
    n, rank = columns.shape[0], int(np.linalg.matrix_rank(columns.T @ columns))
    return float(np.sqrt((n - 1) / max(n - rank, 1)))
