"""Families of comparisons: many looks at one report must not add up to false alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.comparisons.differences import improvement, verdict_of
from analysis.multiplicity import adjusted_p_values
from analysis.values import Refusal
from analysis.values.comparisons import Difference


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
