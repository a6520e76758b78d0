"""How the difference of two independent groups is estimated and tested, one procedure per kind of measure.

Interval and p-value come from the same procedure, so that they cannot contradict each other.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy import optimize, stats

from analysis.comparisons.pairs import Pair, Spread, spread_of
from analysis.intervals import Trinomial, clipped, normal_quantile
from analysis.respondents import summed_by_respondent
from analysis.weights import Sample, effective_base, mean_variance

# Beyond this z every two-sided p-value is zero in floats.
FURTHEST_Z = 40.0


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference in the unit of its measure: bounds, test statistic, two-sided p-value and procedure.

    `p_confirming` is that of an exact test that a verdict must pass as well; `df` the degrees of freedom of a t test.
    """

    low: float
    high: float
    statistic: float
    p_value: float
    method: str
    p_confirming: float | None = None
    df: float | None = None


def net_promoter_wald(first: Trinomial, second: Trinomial, level: float, correlation: float = 0.0) -> Finding:
    """Return the Wald interval and z test of a difference of Net Promoter Scores, in points.

    `correlation` is that of the two scores where some respondents stand in both groups.
    """
    centre = 100 * (second.net - first.net)
    se = 100 * hypotenuse(first.se, second.se, correlation)
    statistic = ratio(centre, se)
    low, high = clipped(centre, normal_quantile(level) * se, (-200.0, 200.0))
    return Finding(low, high, statistic, two_sided_normal(statistic), "wald")


def net_promoter_adjusted(first: Trinomial, second: Trinomial, level: float, correlation: float = 0.0) -> Finding:
    """Return the same after adding 3/8, 3/4, 3/8 to detractors, passives, promoters of each group.

    Bonett & Price 2012; without it small or one-sided groups look far too certain.
    """
    padded = net_promoter_wald(first.with_added(0.375, 0.75), second.with_added(0.375, 0.75), level, correlation)
    return Finding(padded.low, padded.high, padded.statistic, padded.p_value, "adjusted-wald")


def newcombe(
    first: tuple[float, float], second: tuple[float, float], level: float, correlation: float = 0.0
) -> Finding:
    """Return Newcombe's hybrid score interval of a difference of shares, given (share, n) of each group.

    d - sqrt((p2 - l2)^2 + (u1 - p1)^2) to d + sqrt((u2 - p2)^2 + (p1 - l1)^2) with Wilson bounds l, u (Newcombe
    1998, method 10). With a correlation of the shares, less twice its product with both terms (Newcombe 1998 for paired
    shares; Zou & Donner 2008). The statistic is the z at which the interval reaches zero, and p follows from it.
    """
    low, high = _newcombe_bounds((first, second), normal_quantile(level), correlation)
    difference = second[0] - first[0]
    rising = difference >= 0
    pair = (first, second) if rising else (second, first)

    def bound(z: float) -> float:
        return _newcombe_bounds(pair, z, correlation)[0]

    statistic = 0.0 if difference == 0 else _root_above(bound)
    return Finding(low, high, statistic if rising else -statistic, two_sided_normal(statistic), "newcombe")


def _newcombe_bounds(
    pair: tuple[tuple[float, float], tuple[float, float]], z: float, correlation: float
) -> tuple[float, float]:
    """Return Newcombe's bounds of second minus first for a normal quantile z."""
    (p1, n1), (p2, n2) = pair
    (l1, u1), (l2, u2) = _wilson_bounds(p1, n1, z), _wilson_bounds(p2, n2, z)
    difference = p2 - p1
    # Rounding can carry a bound a few ulp past an all-or-nothing difference.
    return (
        max(difference - hypotenuse(p2 - l2, u1 - p1, correlation), -1.0),
        min(difference + hypotenuse(u2 - p2, p1 - l1, correlation), 1.0),
    )


def _wilson_bounds(share: float, n: float, z: float) -> tuple[float, float]:
    """Return Wilson's bounds for a normal quantile z; unlike a level, z can be far out without rounding to one."""
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return centre - half, centre + half


def _root_above(bound: Callable[[float], float]) -> float:
    """Return the z at which a lower bound that falls with z reaches zero."""
    upper = 1.0
    # The bound of Newcombe's interval falls below zero in the end, since Wilson's widens to 0..1; for shares of nearly
    # the same people it may do so beyond all p-values.
    while bound(upper) > 0:
        upper *= 2
        if upper > FURTHEST_Z:
            return math.inf
    return float(optimize.brentq(bound, 0.0, upper, xtol=1e-12))


def welch(pair: Pair, level: float) -> Finding:
    """Return Welch's t interval and test of a difference of means (Welch 1947).

    Variances are linearised by respondent; degrees of freedom after Welch & Satterthwaite on the effective bases.
    """
    return student_difference(pair.second.mean - pair.first.mean, spread_of(pair), level, "welch")


def student_difference(difference: float, spread: Spread, level: float, method: str) -> Finding:
    """Return the t interval and test of a difference with its variance and degrees of freedom."""
    se = math.sqrt(spread.variance)
    statistic = ratio(difference, se)
    if se == 0:
        return Finding(difference, difference, statistic, float(statistic == 0), method)
    half = float(stats.t.ppf((1 + level) / 2, spread.df)) * se
    p_value = float(2 * stats.t.sf(abs(statistic), spread.df))
    return Finding(difference - half, difference + half, statistic, p_value, method, df=spread.df)


def paired_t(differences: Sample, level: float) -> Finding:
    """Return the t interval and test of the mean of within-person differences, with linearised variance."""
    people = effective_base(summed_by_respondent(differences.weights, differences.clusters))
    variance = mean_variance(differences)
    return student_difference(differences.mean, Spread(0.0, variance, 0.0, people - 1), level, "paired-t")


def hypotenuse(first: float, second: float, correlation: float = 0.0) -> float:
    """Return the length of a difference of two errors that go together by a correlation."""
    if correlation == 0:
        return math.hypot(first, second)
    return math.sqrt(max(first * first + second * second - 2 * correlation * first * second, 0.0))


def ratio(difference: float, se: float) -> float:
    """Return difference / SE; without any spread 0 for no difference and infinite for one."""
    if se > 0:
        return difference / se
    return math.copysign(math.inf, difference) if difference else 0.0


def two_sided_normal(statistic: float) -> float:
    """Return the two-sided p-value of a standard normal statistic."""
    return float(2 * stats.norm.sf(abs(statistic)))
