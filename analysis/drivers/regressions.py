"""The regression of an outcome on named drivers, as a table that a reader can quote."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.arrays import FloatArray
from analysis.drivers.cases import Case, case_of
from analysis.drivers.cautions import HIGH_VIF
from analysis.drivers.collinearity import aliased_columns, condition_number, variance_inflation
from analysis.drivers.importance import joined
from analysis.drivers.regression import SOURCES, Errors, Regression, linear_model
from analysis.drivers.terms import Table, Terms
from analysis.intervals import student
from analysis.moments import Moments, correlations, weighted_moments
from analysis.respondents import Respondents
from analysis.values.estimates import Estimate, Note, Refusal
from analysis.values.importance import Coefficient, DriverRegression

# An R2 nearer to 1 leaves rounding noise only: errors are then 0 and tests say nothing.
PERFECT = 1.0 - 1e-12


@dataclass(frozen=True, slots=True)
class RegressionOptions:
    """Level of the intervals, how errors are estimated (see `Errors`), and which number columns are categories."""

    level: float = 0.95
    errors: Errors = Errors.ROBUST
    factors: Sequence[Hashable] = ()

    def __post_init__(self) -> None:
        """Take the name of a choice for the choice."""
        object.__setattr__(self, "errors", Errors(self.errors))


@dataclass(frozen=True, slots=True)
class _Parts:
    """A fit with what stands beside each coefficient, intercept first."""

    case: Case
    fit: Regression
    moments: Moments
    matrix: FloatArray
    inflation: FloatArray
    level: float


def _coefficient(parts: _Parts, place: int) -> Coefficient:
    """Return one coefficient; place 0 is the intercept."""
    fit, error = parts.fit, float(parts.fit.standard_errors[place])
    value = float(fit.coefficients[place])
    statistic = value / error if error > 0 else float(np.sign(value) * np.inf if value else 0.0)
    spread = np.sqrt(np.diagonal(parts.moments.covariance))
    return Coefficient(
        name=parts.case.layout.columns[place - 1] if place else "intercept",
        estimate=Estimate(
            value=value,
            interval=student(value, error, fit.degrees, parts.level),
            base=parts.case.base,
            method=fit.method,
            unit="slope" if place else "mean",
            se=error,
            source=SOURCES[fit.method],
        ),
        statistic=statistic,
        p_value=float(2 * stats.t.sf(abs(statistic), fit.degrees)),
        classical_se=float(np.sqrt(fit.classical[place, place])),
        standardised=value * float(spread[place - 1] / spread[-1]) if place else 0.0,
        vif=float(parts.inflation[place - 1]) if place else 0.0,
    )


def _notes(parts: _Parts) -> tuple[Note, ...]:
    """Return what a reader of the slopes must be told."""
    columns, notes = parts.case.layout.columns, []
    aliased = aliased_columns(parts.matrix[:-1, :-1])
    if aliased:
        notes.append(Note("aliased", {"drivers": ", ".join(columns[each] for each in aliased)}))
    for name, inflation in zip(columns, parts.inflation.tolist(), strict=True):
        if inflation > HIGH_VIF:
            notes.append(Note("collinear", {"driver": name, "vif": inflation}))
    if parts.fit.r_squared > PERFECT:
        notes.append(Note("perfect-fit", {"r_squared": parts.fit.r_squared}))
    if parts.fit.n_alone:
        notes.append(Note("rows-fit-themselves", {"n": parts.fit.n_alone}))
    return (*parts.case.notes, *notes, Note("association-not-effect"))


def _parts(case: Case, options: RegressionOptions) -> _Parts:
    """Return the fit of a case and what stands beside it."""
    moments = weighted_moments(joined(case.layout, case.outcome), case.who.weights)
    matrix = correlations(moments.covariance)
    fit = linear_model(case.outcome, case.layout.data, case.who, options.errors)
    inflation = variance_inflation(matrix[:-1, :-1], [(place,) for place in range(len(case.layout.columns))])
    return _Parts(case, fit, moments, matrix, inflation, options.level)


def _result(parts: _Parts) -> DriverRegression:
    """Return the regression as a table."""
    fit = parts.fit
    return DriverRegression(
        base=parts.case.base,
        intercept=_coefficient(parts, 0),
        coefficients=tuple(_coefficient(parts, 1 + place) for place in range(len(parts.case.layout.columns))),
        r_squared=fit.r_squared,
        adjusted_r_squared=fit.adjusted_r_squared,
        sigma=fit.sigma,
        outcome_variance=float(parts.moments.covariance[-1, -1]),
        degrees=fit.degrees,
        condition_number=condition_number(parts.matrix[:-1, :-1]),
        method=fit.method,
        source=SOURCES[fit.method],
        notes=_notes(parts),
    )


def driver_regression(
    drivers: Table,
    outcome: ArrayLike,
    who: Respondents | None = None,
    options: RegressionOptions | None = None,
) -> DriverRegression | Refusal:
    """Return the linear regression of the outcome (n) on the named columns of `drivers` (n x k).

    Errors survive unequal variance: HC3 without weights or clusters, linearised with them (`Errors`); intervals by t.
    Factors (columns of text, categories or yes/no, and those named) become dummies against their first level. Rows in
    which anything is missing or the weight is zero are left out and counted. Refuses with `base-too-small` (fewer
    respondents than columns + 2), `outcome-constant`, `no-whole-row`, `no-usable-driver`. Raises ValueError for
    infinite numbers and for lengths that differ.
    """
    options = options or RegressionOptions()
    case = case_of(drivers, outcome, who, Terms(factors=options.factors))
    return case if isinstance(case, Refusal) else _result(_parts(case, options))
