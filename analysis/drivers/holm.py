"""Holm's step-down adjustment, as statsmodels' `multipletests` gives it; theirs collects garbage each time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.arrays import FloatArray


def holm(p_values: Sequence[float]) -> FloatArray:
    """Return p-values adjusted for all of them: the largest of (m - i) p over those up to each one (Holm 1979)."""
    given = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(given, kind="stable")
    steps = np.maximum.accumulate(given[order] * np.arange(given.size, 0, -1))
    adjusted = np.empty(given.size)
    adjusted[order] = np.minimum(steps, 1.0)
    return adjusted
