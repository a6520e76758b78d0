"""Groups made by chance: whether they are as large as chance makes them, or one of them lost people."""

from __future__ import annotations

from collections.abc import Mapping

from scipy import stats

from analysis.values import Base, Refusal
from analysis.values.comparisons import AssignmentBalance

# Below this expected count per group the chi-square distribution is only roughly right (Cochran 1954).
LEAST_EXPECTED = 5
SOURCES = {"exact-binomial": "Clopper & Pearson 1934", "chi-square": "Pearson 1900"}


def assignment_balance(counts: Mapping[str, int], alpha: float = 0.001) -> AssignmentBalance | Refusal:
    """Return whether these groups, assigned at random in equal shares, are of the sizes that chance makes.

    Two groups: the exact binomial test, two-sided (Clopper & Pearson 1934); more: Pearson's chi-square against equal
    counts, one degree of freedom less than groups (1900). `counts` are people by group, unweighted. `alpha` is small
    because the check runs on every report and a false alarm is costly (Fabijan et al. 2019 on sample ratio mismatch).
    Refused with fewer than two groups (`too-few-segments`) or fewer than five people expected in each
    (`base-too-small`); a negative count raises ValueError.
    """
    if any(n < 0 for n in counts.values()):
        msg = "A group cannot have fewer than no people."
        raise ValueError(msg)
    total, k = sum(counts.values()), len(counts)
    base = Base(total, float(total), float(total))
    if k < 2:  # noqa: PLR2004 - two groups are what can be out of balance
        return Refusal("too-few-segments", base, {"n": k, "needed": 2})
    if total < LEAST_EXPECTED * k:
        return Refusal("base-too-small", base, {"n": total, "needed": LEAST_EXPECTED * k})
    sizes = list(counts.values())
    method = "exact-binomial" if k == 2 else "chi-square"  # noqa: PLR2004 - as above
    p_value = stats.binomtest(sizes[0], total).pvalue if method == "exact-binomial" else stats.chisquare(sizes).pvalue
    return AssignmentBalance(dict(counts), float(p_value), bool(p_value >= alpha), alpha, base, method, SOURCES[method])
