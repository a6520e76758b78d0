"""Ordered and yes/no outcomes: which predictors go with higher answers, in odds and in shares.

`ordered_regression` and `binary_regression` fit; `mcfadden_importance` divides what is explained among the predictors.
Formulas and sources: docs/statistics/ordinal.md.
"""

from analysis.categorical.models import binary_regression, ordered_regression
from analysis.categorical.options import CategoricalOptions, Rows
from analysis.categorical.prediction import marginal_effects, odds_ratios, predicted_probabilities

__all__ = [
    "CategoricalOptions",
    "Rows",
    "binary_regression",
    "marginal_effects",
    "odds_ratios",
    "ordered_regression",
    "predicted_probabilities",
]
