"""Families of comparisons: many looks at one report must not add up to false alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from statsmodels.stats.multitest import multipletests

from analysis.comparisons.differences import improvement, verdict_of
from analysis.values import Refusal
from analysis.values.comparisons import Difference

METHODS = {"holm": "holm", "bh": "fdr_bh"}


def adjusted_p_values(p_values: Sequence[float], method: str = "holm") -> list[float]:
    """Return p-values adjusted for being a family: `holm` (Holm 1979) or `bh` (Benjamini & Hochberg 1995).

    Holm bounds the chance of a single false alarm, for planned comparisons; BH the share of false ones among the
    alarms, for screens of many. Raises ValueError for another method or for values outside 0..1.
    """
    if method not in METHODS:
        msg = f"A family is adjusted by {' or '.join(METHODS)}, not by {method}."
        raise ValueError(msg)
    if not all(0 <= each <= 1 for each in p_values):
        msg = "Every p-value lies between 0 and 1."
        raise ValueError(msg)
    if not p_values:
        return []
    return [float(each) for each in multipletests(list(p_values), method=METHODS[method])[1]]


def adjust_family(
    comparisons: Sequence[Difference | Refusal], method: str = "holm"
) -> tuple[Difference | Refusal, ...]:
    """Return the comparisons with adjusted p-values and verdicts that follow them; refusals stay as they are.

    The verdicts become more cautious, the intervals remain those of single comparisons.
    """
    found = [each for each in comparisons if isinstance(each, Difference)]
    adjusted = iter(adjusted_p_values([each.p_value for each in found], method))
    return tuple(
        _with_adjusted(each, next(adjusted), method) if isinstance(each, Difference) else each for each in comparisons
    )


def _with_adjusted(difference: Difference, p_adjusted: float, method: str) -> Difference:
    """Let the adjusted p-value decide."""
    verdict = verdict_of(difference.statistic, p_adjusted, difference.alpha)
    return replace(
        difference,
        verdict=verdict,
        is_better=improvement(verdict, higher_is_better=difference.higher_is_better),
        p_adjusted=p_adjusted,
        adjustment=method,
    )
