"""p-values of a family: many looks at one report must not add up to false alarms.

statsmodels' `multipletests` gives the same numbers (the tests say so) but collects garbage on every call, which takes a
hundred times as long as the arithmetic in a large process. Only Hommel's procedure is left to it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from statsmodels.stats.multitest import multipletests

from analysis.arrays import FloatArray

METHODS = ("holm", "bh", "by", "bonferroni", "hochberg", "hommel")


def adjusted_p_values(p_values: Sequence[float] | FloatArray, method: str = "holm") -> list[float]:
    """Return p-values (m,) adjusted for being a family of m, in the order given.

    `holm` (Holm 1979) and `bonferroni` bound the chance of a single false alarm whatever the dependence, `hochberg`
    (Hochberg 1988) and `hommel` (Hommel 1988) where tests are independent or go together; `bh` (Benjamini & Hochberg
    1995) bounds the share of false ones among the alarms of a screen, `by` (Benjamini & Yekutieli 2001) under any
    dependence. Raises ValueError for another method or for values outside 0..1.
    """
    if method not in METHODS:
        raise ValueError(f"A family is adjusted by {', '.join(METHODS)}, not by {method}.")
    if not all(0 <= each <= 1 for each in p_values):
        raise ValueError("Every p-value lies between 0 and 1.")
    if not len(p_values):
        return []
    if method == "hommel":
        return [float(each) for each in multipletests(list(p_values), method="hommel")[1]]
    given = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(given, kind="stable")
    back = np.empty_like(order)
    back[order] = np.arange(given.size)
    adjusted: list[float] = np.minimum(_ordered(given[order], method), 1.0)[back].tolist()
    return adjusted


def _ordered(ascending: FloatArray, method: str) -> FloatArray:
    """Return the adjusted values of ascending p-values: by steps down from the smallest, or up from the largest."""
    m = ascending.size
    ranks = np.arange(1, m + 1)
    if method == "bonferroni":
        return ascending * m
    if method == "holm":
        return np.maximum.accumulate(ascending * (m - ranks + 1))
    factors = {"hochberg": m - ranks + 1.0, "bh": m / ranks, "by": m / ranks * (1 / ranks).sum()}
    result: FloatArray = np.minimum.accumulate((ascending * factors[method])[::-1])[::-1]
    return result
