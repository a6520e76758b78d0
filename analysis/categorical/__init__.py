"""Ordered and yes/no outcomes: which predictors go with higher answers, in odds and in shares.

`ordered_regression` and `binary_regression` fit; `mcfadden_importance` divides what is explained among the predictors.
Formulas and sources: docs/statistics/ordinal.md.
"""

from analysis.categorical.importance import mcfadden_importance
from analysis.categorical.models import binary_regression, ordered_regression
from analysis.categorical.options import CategoricalOptions, ImportanceOptions, Rows
from analysis.categorical.prediction import marginal_effects, odds_ratios, predicted_probabilities
from analysis.categorical.proportional_odds import proportional_odds
from analysis.categorical.sparse_categories import proposed_categories

__all__ = [
    "CategoricalOptions",
    "ImportanceOptions",
    "Rows",
    "binary_regression",
    "marginal_effects",
    "mcfadden_importance",
    "odds_ratios",
    "ordered_regression",
    "predicted_probabilities",
    "proportional_odds",
    "proposed_categories",
]
