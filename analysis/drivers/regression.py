"""The linear model behind the drivers: coefficients with errors that survive unequal variance, weights and clusters."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.arrays import BoolArray, FloatArray
from analysis.moments import CONSTANT_SPREAD
from analysis.respondents import Respondents, summed_by_respondent

# A row with more leverage than this fits itself: its residual is rounding noise.
_DECIDES_ALONE = 1.0 - 1e-9
# A direction of the standardised columns with a smaller share of the largest singular value repeats the others.
_NOTHING_NEW = 1e-7


class Errors(StrEnum):
    """How the coefficients' covariance is estimated.

    `ROBUST` chooses by the sample: HC3 (MacKinnon & White 1985) without weights or clusters, otherwise the linearised
    sandwich with g/(g-1), g rows or clusters (Binder 1983), which survey packages report. `LINEARISED` takes that
    sandwich for equal weights too. `CLASSICAL` is the textbook s^2 (X'X)^-1, for comparison only.
    """

    ROBUST = "robust"
    LINEARISED = "linearised"
    CLASSICAL = "classical"


SOURCES = {
    "hc3": "MacKinnon & White 1985",
    "linearised": "Binder 1983",
    "linearised-clusters": "Binder 1983",
    "classical": "Gauss-Markov",
}


@dataclass(frozen=True, slots=True)
class Regression:
    """A fitted linear model: intercept first, then the columns in their order.

    `method` is `hc3`, `linearised`, `linearised-clusters` or `classical`; `degrees` the residual degrees of freedom
    (clusters less one where there are clusters); `sigma` the residual standard deviation. `influences` (n x k) add up
    to the robust covariance: a row's part in each coefficient, squared over respondents, times `factor`.
    `n_alone` counts rows that fit themselves, whose variance no data can tell: they add nothing to robust errors.
    """

    coefficients: FloatArray
    covariance: FloatArray
    classical: FloatArray
    r_squared: float
    adjusted_r_squared: float
    sigma: float
    degrees: float
    method: str
    influences: FloatArray
    factor: float
    n_alone: int

    @property
    def standard_errors(self) -> FloatArray:
        """Return the standard error of each coefficient."""
        errors: FloatArray = np.sqrt(np.diagonal(self.covariance))
        return errors


@dataclass(frozen=True, slots=True)
class _Fit:
    """A least-squares fit: coefficients, residuals, (X'WX)^-1, and w x (X'WX)^-1 and the leverage of each row."""

    coefficients: FloatArray
    residuals: FloatArray
    bread: FloatArray
    projected: FloatArray
    leverage: FloatArray
    rank: int


def _least_squares(outcome: FloatArray, design: FloatArray, weights: FloatArray) -> _Fit:
    """Return the weighted fit by singular values; directions that hold rounding noise only are left out."""
    root = np.sqrt(weights)
    left, values, right = np.linalg.svd(design * root[:, None], full_matrices=False)
    seen = values > _NOTHING_NEW * values[0]
    left, values, right = left[:, seen], values[seen], right[seen]
    coefficients = right.T @ ((left.T @ (outcome * root)) / values)
    return _Fit(
        coefficients=coefficients,
        residuals=outcome - design @ coefficients,
        bread=(right.T / values**2) @ right,
        projected=((left * root[:, None]) / values) @ right,
        leverage=np.square(left).sum(axis=1),
        rank=int(seen.sum()),
    )


def _kind(sample: Respondents, degrees: float, errors: Errors) -> tuple[str, float, float]:
    """Return the name of the errors that the sample asks for, their factor and their degrees of freedom."""
    if sample.clusters is not None:
        groups = sample.n_units
        return "linearised-clusters", groups / max(groups - 1, 1), float(groups - 1)
    if sample.is_weighted or errors is Errors.LINEARISED:
        n = sample.weights.size
        return "linearised", n / max(n - 1, 1), degrees
    return "hc3", 1.0, degrees


def _influences(fit: _Fit, method: str) -> tuple[FloatArray, int]:
    """Return w e (X'WX)^-1 x for each row, with e / (1 - leverage) for HC3, and how many rows fit themselves."""
    if method != "hc3":
        return fit.projected * fit.residuals[:, None], 0
    alone = fit.leverage > _DECIDES_ALONE
    residuals = np.where(alone, 0.0, fit.residuals / np.where(alone, 1.0, 1.0 - fit.leverage))
    return fit.projected * residuals[:, None], int(alone.sum())


def identified(columns: FloatArray, weights: FloatArray) -> BoolArray:
    """Return which columns (n x k, n > k) have a slope that the rows tell, repeating neither others nor a constant."""
    design = np.column_stack([np.ones(len(columns)), columns]) * np.sqrt(weights)[:, None]
    sizes = np.linalg.norm(design, axis=0)
    _, values, right = np.linalg.svd(design / np.where(sizes > 0, sizes, 1.0), full_matrices=False)
    unseen = right[values <= _NOTHING_NEW * values[0]]
    told: BoolArray = np.square(unseen).sum(axis=0)[1:] < _NOTHING_NEW
    return told


def linear_model(
    outcome: FloatArray, columns: FloatArray, sample: Respondents, errors: Errors = Errors.ROBUST
) -> Regression:
    """Return the (weighted) least-squares fit of the outcome (n) on the columns (n x k, no missing values).

    Weights are sampling weights: they move the coefficients, and their errors are the linearised ones, never those of
    a regression that takes weights for precisions. R2 is 1 - weighted residual over weighted total sum of squares.
    Columns that repeat others share their coefficient (pseudo-inverse).
    """
    centre, scale = _standard(columns)
    moved = np.where(scale > 0, columns - centre, 0.0) / np.where(scale > 0, scale, 1.0)
    fit = _least_squares(outcome, np.column_stack([np.ones(len(outcome)), moved]), sample.weights)
    return _regression(fit, _back(centre, scale), (outcome, sample), errors)


def _regression(fit: _Fit, back: FloatArray, answered: tuple[FloatArray, Respondents], errors: Errors) -> Regression:
    """Return the model of the columns as given; `back` takes coefficients of standardised columns there."""
    outcome, sample = answered
    left, total = _sums_of_squares(outcome, fit.residuals, sample.weights)
    residual_degrees = float(len(outcome) - fit.rank)
    sigma2 = left / max(residual_degrees, 1.0)
    method, factor, degrees = _kind(sample, residual_degrees, errors)
    influences, n_alone = _influences(fit, method)
    scores = summed_by_respondent(influences, sample.clusters)
    robust, classical = (back @ each @ back.T for each in (factor * scores.T @ scores, sigma2 * fit.bread))
    plain = errors is Errors.CLASSICAL
    return Regression(
        coefficients=back @ fit.coefficients,
        covariance=classical if plain else robust,
        classical=classical,
        r_squared=1 - left / total,
        adjusted_r_squared=1 - sigma2 / (total / max(len(outcome) - 1, 1)),
        sigma=float(np.sqrt(sigma2)),
        degrees=residual_degrees if plain else degrees,
        method="classical" if plain else method,
        influences=influences @ back.T,
        factor=factor,
        n_alone=n_alone,
    )


def _sums_of_squares(outcome: FloatArray, residuals: FloatArray, weights: FloatArray) -> tuple[float, float]:
    """Return the weighted residual and total sums of squares."""
    mean = float(weights @ outcome / weights.sum())
    return float(weights @ np.square(residuals)), float(weights @ np.square(outcome - mean))


def _standard(columns: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return centre and spread of the columns, so that units and offsets cost no digits; spread 0 where constant."""
    centre, spread = columns.mean(axis=0), columns.std(axis=0)
    return centre, np.where(spread > CONSTANT_SPREAD * np.abs(centre), spread, 0.0)


def _back(centre: FloatArray, scale: FloatArray) -> FloatArray:
    """Return the matrix that takes coefficients of standardised columns to those of the columns as given."""
    inverse = np.where(scale > 0, 1.0 / np.where(scale > 0, scale, 1.0), 0.0)
    back = np.diag(np.concatenate(([1.0], inverse)))
    back[0, 1:] = -centre * inverse
    return back
