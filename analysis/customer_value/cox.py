"""What leaving depends on: Cox's proportional hazards model with its checks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.customer_value.concordance import concordance
from analysis.customer_value.histories import Histories, Spells, spells_of
from analysis.customer_value.partial_likelihood import (
    TIES,
    Likelihood,
    Prepared,
    is_dependent,
    likelihood_at,
    maximised,
    prepared,
    score_influences,
)
from analysis.customer_value.proportionality import Drift, proportionality
from analysis.intervals import normal_quantile
from analysis.labels import Labels, labels_of
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.values.customer_value.persistence import CoxModel, HazardTerm

SOURCES = {
    "efron": "Cox 1972; Efron 1977",
    "breslow": "Cox 1972; Breslow 1974",
}


@dataclass(frozen=True, slots=True)
class CoxOptions:
    """Ties by `efron` or `breslow`, confidence level, departures needed per covariate, rate of the checks' alarms."""

    ties: str = "efron"
    level: float = 0.95
    events_per_covariate: int = 10
    alpha: float = 0.05

    def __post_init__(self) -> None:
        """Refuse another treatment of ties."""
        if self.ties not in TIES:
            raise ValueError(f"Ties are treated by {' or '.join(TIES)}, not by {self.ties}.")


DEFAULTS = CoxOptions()


@dataclass(frozen=True, slots=True, eq=False)
class _Fitted:
    """A maximised likelihood with the covariance of its coefficients and their reference distribution."""

    risk: Prepared
    names: tuple[str, ...]
    coefficients: FloatArray
    likelihood: Likelihood
    covariance: FloatArray
    is_robust: bool
    base: Base

    @property
    def method(self) -> str:
        return "cox-robust" if self.is_robust else "cox"


def cox(
    histories: Histories,
    covariates: Mapping[str, ArrayLike],
    strata: Labels | None = None,
    options: CoxOptions = DEFAULTS,
) -> CoxModel | Refusal:
    """Return the hazard ratio of each covariate: how many times as fast customers leave per unit more of it.

    Maximises Cox's partial likelihood (1972), ties by Efron (1977) or Breslow (1974). `covariates` maps names to
    numbers (n,), a DataFrame will do; use 0/1 columns for groups. `strata` (n,) have baseline hazards of their own.
    Errors from the information; with weights or clusters robust ones of influences added up within respondents (Lin &
    Wei 1989; Binder 1992), times g/(g-1). Rows with a missing value anywhere are left out and noted. What became
    known only after the start needs `known_at` in the histories. Refused: `too-few-departures` (below ten per
    covariate), `dependent-covariates`, `separated` (a ratio runs to infinity). Raises ValueError for wrong input.
    """
    columns, layers, present = _columns(covariates, strata, np.size(histories.times))
    spells = spells_of(histories, present)
    names = tuple(str(each) for each in covariates)
    refusal = _refusal(spells, columns[spells.kept], options)
    if refusal:
        return refusal
    fitted = _fitted(prepared(spells, columns[spells.kept], layers[spells.kept], options.ties), names)
    if fitted is None:
        return Refusal("separated", spells.base, {"covariates": len(names), "n_events": spells.n_events})
    return _model(fitted, columns[spells.kept], options)


def _numbers(name: str, values: ArrayLike) -> FloatArray:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"Write groups as columns of 0 and 1: {name} does not hold numbers.") from error


def _columns(
    covariates: Mapping[str, ArrayLike], strata: Labels | None, n: int
) -> tuple[FloatArray, IntArray, BoolArray]:
    """Return covariates (n, p), stratum numbers (n,) and which rows have all of them."""
    if not len(covariates):
        raise ValueError("Give at least one covariate.")
    given = {str(name): _numbers(str(name), values) for name, values in covariates.items()}
    wrong = [name for name, values in given.items() if values.shape != (n,) or np.isinf(values).any()]
    if wrong:
        raise ValueError(f"Give {n} finite numbers for each covariate; write a missing one as NaN: {', '.join(wrong)}.")
    columns = np.column_stack(list(given.values()))
    there: BoolArray = np.asarray(~np.isnan(columns).any(axis=1), dtype=np.bool_)
    if strata is None:
        return columns, np.zeros(n, dtype=np.int64), there
    if len(strata) != n:
        raise ValueError(f"There are {n} customers but {len(strata)} strata.")
    names = np.array(labels_of(strata), dtype=np.str_)
    layers = np.unique(names, return_inverse=True)[1].astype(np.int64)
    return columns, layers, there & (names != "")


