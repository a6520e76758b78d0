"""Families of comparisons: many looks at one report must not add up to false alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from statsmodels.stats.multitest import multipletests

from analysis.comparisons.differences import improvement, verdict_of
from analysis.values import Refusal
from analysis.values.comparisons import Difference

METHODS = {
    "holm": "holm",
    "bh": "fdr_bh",
    "by": "fdr_by",
    "bonferroni": "bonferroni",
    "hochberg": "simes-hochberg",
    "hommel": "hommel",
}


def adjusted_p_values(p_values: Sequence[float], method: str = "holm") -> list[float]:
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
    if not p_values:
        return []
    return [float(each) for each in multipletests(list(p_values), method=METHODS[method])[1]]


def adjust_family(
    comparisons: Sequence[Difference | Refusal], method: str = "holm"
) -> tuple[Difference | Refusal, ...]:
    """Return the comparisons with adjusted p-values and verdicts that follow them; refusals stay as they are.

    The p-values of the second tests are adjusted among themselves, and both must be below alpha. The verdicts become
    more cautious, the intervals remain those of single comparisons.
    """
    found = [each for each in comparisons if isinstance(each, Difference)]
    adjusted = iter(adjusted_p_values([each.p_value for each in found], method))
    confirming = iter(confirming_p_values(found, method))
    return tuple(
        decided(each, next(adjusted), next(confirming), method) if isinstance(each, Difference) else each
        for each in comparisons
    )


def confirming_p_values(found: Sequence[Difference], method: str = "holm") -> list[float | None]:
    """Return the p-values of the second tests adjusted as a family; None where there was none.

    A comparison that needed no second test stands in this family with its own p-value.
    """
    adjusted = adjusted_p_values([each.deciding_p for each in found], method)
    return [None if each.p_confirming is None else p for each, p in zip(found, adjusted, strict=True)]


def decided(difference: Difference, p_adjusted: float, p_confirming: float | None, method: str) -> Difference:
    """Let the larger of two adjusted p-values decide."""
    verdict = verdict_of(difference.statistic, max(p_adjusted, p_confirming or 0.0), difference.alpha)
    return replace(
        difference,
        verdict=verdict,
        is_better=improvement(verdict, higher_is_better=difference.higher_is_better),
        p_adjusted=p_adjusted,
        p_confirming=p_confirming,
        adjustment=method,
    )
