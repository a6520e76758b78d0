"""Confidence intervals of a net score, of a share and of a mean, from their sufficient figures.

Counts may be fractional: for weighted answers they are shares times the effective base.

Net scores: Bonett & Price 2012; Rocks 2016; Tango 1998. Shares: Wilson 1927; Clopper & Pearson 1934; Agresti & Coull
1998; compared by Brown, Cai & DasGupta 2001.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy import optimize, stats
from statsmodels.stats.proportion import proportion_confint

from analysis.values import Interval

__all__ = [
    "Trinomial",
    "agresti_coull",
    "clopper_pearson",
    "guarded_wilson",
    "nps_adjusted",
    "nps_adjusted_t",
    "nps_adjusted_wald",
    "nps_score",
    "nps_wald",
    "student",
    "wilson",
]

# Answers that each group of a net score, each side of a share must have for the usual interval.
RARE_GROUP = 5
ENOUGH_ON_A_SIDE = 10


@dataclass(frozen=True, slots=True)
class Trinomial:
    """Counts of detractors, passives and promoters."""

    detractors: float
    passives: float
    promoters: float

    @property
    def n(self) -> float:
        """Return the number of answers."""
        return self.detractors + self.passives + self.promoters

    @property
    def net(self) -> float:
        """Return the share of promoters minus the share of detractors, in -1..1."""
        return (self.promoters - self.detractors) / self.n

    @property
    def variance(self) -> float:
        """Return the variance of one answer scored -1, 0, 1: pP + pD - (pP - pD)^2."""
        return max((self.promoters + self.detractors) / self.n - self.net**2, 0.0)

    @property
    def se(self) -> float:
        """Return the multinomial standard error of the net score, sqrt(variance / n)."""
        return math.sqrt(self.variance / self.n)

    def with_added(self, tails: float, middle: float = 0.0) -> Trinomial:
        """Return the counts with pseudo-answers added to both tails and to the middle."""
        return Trinomial(self.detractors + tails, self.passives + middle, self.promoters + tails)


def upper_probability(level: float) -> float:
    """Return the share below the upper bound of a two-sided interval, (1 + level) / 2.

    Raises ValueError for a level outside 0..1.
    """
    if not 0 < level < 1:
        msg = f"A confidence level lies between 0 and 1, not at {level}."
        raise ValueError(msg)
    return (1 + level) / 2


def normal_quantile(level: float) -> float:
    """Return z with P(|Z| < z) = level; raise ValueError for a level outside 0..1."""
    return float(stats.norm.ppf(upper_probability(level)))


def clipped(centre: float, half: float, bounds: tuple[float, float]) -> tuple[float, float]:
    """Return centre minus and plus half, not beyond the bounds."""
    return max(centre - half, bounds[0]), min(centre + half, bounds[1])


def nps_wald(counts: Trinomial, level: float) -> Interval:
    """Return NPS +/- z * SE in points, clipped to -100..100. Far too narrow for small or one-sided bases."""
    half = normal_quantile(level) * counts.se * 100
    return Interval(*clipped(counts.net * 100, half, (-100.0, 100.0)), level, "wald")


def nps_adjusted_wald(counts: Trinomial, level: float) -> Interval:
    """Return the Wald interval after adding 3/4 to promoters and 3/4 to detractors, 3 to n, in points.

    The further 3/2 go to the passives. Bonett & Price 2012; best performer in Rocks 2016, The American
    Statistician 70:365. Clipped to -100..100.
    """
    padded = counts.with_added(0.75, 1.5)
    half = normal_quantile(level) * padded.se * 100
    return Interval(*clipped(padded.net * 100, half, (-100.0, 100.0)), level, "adjusted-wald")


def nps_adjusted_t(counts: Trinomial, level: float) -> Interval:
    """Return the Wald interval after adding 1 to promoters and 1 to detractors, with Student's t for z, in points.

    The form of Bonett & Price 2012 for two dependent shares; t has n - 1 degrees of freedom. Where a group is rare it
    holds what the adjusted Wald interval does not. Clipped to -100..100.
    """
    padded = counts.with_added(1.0)
    df = max(counts.n - 1, 1.0)
    half = float(stats.t.ppf(upper_probability(level), df)) * padded.se * 100
    return Interval(*clipped(padded.net * 100, half, (-100.0, 100.0)), level, "adjusted-t")


def nps_adjusted(counts: Trinomial, level: float) -> Interval:
    """Return the adjusted Wald interval where each group has five answers or more, else the adjusted t one.

    Counted over every outcome of 10 to 120 answers, the adjusted Wald interval alone holds 87 % where 95 % is promised
    and a group is (nearly) empty; this one 93 % at least, whatever the shares.
    """
    rarest = min(counts.detractors, counts.passives, counts.promoters)
    return nps_adjusted_wald(counts, level) if rarest >= RARE_GROUP else nps_adjusted_t(counts, level)


def nps_score(counts: Trinomial, level: float) -> Interval:
    """Return the interval of all net scores that a score test does not reject, in points.

    The variance under the tested net score d is that of the trinomial maximum-likelihood estimate
    constrained to pP - pD = d (Tango 1998; Rocks 2016).
    """
    z = normal_quantile(level)
    low = -_upper_net(Trinomial(counts.promoters, counts.passives, counts.detractors), z)
    return Interval(100 * low, 100 * _upper_net(counts, z), level, "score")


def _upper_net(counts: Trinomial, z: float) -> float:
    """Return the largest net score that the score test does not reject."""

    def excess(net: float) -> float:
        return z - _score_statistic(counts, net)

    if counts.net >= 1 or excess(1.0) >= 0:
        return 1.0
    return float(optimize.brentq(excess, counts.net, 1.0, xtol=1e-12))


def _score_statistic(counts: Trinomial, net: float) -> float:
    """Return how many constrained standard errors the tested net score lies above the observed one."""
    tail = _constrained_tail(counts, net)
    variance = 2 * tail + abs(net) - net**2
    distance = net - counts.net
    if variance <= 0:
        return math.inf if distance > 0 else 0.0
    return distance / math.sqrt(variance / counts.n)


def _constrained_tail(counts: Trinomial, net: float) -> float:
    """Return the smaller tail share that maximises the likelihood where the tails differ by |net|.

    Setting the derivative to zero gives 2 n q^2 - b q - c = 0; the larger root is the admissible one.
    """
    small, large = counts.detractors, counts.promoters
    if net < 0:
        small, large = large, small
    gap = abs(net)
    b = (small + large) * (1 - gap) - 2 * gap * (small + counts.passives)
    c = small * gap * (1 - gap)
    return max((b + math.sqrt(b * b + 8 * counts.n * c)) / (4 * counts.n), 0.0)


def wilson(share: float, n: float, level: float) -> Interval:
    """Return Wilson's interval of a share on n (or effective n) answers (Wilson 1927)."""
    return _of_share("wilson", "wilson", share, n, level)


