"""A regression over completed tables, pooled by Rubin's rules, and how it would move if gaps were not random."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats
from statsmodels.regression.linear_model import OLS

from analysis.arrays import FloatArray
from analysis.imputation.patterns import base_of_rows, numbers_of
from analysis.imputation.pooling import pool
from analysis.imputation.tables import ImputedTables
from analysis.intervals import student
from analysis.values import Base, Estimate, Note, Refusal
from analysis.values.missingness import PooledCoefficient, PooledRegression, SensitivityRun
from analysis.weighting.designs import SurveyDesign, survey_design
from analysis.weighting.regression import INTERCEPT, repeated_column, survey_regression

SOURCE = "Rubin 1987; Barnard & Rubin 1999"
_FEWEST = 20


@dataclass(frozen=True, slots=True, eq=False)
class PooledRegressionOptions:
    """How each completed table is analysed.

    `weights` (n) and `clusters` (n) as in `survey_design`; with either, errors are linearised. `errors` decides without
    them: `classical` (equal residual variance) or `hc3` (MacKinnon & White 1985).
    """

    weights: ArrayLike | None = None
    clusters: ArrayLike | None = None
    errors: str = "classical"
    level: float = 0.95


def recommended_imputations(missing_information: float) -> int:
    """Return how many imputations a fraction of missing information (0 to 1) asks for: 100 times it, at least 20.

    White, Royston & Wood 2011: results then hardly depend on the seed. Raises ValueError outside 0 to 1.
    """
    if not 0 <= missing_information <= 1:
        raise ValueError("A fraction of missing information lies between 0 and 1.")
    return max(_FEWEST, math.ceil(100 * missing_information - 1e-9))


def pooled_estimates(
    names: Sequence[str], estimates: ArrayLike, errors: ArrayLike, complete_degrees: float, level: float = 0.95
) -> tuple[PooledCoefficient, ...]:
    """Return quantities estimated on each of m completed tables as one each, by Rubin's rules.

    `estimates`, `errors` (m x q): estimates and standard errors, a row per table; `complete_degrees`: degrees of
    freedom had nothing been missing. T = U + (1 + 1/m) B; degrees after Barnard & Rubin 1999, interval and p by t.
    Raises ValueError for other shapes, missing values, errors below zero, or degrees not above zero.
    """
    found, spreads = np.asarray(estimates, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if found.ndim != 2 or found.shape != spreads.shape or found.shape[1] != len(names) or not found.shape[0]:  # noqa: PLR2004 - a table has two dimensions
        raise ValueError("Give one row of estimates and one of standard errors per completed table, a column per name.")
    if not (np.isfinite(found).all() and np.isfinite(spreads).all() and (spreads >= 0).all() and complete_degrees > 0):
        raise ValueError("Estimates, standard errors (at least zero) and degrees (above zero) must be finite numbers.")
    base = base_of_rows(int(complete_degrees) + len(names))
    return _pooled(names, (found, spreads), (complete_degrees, level), base)


def _pooled(
    names: Sequence[str], given: tuple[FloatArray, FloatArray], drawn: tuple[float, float], base: Base
) -> tuple[PooledCoefficient, ...]:
    (estimates, errors), (complete_degrees, level) = given, drawn
    pooled = pool(estimates, np.square(errors), complete_degrees)
    found = []
    for place, name in enumerate(names):
        value, se = float(pooled.estimate[place]), float(pooled.standard_errors[place])
        degrees = float(pooled.degrees[place])
        estimate = Estimate(value, student(value, se, degrees, level), base, "rubin", "slope", se, (), SOURCE)
        p_value = float(2 * stats.t.sf(abs(value) / se, degrees)) if se > 0 else float(value == 0)
        shares = float(pooled.missing_information[place]), float(pooled.fraction[place])
        found.append(PooledCoefficient(str(name), estimate, p_value, degrees, *shares))
    return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """One completed table's coefficients and errors, the share explained, degrees of freedom, and how errors came."""

    coefficients: FloatArray
    errors: FloatArray
    r_squared: float
    degrees: float
    method: str
    notes: tuple[Note, ...] = ()


def pooled_regression(
    tables: ImputedTables | Sequence[pd.DataFrame],
    outcome: str,
    predictors: Sequence[str],
    options: PooledRegressionOptions | None = None,
) -> PooledRegression | Refusal:
    """Return the linear regression of one column on others over completed tables, pooled by Rubin's rules.

    Rows whose outcome was imputed stay in, as all rows of the tables; where that is not wanted leave them out before.
    Refused with fewer rows than coefficients and one (`too-few-rows`) and where predictors repeat each other in
    some table (`repeated-column`). Raises ValueError for columns that are not there and for gaps that are left.
    """
    options = options or PooledRegressionOptions()
    frames = tables.tables if isinstance(tables, ImputedTables) else tuple(tables)
    if not frames:
        raise ValueError("Give at least one completed table.")
    design = _design(frames[0], options)
    fits = [_fit(frame, outcome, predictors, (design, options)) for frame in frames]
    refused = next((each for each in fits if isinstance(each, Refusal)), None)
    if refused is not None:
        return refused
    notes = _imputed_notes(tables, outcome) if isinstance(tables, ImputedTables) else ()
    return _regression(outcome, predictors, [each for each in fits if isinstance(each, _Fit)], (design, options, notes))


def _design(frame: pd.DataFrame, options: PooledRegressionOptions) -> SurveyDesign:
    weights = np.ones(len(frame)) if options.weights is None else options.weights
    return survey_design(weights, options.clusters)


