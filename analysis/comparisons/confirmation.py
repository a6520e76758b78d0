"""Exact tests that a verdict on counts must pass beside its interval.

The intervals of differences are approximate: where they hold the truth in 94.5 % instead of 95 % of all samples, a
verdict that asks them alone raises false alarms too often. Each test here keeps its rate for every number of answers.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from analysis.arrays import FloatArray

# The unknown common share is searched within an interval that misses it this rarely; the rest is added to p.
OUTSIDE = 0.001
GRID_POINTS = 41
ROUNDING = 1e-9


def unconditional_p_value(first: tuple[int, int], second: tuple[int, int]) -> float:
    """Return the exact two-sided p-value of two shares, given (count, n) of each group.

    The chance of a pooled z at least as far out, at the common share where it is largest (Suissa & Shuster 1985) within
    its 99.9 % Clopper-Pearson interval, plus 0.001 (Berger & Boos 1994). Never too small, whatever that share is.
    """
    (k1, n1), (k2, n2) = first, second
    if k1 * n2 == k2 * n1:
        return 1.0
    shares = _likely_shares(k1 + k2, n1 + n2)
    counts = np.arange(
        stats.binom.ppf(1e-12, n1, shares[0]), stats.binom.ppf(1 - 1e-12, n1, shares[-1]) + 1, dtype=np.float64
    )
    low, high = _accepted(counts, (n1, n2), _pooled_z2(first, second))
    beyond = stats.binom.cdf(low[:, None], n2, shares) + stats.binom.sf(high[:, None] - 1, n2, shares)
    chances = np.sum(stats.binom.pmf(counts[:, None], n1, shares) * beyond, axis=0)
    return min(float(chances.max()) + OUTSIDE, 1.0)


def _likely_shares(k: int, n: int) -> FloatArray:
    """Return a grid over the Clopper-Pearson interval of a share."""
    low = float(stats.beta.ppf(OUTSIDE / 2, k, n - k + 1)) if k else 0.0
    high = float(stats.beta.isf(OUTSIDE / 2, k + 1, n - k)) if k < n else 1.0
    return np.linspace(low, high, GRID_POINTS)


def _pooled_z2(first: tuple[int, int], second: tuple[int, int]) -> float:
    (k1, n1), (k2, n2) = first, second
    pooled = (k1 + k2) / (n1 + n2)
    return (k2 / n2 - k1 / n1) ** 2 / (pooled * (1 - pooled) * (1 / n1 + 1 / n2))


def _accepted(counts: FloatArray, sizes: tuple[int, int], z2: float) -> tuple[FloatArray, FloatArray]:
    """Return for each first count the largest second count below, and the smallest above, that is as far out as z.

    Both solve (b/n2 - a/n1)^2 = z^2 P (1 - P) (1/n1 + 1/n2) with P = (a + b) / (n1 + n2), a quadratic in b.
    """
    n1, n2 = sizes
    scale = z2 / ((n1 + n2) * n1 * n2)
    a = 1 / n2**2 + scale
    b = -2 * counts / (n1 * n2) - scale * (n1 + n2 - 2 * counts)
    c = (counts / n1) ** 2 - scale * counts * (n1 + n2 - counts)
    root = np.sqrt(np.maximum(b * b - 4 * a * c, 0.0))
    low, high = np.floor((-b - root) / (2 * a) + ROUNDING), np.ceil((-b + root) / (2 * a) - ROUNDING)
    # Nobody in both groups, or everybody: the roots say 0 and n2, but there is no difference at all.
    return np.where(counts == 0, -1.0, low), np.where(counts == n1, n2 + 1.0, high)


def sign_flip_p_value(changes: FloatArray) -> float:
    """Return the exact two-sided p-value of changes of one or two steps when their signs are drawn anew.

    With one step it is McNemar's exact test (1947). Changes of 0 say nothing.
    """
    steps = np.abs(changes).round().astype(np.int64)
    ones, twos = int(np.count_nonzero(steps == 1)), int(np.count_nonzero(steps == 2))  # noqa: PLR2004 - two steps
    observed = abs(float(changes.sum()))
    up = np.arange(twos + 1)
    reach = (observed - ROUNDING - (4 * up - 2 * twos) + ones) / 2
    beyond = stats.binom.sf(np.ceil(reach) - 1, ones, 0.5)
    one_sided = float(np.sum(stats.binom.pmf(up, twos, 0.5) * beyond))
    return min(2 * one_sided, 1.0)
