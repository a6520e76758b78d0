"""Linear regression of a survey design: weighted least squares with linearised errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from analysis.arrays import BoolArray, FloatArray
from analysis.intervals import student
from analysis.moments import CONSTANT_SPREAD
from analysis.values import Interval, Refusal
from analysis.values.weighting import DesignEstimate, DesignRegression
from analysis.weighting.designs import SurveyDesign
from analysis.weighting.estimates import DomainAnswers, answers_in

INTERCEPT = "(Intercept)"
# Columns of which the others explain all but this share repeat them.
_ALIASED = 1e-10
# A unit with more leverage than this determines a coefficient alone.
_ALONE = 1 - 1e-8


def predictor_table(predictors: pd.DataFrame | ArrayLike) -> tuple[FloatArray, tuple[str, ...]]:
    """Return predictors as numbers (n x k) with their names; arrays get the names x1, x2 and so on.

    Raises ValueError for text and for infinite values.
    """
    if isinstance(predictors, pd.DataFrame):
        table, names = _numbers_of(predictors), tuple(str(each) for each in predictors.columns)
    else:
        table = np.asarray(predictors, dtype=np.float64)
        table = table[:, None] if table.ndim == 1 else table
        names = tuple(f"x{place + 1}" for place in range(table.shape[1]))
    if np.isinf(table).any():
        raise ValueError("Predictors must be finite numbers; write a missing value as NaN.")
    return table, names


def _numbers_of(predictors: pd.DataFrame) -> FloatArray:
    try:
        return predictors.to_numpy(np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError("Predictors must be numbers: give a column of 0 and 1 for each category but one.") from error


def repeated_column(columns: FloatArray, weights: FloatArray) -> int | None:
    """Return the first column that the intercept and those before it explain entirely, None where there is none."""
    # Centred first: beside a large offset the spread of a column would pass for rounding.
    root, shares = np.sqrt(np.abs(weights))[:, None], np.abs(weights) / np.abs(weights).sum()
    table = (columns - shares @ columns) * root
    sizes = np.linalg.norm(table, axis=0)
    moving = sizes > CONSTANT_SPREAD * np.linalg.norm(columns * root, axis=0)
    triangle = np.linalg.qr(table / np.where(moving, sizes, 1.0), mode="r")
    loose = ~moving | (np.abs(np.diagonal(triangle)) < np.sqrt(_ALIASED))
    return int(np.flatnonzero(loose)[0]) if loose.any() else None


def survey_regression(
    outcome: ArrayLike, predictors: pd.DataFrame | ArrayLike, design: SurveyDesign, level: float = 0.95
) -> DesignRegression | Refusal:
    """Return the weighted regression of an outcome (n) on predictors (DataFrame or n x k), rows complete in all.

    Coefficients minimise sum w (y - xb)^2; their covariance is that of the totals of w e x (X'WX)^-1 under the design
    (Binder 1983), never that of a regression which takes weights for precisions. Interval and p take residuals from
    fits without the unit (jackknife), since those of the fit itself are too small in small samples; by Student's t
    with units less strata, less the number of predictors, degrees of freedom. Refused with `too-few-rows` where
    these are none left, `repeated-column` (figures name it) where a predictor repeats others.
    """
    columns, names = predictor_table(predictors)
    complete: BoolArray = np.asarray(~np.isnan(columns).any(axis=1))
    answers = answers_in(outcome, design, complete)
    degrees = float(design.n_units - design.n_strata - columns.shape[1])
    if degrees < 1 or answers.n_units <= columns.shape[1] + 1:
        return Refusal("too-few-rows", answers.base, {"n": answers.n_units, "needed": columns.shape[1] + 2})
    repeated = repeated_column(columns[answers.inside], answers.weights[answers.inside])
    if repeated is not None:
        return Refusal("repeated-column", answers.base, {"column": names[repeated]})
    return _fitted(answers, np.where(complete[:, None], columns, 0.0), names, (degrees, level))


def _fitted(
    answers: DomainAnswers, columns: FloatArray, names: tuple[str, ...], drawn: tuple[float, float]
) -> DesignRegression:
    degrees, _ = drawn
    fit = _least_squares(answers, columns)
    coefficients, residuals = fit.coefficients, fit.residuals
    errors, wider = (
        np.sqrt(np.diagonal(answers.design.covariance(each[:, None] * fit.influences)))
        for each in (residuals, left_out_residuals(answers, fit))
    )
    figures = zip(coefficients.tolist(), errors.tolist(), wider.tolist(), strict=True)
    found = [_coefficient(answers, each, drawn) for each in figures]
    centred = answers.scores - answers.weights @ answers.scores / answers.weights.sum()
    total = float(answers.weights @ np.square(centred))
    statistics = np.divide(np.abs(coefficients), wider, out=np.full_like(wider, np.inf), where=wider > 0)
    return DesignRegression(
        names=(INTERCEPT, *names),
        coefficients=tuple(found),
        p_values=tuple(float(each) for each in 2 * stats.t.sf(statistics, degrees)),
        r_squared=1 - float(answers.weights @ np.square(residuals)) / total if total > 0 else 0.0,
        degrees=degrees,
        base=answers.base,
        method=answers.design.method,
        source=answers.design.source,
        notes=answers.design.notes,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _LeastSquares:
    """Coefficients (k+1), residuals (n, zero outside), and what a residual of one moves in each coefficient (n x k+1).

    `table` (n x k+1) and `inverse` of its weighted cross-products are those the fit was computed with.
    """

    coefficients: FloatArray
    residuals: FloatArray
    influences: FloatArray
    table: FloatArray
    inverse: FloatArray


def _least_squares(answers: DomainAnswers, columns: FloatArray) -> _LeastSquares:
    """Return the weighted least-squares fit.

    Columns are centred and brought to one size before they are multiplied, so that units cost no digits.
    """
    weights, inside = answers.weights, answers.inside
    centre = weights @ columns / weights.sum()
    moved = np.where(inside[:, None], columns - centre, 0.0)
    sizes = np.abs(moved).max(axis=0)
    table = np.column_stack([inside.astype(np.float64), moved / sizes])
    inverse = np.linalg.inv((table * weights[:, None]).T @ table)
    slopes = inverse @ (table.T @ (weights * answers.scores))
    residuals = np.where(inside, answers.scores - table @ slopes, 0.0)
    # Back to the predictors' own units and origin.
    back = np.diag(np.append(1.0, 1 / sizes))
    back[0, 1:] = -centre / sizes
    return _LeastSquares(back @ slopes, residuals, table @ inverse @ back.T, table, inverse)


def left_out_residuals(answers: DomainAnswers, fit: _LeastSquares) -> FloatArray:
    """Return each row's residual from the fit without its unit (n).

    Residuals are too small where a unit pulls the fit towards itself: (1 - h)^-1 e, h the unit's leverage. Errors of
    them are those of the jackknife (MacKinnon & White 1985; Bell & McCaffrey 2002, CR3).
    """
    residuals: FloatArray = fit.residuals.copy()
    if not answers.design.clustered:
        leverage = answers.weights * np.einsum("ij,jk,ik->i", fit.table, fit.inverse, fit.table)
        np.divide(fit.residuals, 1 - leverage, out=residuals, where=leverage < _ALONE)
        return residuals
    order = np.flatnonzero(answers.inside)[np.argsort(answers.design.units[answers.inside], kind="stable")]
    starts = np.flatnonzero(np.diff(answers.design.units[order])) + 1
    for rows in np.split(order, starts):
        table = fit.table[rows]
        hat = table @ fit.inverse @ (table * answers.weights[rows, None]).T
        residuals[rows] = np.linalg.lstsq(np.eye(rows.size) - hat, residuals[rows], rcond=1 - _ALONE)[0]
    return residuals


def _coefficient(
    answers: DomainAnswers, figures: tuple[float, float, float], drawn: tuple[float, float]
) -> DesignEstimate:
    (degrees, level), (value, se, wider) = drawn, figures
    around = student(value, wider, degrees, level)
    return DesignEstimate(
        value=value,
        interval=Interval(around.low, around.high, level, "t-jackknife"),
        base=answers.base,
        method=answers.design.method,
        unit="slope",
        se=se,
        notes=answers.design.notes,
        source=answers.design.source,
        degrees=degrees,
    )