def clopper_pearson(share: float, n: float, level: float) -> Interval:
    """Return the exact interval of a share, never below its level (Clopper & Pearson 1934)."""
    return _of_share("beta", "clopper-pearson", share, n, level)


def agresti_coull(share: float, n: float, level: float) -> Interval:
    """Return the Wald interval of a share after adding z^2/2 to both sides (Agresti & Coull 1998)."""
    return _of_share("agresti_coull", "agresti-coull", share, n, level)


def guarded_wilson(share: float, n: float, level: float) -> Interval:
    """Return Wilson's interval where ten answers or more stand on either side, else Clopper & Pearson's.

    Counted over every outcome, Wilson's alone holds 84 % where 95 % is promised and the true share lets one expect less
    than one answer on a side, and 91 % for some middling shares of 12 to 25 answers; this one 92.7 % at least.
    """
    plain = min(share, 1 - share) * n >= ENOUGH_ON_A_SIDE - 1e-9
    return wilson(share, n, level) if plain else clopper_pearson(share, n, level)


def _of_share(name: str, method: str, share: float, n: float, level: float) -> Interval:
    """Return an interval of statsmodels, within 0..1 and around the share."""
    low, high = proportion_confint(share * n, n, alpha=2 * (1 - upper_probability(level)), method=name)
    # Rounding can carry a bound a few ulp past an all-or-nothing share; the exact bound of none or all is no number.
    low = 0.0 if share <= 0 or low < 0 else float(low)
    high = 1.0 if share >= 1 or high > 1 else float(high)
    return Interval(min(low, share), max(high, share), level, method)


def student(mean: float, se: float, df: float, level: float) -> Interval:
    """Return mean +/- t * SE with df degrees of freedom; NaN bounds where there are none."""
    half = float(stats.t.ppf((1 + level) / 2, df)) * se if df > 0 else math.nan
    return Interval(mean - half, mean + half, level, "t")


NPS_INTERVALS: dict[str, Callable[[Trinomial, float], Interval]] = {
    "adjusted": nps_adjusted,
    "adjusted-wald": nps_adjusted_wald,
    "score": nps_score,
    "adjusted-t": nps_adjusted_t,
    "wald": nps_wald,
}
SHARE_INTERVALS: dict[str, Callable[[float, float, float], Interval]] = {
    "guarded-wilson": guarded_wilson,
    "wilson": wilson,
    "clopper-pearson": clopper_pearson,
    "agresti-coull": agresti_coull,
}
