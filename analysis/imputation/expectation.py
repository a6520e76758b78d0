"""Means and covariances from incomplete rows: maximum likelihood under normality, by EM over patterns of gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray
from analysis.imputation.patterns import gap_groups

_STEPS = 5000
_STOP = 1e-9
# A standardised covariance with a smaller eigenvalue cannot be inverted with any digits left.
_SINGULAR = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class PatternSums:
    """Rows that share their gaps: which columns are seen, how many rows, their sum and sum of products."""

    seen: BoolArray
    n: int
    total: FloatArray
    products: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class NormalFit:
    """Mean (p) and covariance (p x p, divisor n), the steps taken, and whether they came to rest."""

    mean: FloatArray
    covariance: FloatArray
    iterations: int
    converged: bool


def pattern_sums(values: FloatArray) -> list[PatternSums]:
    """Return sums by pattern of gaps; rows with nothing at all are left out."""
    found, places = gap_groups(np.isnan(values))
    sums = []
    for place, gaps in enumerate(found):
        if gaps.all():
            continue
        rows = values[np.ix_(places == place, ~gaps)]
        sums.append(PatternSums(~gaps, len(rows), rows.sum(axis=0), rows.T @ rows))
    return sums


def normal_fit(patterns: list[PatternSums]) -> NormalFit | None:
    """Return the maximum-likelihood mean and covariance (Dempster, Laird & Rubin 1977); None where singular.

    A step costs what the patterns cost, whatever the number of rows. Columns should be standardised.
    """
    p, n = patterns[0].seen.size, sum(each.n for each in patterns)
    mean, covariance = np.zeros(p), np.eye(p)
    for step in range(1, _STEPS + 1):
        total, products = np.zeros(p), np.zeros((p, p))
        for each in patterns:
            expected_total, expected_products = _expected(each, mean, covariance)
            total += expected_total
            products += expected_products
        new_mean = total / n
        new = products / n - np.outer(new_mean, new_mean)
        moved = max(float(np.abs(new_mean - mean).max()), float(np.abs(new - covariance).max()))
        mean, covariance = new_mean, (new + new.T) / 2
        if np.linalg.eigvalsh(covariance)[0] < _SINGULAR:
            return None
        if moved < _STOP:
            return NormalFit(mean, covariance, step, converged=True)
    return NormalFit(mean, covariance, _STEPS, converged=False)


def _expected(each: PatternSums, mean: FloatArray, covariance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the expected sum and sum of products of complete rows, given what is seen of them."""
    seen, gaps = each.seen, ~each.seen
    spread = np.zeros((seen.size, int(seen.sum())))
    spread[seen] = np.eye(int(seen.sum()))
    shift, left = np.zeros(seen.size), np.zeros((seen.size, seen.size))
    if gaps.any():
        slopes = np.linalg.solve(covariance[np.ix_(seen, seen)], covariance[np.ix_(seen, gaps)]).T
        spread[gaps] = slopes
        shift[gaps] = mean[gaps] - slopes @ mean[seen]
        left[np.ix_(gaps, gaps)] = covariance[np.ix_(gaps, gaps)] - slopes @ covariance[np.ix_(seen, gaps)]
    moved = spread @ each.total
    crossed = np.outer(moved, shift)
    products = spread @ each.products @ spread.T + crossed + crossed.T + each.n * (np.outer(shift, shift) + left)
    return moved + each.n * shift, products
