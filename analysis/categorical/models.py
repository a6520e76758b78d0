"""Ordered and binary regression: probabilities of categories explained by predictors, with weights and clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analysis.arrays import FloatArray
from analysis.categorical.cases import Cases, cases_of, cautions, refusal_of
from analysis.categorical.fitting import Fit, fit
from analysis.categorical.options import CategoricalOptions, Rows
from analysis.values.categorical import CategoricalModel
from analysis.values.estimates import Base, Estimate, Interval, Note, Refusal

INTERCEPT = "(Intercept)"
# Below this many clusters a sandwich tends to be too small (Cameron & Miller 2015).
FEW_CLUSTERS = 40
UNITS = {"logit": "log-odds", "probit": "probit"}
SOURCES = {
    "ordered": "McCullagh 1980; standard errors by the observed information",
    "binary": "McCullagh & Nelder 1989; standard errors by the observed information",
    "robust": "McCullagh 1980; pseudo-likelihood with sandwich covariance (Binder 1983)",
}


@dataclass(frozen=True, slots=True)
class Wald:
    """How estimates of one model become intervals and p-values."""

    base: Base
    level: float
    degrees: float
    method: str
    source: str

    @property
    def interval_method(self) -> str:
        """Return the name of the intervals: normal or Student."""
        return "wald" if np.isinf(self.degrees) else "wald-t"

    def estimate(self, value: float, se: float, unit: str) -> Estimate:
        """Return value +/- quantile * se."""
        half = float(special.stdtrit(self.degrees, (1 + self.level) / 2)) * se
        interval = Interval(value - half, value + half, self.level, self.interval_method)
        return Estimate(value, interval, self.base, self.method, unit, se, source=self.source)

    def p_value(self, value: float, se: float) -> float:
        """Return the two-sided probability of so large a value if the truth were zero."""
        return float(2 * special.stdtr(self.degrees, -abs(value / se)))


def _notes(cases: Cases, options: CategoricalOptions) -> tuple[Note, ...]:
    notes = (*cases.notes, *cautions(cases, options))
    clusters = cases.standing.n_units
    if cases.standing.clusters is not None and clusters < FEW_CLUSTERS:
        notes = (*notes, Note("few-clusters", {"n": int(clusters), "needed": FEW_CLUSTERS}))
    return (*notes, Note("pseudo-likelihood")) if cases.standing.is_weighted else notes


def _model(cases: Cases, found: Fit, options: CategoricalOptions, kind: str, names: Sequence[str]) -> CategoricalModel:
    """Return the fitted values with their intervals; the last K - 1 parameters are thresholds in an ordered model."""
    robust = "sandwich" if found.robust else "maximum-likelihood"
    source = SOURCES["robust" if found.robust else kind]
    method = f"{kind}-{options.link}-{robust}"
    wald = Wald(cases.standing.base, options.level, found.degrees, method, source)
    errors = np.sqrt(np.diagonal(found.covariance))
    numbers = list(zip(names, found.parameters.tolist(), errors.tolist(), strict=True))
    estimates = {name: wald.estimate(value, se, UNITS[options.link]) for name, value, se in numbers}
    cut = len(names) - (len(cases.categories) - 1) if kind == "ordered" else len(names)
    return CategoricalModel(
        link=options.link,
        categories=cases.categories,
        counts=tuple(cases.counts.tolist()),
        codings=cases.codings,
        coefficients={name: estimates[name] for name in names[:cut]},
        thresholds={name: estimates[name] for name in names[cut:]},
        p_values={name: wald.p_value(value, se) for name, value, se in numbers[:cut]},
        covariance=tuple(tuple(row) for row in found.covariance.tolist()),
        degrees=found.degrees,
        log_likelihood=found.log_likelihood,
        log_likelihood_null=found.log_likelihood_null,
        n_iterations=found.n_iterations,
        base=cases.standing.base,
        method=method,
        source=source,
        notes=_notes(cases, options),
    )


def threshold_names(categories: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the thresholds between neighbouring categories."""
    return tuple(f"{low}|{high}" for low, high in pairwise(categories))


def ordered_regression(
    outcome: Any, predictors: pd.DataFrame, rows: Rows | None = None, options: CategoricalOptions | None = None
) -> CategoricalModel | Refusal:
    """Return the proportional-odds (link `logit`) or ordered probit model of an ordered outcome.

    P(Y <= j) = F(threshold_j - x * beta) (McCullagh 1980), by Newton's method with exact derivatives. `outcome` (n)
    holds numbers, an ordered categorical, or texts whose order `options.categories` states; `predictors` is a DataFrame
    (n rows) of numbers and factors (texts and categoricals; treatment coding, first level as reference). Rows without
    outcome, without any predictor or of weight zero are left out and counted in `rows-left-out`.

    Refuses with `base-too-small`, `outcome-constant`, `no-usable-predictor`, `predictors-aliased` or `separation`.
    Raises ValueError for lengths that differ, infinite numbers, unknown categories, texts without a stated order; and
    ArithmeticError should the fit not converge.
    """
    options = options or CategoricalOptions()
    cases = cases_of(outcome, predictors, rows or Rows(), options)
    refusal = refusal_of(cases, options)
    if refusal is not None:
        return refusal
    found = fit(cases, options.link)
    if isinstance(found, Refusal):
        return found
    return _model(cases, found, options, "ordered", (*cases.names, *threshold_names(cases.categories)))


def _intercept_first(found: Fit) -> Fit:
    """Return the fit with the threshold turned into an intercept, in the first place."""
    q = found.parameters.size
    turn = np.zeros((q, q))
    turn[0, -1] = -1.0
    turn[1:, :-1] = np.eye(q - 1)
    covariance: FloatArray = turn @ found.covariance @ turn.T
    return replace(found, parameters=turn @ found.parameters, covariance=covariance)


def binary_regression(
    outcome: Any, predictors: pd.DataFrame, rows: Rows | None = None, options: CategoricalOptions | None = None
) -> CategoricalModel | Refusal:
    """Return the logit (or probit) model of a yes/no outcome: P(event) = F(intercept + x * beta).

    The event is the higher of the two values (1 of 0 and 1, True), or the second of `options.categories`. Everything
    else is as in `ordered_regression`, of which this is the case of two categories. Raises ValueError when the
    outcome holds more than two values.
    """
    options = options or CategoricalOptions()
    cases = cases_of(outcome, predictors, rows or Rows(), options)
    if len(cases.categories) > 2:  # noqa: PLR2004 - binary
        raise ValueError(
            f"A binary outcome has two values, not {len(cases.categories)}: {', '.join(cases.categories)}."
        )
    refusal = refusal_of(cases, options)
    if refusal is not None:
        return refusal
    found = fit(cases, options.link)
    if isinstance(found, Refusal):
        return found
    return _model(cases, _intercept_first(found), options, "binary", (INTERCEPT, *cases.names))
