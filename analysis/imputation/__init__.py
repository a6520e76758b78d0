"""Missing answers: which they are, whether they look random, and multiple imputation with honest errors.

Tables: `missing_patterns`, `missing_rates`, `little_mcar_test`, `missingness_check`, `impute_table`,
`pooled_regression`, `delta_sensitivity`. Batteries of ratings in which "not applicable" is an answer, not a hole:
`impute` (whether a blank would have been one is imputed first, a rating only where not; the outcome predicts and is
never imputed). Formulas and sources: docs/statistics/missing-answers.md.
"""

from analysis.imputation.chains import Answers, Completed, ImputationOptions, impute
from analysis.imputation.patterns import missing_patterns, missing_rates
from analysis.imputation.pooling import Pooled, pool
from analysis.imputation.randomness import GapOptions, little_mcar_test, missingness_check
from analysis.imputation.regression import (
    PooledRegressionOptions,
    delta_sensitivity,
    pooled_estimates,
    pooled_regression,
    recommended_imputations,
)
from analysis.imputation.tables import ImputedTables, impute_table

__all__ = [
    "Answers",
    "Completed",
    "GapOptions",
    "ImputationOptions",
    "ImputedTables",
    "Pooled",
    "PooledRegressionOptions",
    "delta_sensitivity",
    "impute",
    "impute_table",
    "little_mcar_test",
    "missing_patterns",
    "missing_rates",
    "missingness_check",
    "pool",
    "pooled_estimates",
    "pooled_regression",
    "recommended_imputations",
]
