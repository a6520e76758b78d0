"""How well a score ranks who leaves first: Harrell's concordance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.arrays import FloatArray
from analysis.customer_value.histories import Spells
from analysis.customer_value.risk_sets import linearised_error
from analysis.respondents import summed_by_respondent
from analysis.values import Estimate, Interval, Refusal

SOURCE = "Harrell, Lee & Mark 1996; Therneau & Watson 2015"
# Pairs compared in one piece, and the most that are compared at all: about a minute.
PIECE = 2_000_000
MOST_PAIRS = 5_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """For each customer (n,): weight of comparable partners, and of those ranked right (ties count half)."""

    all: FloatArray
    right: FloatArray


def concordance(spells: Spells, scores: FloatArray, level: float) -> Estimate | Refusal:
    """Return the share of comparable pairs in which the one with the higher score left first; ties count half.

    Comparable: one left while the other was at risk and stayed longer. Standard error linearised over customers; the
    interval is on the logit scale. Refused without comparable pairs and beyond five thousand million of them.
    """
    n, n_left = spells.times.size, spells.n_events
    if n * n_left > MOST_PAIRS:
        return Refusal("too-many-pairs", spells.base, {"pairs": n * n_left, "most": MOST_PAIRS})
    pairs = _pairs(spells, scores)
    total = float(pairs.all.sum())
    if total <= 0:
        return Refusal("no-comparable-pairs", spells.base, {})
    share = float(pairs.right.sum()) / total
    influence = summed_by_respondent(2 * (pairs.right - share * pairs.all) / total, spells.who.clusters)
    se = linearised_error(influence, is_plain=spells.is_plain)
    low, high = _logit_bounds(share, se, float(stats.norm.ppf((1 + level) / 2)))
    return Estimate(
        share, Interval(low, high, level, "wald-logit"), spells.base, "harrell-concordance", "share", se, (), SOURCE
    )


def _logit_bounds(share: float, se: float, z: float) -> tuple[float, float]:
    spread = share * (1 - share)
    if spread <= 0 or se == 0:
        return share, share
    centre, half = np.log(share / (1 - share)), z * se / spread
    return float(1 / (1 + np.exp(half - centre))), float(1 / (1 + np.exp(-half - centre)))


def _pairs(spells: Spells, scores: FloatArray) -> _Pairs:
    n, weights = spells.times.size, spells.weights
    every, right = np.zeros(n), np.zeros(n)
    left = np.flatnonzero(spells.events > 0)
    size = max(PIECE // max(n, 1), 1)
    for start in range(0, left.size, size):
        chosen = left[start : start + size]
        time = spells.times[chosen, None]
        later = (spells.times > time) | ((spells.times == time) & (spells.events == 0))
        comparable = (later & (spells.entries < time)) * weights * weights[chosen, None]
        higher = np.sign(scores[chosen, None] - scores) / 2 + 0.5
        ranked = comparable * higher
        every[chosen] += comparable.sum(axis=1)
        right[chosen] += ranked.sum(axis=1)
        every += comparable.sum(axis=0)
        right += ranked.sum(axis=0)
    # Every pair stands with both of its customers: halves keep the sums those of pairs.
    return _Pairs(every / 2, right / 2)
