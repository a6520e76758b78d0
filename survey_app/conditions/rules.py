"""What other rooms ask about condition trees: does it hold, is it well formed, which fields does it name."""

from survey_app.conditions.checks import Problem, check
from survey_app.conditions.trees import (
    OPERATORS,
    OPERATORS_OF,
    RELATIVE,
    VALUELESS,
    FieldKind,
    Tree,
    comparisons,
    evaluate,
    fields_of,
    name_of,
    resolved,
)

__all__ = [
    "OPERATORS",
    "OPERATORS_OF",
    "RELATIVE",
    "VALUELESS",
    "FieldKind",
    "Problem",
    "Tree",
    "check",
    "comparisons",
    "evaluate",
    "fields_of",
    "name_of",
    "resolved",
]
