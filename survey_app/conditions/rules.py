"""What other rooms ask about condition trees: does it hold, is it well formed, which fields does it name."""

from survey_app.conditions.checks import Problem, check
from survey_app.conditions.trees import (
    OPERATORS,
    OPERATORS_OF,
    VALUELESS,
    FieldKind,
    Tree,
    comparisons,
    evaluate,
    fields_of,
)

__all__ = [
    "OPERATORS",
    "OPERATORS_OF",
    "VALUELESS",
    "FieldKind",
    "Problem",
    "Tree",
    "check",
    "comparisons",
    "evaluate",
    "fields_of",
]
