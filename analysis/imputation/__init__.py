"""Multiple imputation of blank answers: chained equations with predictive mean matching, and pooling by Rubin's rules.

Blank means asked and left empty. "Not applicable" is an answer, not a hole: whether a blank would have been one is
imputed first, a rating only where not. The outcome predicts and is never imputed.
"""

from analysis.imputation.chains import Answers, Completed, ImputationOptions, impute
from analysis.imputation.pooling import Pooled, pool

__all__ = ["Answers", "Completed", "ImputationOptions", "Pooled", "impute", "pool"]