def _refusal(spells: Spells, columns: FloatArray, options: CoxOptions) -> Refusal | None:
    needed = max(options.events_per_covariate * columns.shape[1], 1)
    if spells.n_events < needed:
        return Refusal("too-few-departures", spells.base, {"n": spells.n_events, "needed": needed})
    if is_dependent(columns, np.ones(columns.shape[0], dtype=np.bool_)):
        return Refusal("dependent-covariates", spells.base, {"covariates": columns.shape[1]})
    return None


def _fitted(risk: Prepared, names: tuple[str, ...]) -> _Fitted | None:
    """Return the fit in standardised covariates, put back into their units; None where there is no maximum."""
    found = maximised(risk, np.zeros(len(names)))
    if found is None:
        return None
    coefficients, likelihood = found
    spread = np.sqrt(np.diagonal(likelihood.information))
    if not (spread > 0).all():
        return None
    inverse = np.linalg.inv(likelihood.information / np.outer(spread, spread)) / np.outer(spread, spread)
    spells = risk.spells
    if spells.is_plain:
        return _Fitted(risk, names, coefficients, likelihood, inverse, is_robust=False, base=spells.base)
    scores = score_influences(risk, coefficients) @ inverse
    g = scores.shape[0]
    covariance = scores.T @ scores * (g / max(g - 1, 1))
    return _Fitted(risk, names, coefficients, likelihood, covariance, is_robust=True, base=spells.base)


def _model(fitted: _Fitted, columns: FloatArray, options: CoxOptions) -> CoxModel:
    null = likelihood_at(fitted.risk, np.zeros(len(fitted.names))).value
    drifts, together = proportionality(fitted.risk, fitted.coefficients, fitted.likelihood)
    spells, p = fitted.risk.spells, len(fitted.names)
    statistic = 2 * (fitted.likelihood.value - null)
    if fitted.is_robust:
        statistic = float(fitted.coefficients @ np.linalg.solve(fitted.covariance, fitted.coefficients))
    source = SOURCES[options.ties] + ("; Lin & Wei 1989; Binder 1992" if fitted.is_robust else "")
    terms = tuple(_term(fitted, i, drifts[i], options) for i in range(p))
    notes = spells.notes
    if together.p_value < options.alpha:
        least = min(terms, key=lambda term: term.drift_p_value)
        notes += (Note("hazards-not-proportional", {"p": together.p_value, "covariate": least.name}),)
    return CoxModel(
        base=fitted.base,
        n_events=spells.n_events,
        terms=terms,
        log_likelihood=fitted.likelihood.value,
        log_likelihood_null=null,
        statistic=statistic,
        df=p,
        p_value=float(stats.chi2.sf(statistic, p)),
        proportionality=together,
        concordance=concordance(spells, columns @ fitted.coefficients, options.level),
        ties=options.ties,
        method=fitted.method,
        source=source,
        notes=notes,
    )


def _term(fitted: _Fitted, i: int, drift: Drift, options: CoxOptions) -> HazardTerm:
    value, se = float(fitted.coefficients[i]), float(np.sqrt(fitted.covariance[i, i]))
    units = fitted.risk.spells.who.n_units
    z = float(stats.t.ppf((1 + options.level) / 2, units - 1)) if fitted.is_robust else normal_quantile(options.level)
    low, high = value - z * se, value + z * se
    source, statistic = SOURCES[options.ties], value / se
    tail = stats.t(units - 1) if fitted.is_robust else stats.norm
    interval = Interval(low, high, options.level, "wald")
    ratios = Interval(_exp(low), _exp(high), options.level, "wald-log")
    return HazardTerm(
        name=fitted.names[i],
        coefficient=Estimate(value, interval, fitted.base, fitted.method, "log-hazard-ratio", se, (), source),
        hazard_ratio=Estimate(
            _exp(value), ratios, fitted.base, fitted.method, "hazard-ratio", _exp(value) * se, (), source
        ),
        statistic=statistic,
        p_value=float(2 * tail.sf(abs(statistic))),
        drift=drift.correlation,
        drift_p_value=drift.p_value,
    )


def _exp(value: float) -> float:
    """Return e^value, the largest float where it would overflow."""
    return math.exp(min(value, 709.0))
