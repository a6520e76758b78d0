"""The linear model behind the drivers: coefficients with errors that survive unequal variance, weights and clusters."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import statsmodels.api as sm
from statsmodels.tools.sm_exceptions import SingularMatrixWarning

from analysis.arrays import FloatArray
from analysis.respondents import Respondents


class Errors(StrEnum):
    """How the coefficients' covariance is estimated.

    `ROBUST` chooses by the sample: HC3 (MacKinnon & White 1985) without weights or clusters, otherwise the linearised
    sandwich with g/(g-1), g rows or clusters (Binder 1983), which survey packages report. `CLASSICAL` is the textbook
    s^2 (X'X)^-1, for comparison only.
    """

    ROBUST = "robust"
    CLASSICAL = "classical"


@dataclass(frozen=True, slots=True)
class Regression:
    """A fitted linear model: intercept first, then the columns in their order.

    `method` is `hc3`, `linearised`, `linearised-clusters` or `classical`; `degrees` the residual degrees of freedom
    (clusters less one where there are clusters); `sigma` the residual standard deviation.
    """

    coefficients: FloatArray
    covariance: FloatArray
    r_squared: float
    adjusted_r_squared: float
    sigma: float
    degrees: float
    method: str

    @property
    def standard_errors(self) -> FloatArray:
        """Return the standard error of each coefficient."""
        errors: FloatArray = np.sqrt(np.diagonal(self.covariance))
        return errors


def _covariance(
    fit: sm.regression.linear_model.RegressionResults, sample: Respondents
) -> tuple[FloatArray, str, float]:
    """Return the robust covariance that the sample asks for, its name and its degrees of freedom."""
    if sample.clusters is not None:
        groups = int(np.unique(sample.clusters).size)
        options = {"groups": sample.clusters, "use_correction": False}
        robust = fit.get_robustcov_results("cluster", **options)
        return np.asarray(robust.cov_params()) * groups / max(groups - 1, 1), "linearised-clusters", float(groups - 1)
    if sample.is_weighted:
        robust = fit.get_robustcov_results("HC0")
        n = sample.weights.size
        return np.asarray(robust.cov_params()) * n / (n - 1), "linearised", float(fit.df_resid)
    return np.asarray(fit.get_robustcov_results("HC3").cov_params()), "hc3", float(fit.df_resid)


def linear_model(
    outcome: FloatArray, columns: FloatArray, sample: Respondents, errors: Errors = Errors.ROBUST
) -> Regression:
    """Return the (weighted) least-squares fit of the outcome (n) on the columns (n x k, no missing values).

    Weights are sampling weights: they move the coefficients, and their errors are the linearised ones, never those of
    a regression that takes weights for precisions. R2 is 1 - weighted residual over weighted total sum of squares.
    Columns that repeat others share their coefficient (pseudo-inverse).
    """
    model = sm.WLS(outcome, sm.add_constant(columns, has_constant="add"), weights=sample.weights)
    with warnings.catch_warnings():
        # Repeated columns are expected here and named by `aliased_columns`.
        warnings.simplefilter("ignore", SingularMatrixWarning)
        fit = model.fit()
    if errors is Errors.CLASSICAL:
        covariance, method, degrees = np.asarray(fit.cov_params()), "classical", float(fit.df_resid)
    else:
        covariance, method, degrees = _covariance(fit, sample)
    return Regression(
        coefficients=np.asarray(fit.params),
        covariance=covariance,
        r_squared=float(fit.rsquared),
        adjusted_r_squared=float(fit.rsquared_adj),
        sigma=float(np.sqrt(fit.mse_resid)),
        degrees=degrees,
        method=method,
    )