def _fit(
    frame: pd.DataFrame, outcome: str, predictors: Sequence[str], how: tuple[SurveyDesign, PooledRegressionOptions]
) -> _Fit | Refusal:
    design, options = how
    absent = [each for each in (outcome, *predictors) if each not in frame.columns]
    if absent or not predictors:
        raise ValueError(f"Name an outcome and predictors among the columns, not {absent}.")
    values = numbers_of(frame[[*predictors, outcome]])
    if np.isnan(values).any():
        raise ValueError("Completed tables must not have gaps: impute them first.")
    if options.weights is not None or options.clusters is not None:
        return _linearised(values, design, options)
    return _least_squares(values, list(predictors), options)


def _linearised(values: FloatArray, design: SurveyDesign, options: PooledRegressionOptions) -> _Fit | Refusal:
    found = survey_regression(values[:, -1], values[:, :-1], design, options.level)
    if isinstance(found, Refusal):
        return found
    coefficients = np.array([each.value for each in found.coefficients])
    errors = np.array([each.se for each in found.coefficients], dtype=np.float64)
    return _Fit(coefficients, errors, found.r_squared, found.degrees, found.method, found.notes)


def _least_squares(values: FloatArray, names: list[str], options: PooledRegressionOptions) -> _Fit | Refusal:
    n, needed = len(values), values.shape[1] + 1
    if n < needed:
        return Refusal("too-few-rows", base_of_rows(n), {"n": n, "needed": needed})
    repeated = repeated_column(values[:, :-1], np.ones(n))
    if repeated is not None:
        return Refusal("repeated-column", base_of_rows(n), {"column": names[repeated]})
    if options.errors not in {"classical", "hc3"}:
        raise ValueError(f"Errors are `classical` or `hc3`, not {options.errors!r}.")
    centre, sizes = values[:, :-1].mean(axis=0), values[:, :-1].std(axis=0)
    columns = np.column_stack([np.ones(n), (values[:, :-1] - centre) / sizes])
    fit = OLS(values[:, -1], columns).fit()
    covariance = np.asarray(fit.cov_params() if options.errors == "classical" else fit.cov_HC3)
    # Back to the predictors' own units and origin.
    back = np.diag(np.append(1.0, 1 / sizes))
    back[0, 1:] = -centre / sizes
    errors = np.sqrt(np.maximum(np.diagonal(back @ covariance @ back.T), 0.0))
    total = float(np.square(values[:, -1] - values[:, -1].mean()).sum())
    explained = float(fit.rsquared) if total > 0 else 0.0
    return _Fit(back @ np.asarray(fit.params), errors, explained, float(fit.df_resid), options.errors)


def _imputed_notes(tables: ImputedTables, outcome: str) -> tuple[Note, ...]:
    n = tables.missing.get(outcome, 0)
    shifted = [
        Note("imputed-values-shifted", {"item": name, "delta": amount}) for name, amount in tables.shifts.items()
    ]
    return (*tables.notes, *((Note("outcome-imputed", {"n": n}),) if n else ()), *shifted)


def _regression(
    outcome: str,
    predictors: Sequence[str],
    fits: list[_Fit],
    how: tuple[SurveyDesign, PooledRegressionOptions, tuple[Note, ...]],
) -> PooledRegression:
    design, options, notes = how
    base = Base(int((design.units >= 0).sum()), float(design.weights.sum()), _effective(design))
    given = np.stack([each.coefficients for each in fits]), np.stack([each.errors for each in fits])
    coefficients = _pooled((INTERCEPT, *predictors), given, (fits[0].degrees, options.level), base)
    recommended = recommended_imputations(max(each.missing_information for each in coefficients))
    if 1 < len(fits) < recommended:
        notes = (*notes, Note("more-imputations-needed", {"n": len(fits), "recommended": recommended}))
    return PooledRegression(
        outcome=outcome,
        coefficients=coefficients,
        r_squared=float(np.mean([each.r_squared for each in fits])),
        n_imputations=len(fits),
        recommended_imputations=recommended if len(fits) > 1 else 1,
        complete_degrees=fits[0].degrees,
        base=base,
        method=f"rubin-{fits[0].method}",
        source=SOURCE,
        notes=(*fits[0].notes, *notes),
    )


def _effective(design: SurveyDesign) -> float:
    return float(design.weights.sum() ** 2 / np.square(design.weights).sum())


def delta_sensitivity(
    tables: ImputedTables,
    deltas: tuple[str, Sequence[float]],
    outcome: str,
    predictors: Sequence[str],
    options: PooledRegressionOptions | None = None,
) -> tuple[SensitivityRun | Refusal, ...]:
    """Return the pooled regression for each assumed difference between those who left an item out and those alike.

    `deltas`: the item and the amounts added to its imputed values (0: missing at random given the table). Where a
    conclusion turns within plausible amounts, it rests on that assumption (van Buuren 2018, 3.8).
    """
    item, amounts = deltas
    runs = []
    for amount in amounts:
        found = pooled_regression(shifted(tables, item, amount), outcome, predictors, options)
        runs.append(found if isinstance(found, Refusal) else SensitivityRun(item, float(amount), found))
    return tuple(runs)


def shifted(tables: ImputedTables, item: str, amount: float) -> ImputedTables:
    """Return the tables with an amount added to the imputed values of one numeric item."""
    if item not in tables.gaps or not np.isfinite(amount):
        raise ValueError(f"A shift needs a numeric column with gaps and a finite amount: {item!r} by {amount}.")
    gaps = tables.gaps[item]
    frames = tuple(each.assign(**{item: each[item].to_numpy(np.float64) + amount * gaps}) for each in tables.tables)
    return replace(tables, tables=frames, shifts=tables.shifts | {item: tables.shifts.get(item, 0.0) + amount})
