"""Names of groups as they come: texts, numbers, truth values, and the many ways in which a name can be missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

Labels: TypeAlias = Sequence[object]


def label_of(value: Any) -> str:
    """Return a label as text, whole numbers without decimals; empty where it is None, NaN or an empty text."""
    if isinstance(value, str):
        return str(value)
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return ""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def labels_of(values: Labels) -> list[str]:
    """Return labels as texts, empty where they are missing."""
    return [each if type(each) is str else label_of(each) for each in values]
