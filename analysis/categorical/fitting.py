"""From cases to a fitted model: standardise, climb, check for separation, return to the units of the data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from analysis.arrays import FloatArray, IntArray
from analysis.categorical.cases import Cases
from analysis.categorical.likelihood import Likelihood, null_log_likelihood, null_thresholds
from analysis.categorical.links import LINK
from analysis.categorical.newton import Maximum, maximum
from analysis.categorical.separation import separating_columns
from analysis.moments import weighted_moments
from analysis.respondents import summed_by_respondent
from analysis.values.estimates import Refusal

# A finite maximum is reached in fewer steps; more arouse the suspicion that there is none.
SUSPICIOUS_STEPS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Standardised:
    """A likelihood of standardised columns sorted by category, and the way back: parameters = jacobian @ theirs."""

    likelihood: Likelihood
    order: IntArray
    counts: FloatArray
    jacobian: FloatArray

    @property
    def start(self) -> FloatArray:
        """Return the parameters of the model without predictors."""
        zeros = np.zeros(self.likelihood.columns.shape[1])
        return np.concatenate((zeros, null_thresholds(self.counts, self.likelihood.link)))


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Parameters (coefficients, then thresholds) in the units of the data with their covariance.

    `robust` says that the covariance is a sandwich; `degrees` are those of the intervals.
    """

    parameters: FloatArray
    covariance: FloatArray
    log_likelihood: float
    log_likelihood_null: float
    n_iterations: int
    robust: bool
    degrees: float


def standardised(cases: Cases, link: str) -> Standardised:
    """Return the likelihood with columns of mean 0 and variance 1, which makes the fit the same in all units."""
    moments = weighted_moments(cases.columns, cases.standing.total)
    spread = np.sqrt(np.diagonal(moments.covariance))
    order = np.argsort(cases.codes, kind="stable")
    columns = np.ascontiguousarray(((cases.columns - moments.mean) / spread)[order])
    codes = cases.codes[order]
    starts = np.searchsorted(codes, np.arange(len(cases.categories)))
    likelihood = Likelihood(columns, codes, cases.standing.total[order], starts, LINK[link])
    p, k = columns.shape[1], starts.size - 1
    jacobian = np.eye(p + k)
    jacobian[:p, :p] = np.diag(1 / spread)
    jacobian[p:, :p] = moments.mean / spread
    return Standardised(likelihood, order, cases.counts, jacobian)


def _covariance(cases: Cases, model: Standardised, top: Maximum) -> FloatArray:
    """Return the covariance on the standardised scale.

    The inverse information; with weights or clusters the sandwich n/(n-1) A^-1 (sum s s') A^-1, scores s weighted and
    summed by respondent (Binder 1983).
    """
    standing = cases.standing
    inverse = linalg.cho_solve(linalg.cho_factor(top.information), np.eye(len(top.information)))
    if not (standing.is_weighted or standing.clusters is not None):
        return np.asarray(inverse)
    scores = model.likelihood.scores(top.terms) * standing.weights[model.order, None]
    frequencies = standing.frequencies[model.order]
    if standing.clusters is None:
        meat = (scores * frequencies[:, None]).T @ scores
    else:
        sums = summed_by_respondent(scores * frequencies[:, None], standing.clusters[model.order])
        meat = sums.T @ sums
    n = standing.n_units
    result: FloatArray = inverse @ meat @ inverse * (n / (n - 1))
    return result


def degrees_of(cases: Cases) -> float:
    """Return the degrees of freedom of the intervals: infinite, with clusters their number less one.

    With weights Kish's effective number less the coefficients: a sandwich of few answers knows its own size badly.
    """
    standing = cases.standing
    if standing.clusters is not None:
        return max(standing.n_units - 1, 1.0)
    if standing.is_weighted:
        return max(standing.base.effective - len(cases.names) - 1, 1.0)
    return float("inf")


def _separated(cases: Cases, model: Standardised, top: Maximum) -> Refusal | None:
    """Return a refusal naming what separates the categories; raise ArithmeticError where the climb just failed."""
    if top.converged and top.n_iterations <= SUSPICIOUS_STEPS:
        return None
    columns = separating_columns(model.likelihood)
    if columns:
        names = ", ".join(cases.names[each] for each in columns)
        return Refusal("separation", cases.standing.base, {"predictors": names})
    if not top.converged:
        raise ArithmeticError(f"The model did not converge in {top.n_iterations} steps.")
    return None


def fit(cases: Cases, link: str) -> Fit | Refusal:
    """Return the maximum-likelihood fit of the cases, or the refusal `separation` where no finite one exists."""
    model = standardised(cases, link)
    top = maximum(model.likelihood, model.start)
    refusal = _separated(cases, model, top)
    if refusal is not None:
        return refusal
    covariance = model.jacobian @ _covariance(cases, model, top) @ model.jacobian.T
    return Fit(
        parameters=model.jacobian @ top.parameters,
        covariance=covariance,
        log_likelihood=top.log_likelihood,
        log_likelihood_null=null_log_likelihood(cases.counts),
        n_iterations=top.n_iterations,
        robust=cases.standing.is_weighted or cases.standing.clusters is not None,
        degrees=degrees_of(cases),
    )
