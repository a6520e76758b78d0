"""The looks at one series: its line, its later against its earlier half, its latest change and its largest step.

Each look has its own error rate; four of them would raise a false alarm in one series of six. So they are one family: a
look is called clear only where its p-value, adjusted by Holm over all looks, is below alpha as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.comparisons import ComparisonOptions, compare_samples
from analysis.multiplicity import adjusted_p_values
from analysis.values import Base, Refusal
from analysis.values.comparisons import Difference, Verdict
from analysis.values.scores import Measure
from analysis.values.trends import Halves, Look, LookKind, Period, Step, TrendTest
from analysis.weights import Sample

# Below this a half would be a single period, and the halves the latest change once more.
FEWEST_PERIODS = 4


def halves(parts: Sequence[tuple[Period, Sample]], measure: Measure, options: ComparisonOptions) -> Halves | Refusal:
    """Return the later half of the latest series' periods minus the earlier half, all answers of a half together.

    An odd period in the middle belongs to neither. It says whether these periods differ, whatever line they follow;
    sampling is its only error. Refused below four periods with answers, and where a half has too few answers.
    """
    series = parts[-1][0].series if parts else ""
    shown = [(period, each) for period, each in parts if period.series == series and each.base.n]
    if len(shown) < FEWEST_PERIODS:
        return Refusal("too-few-periods", Base(0, 0.0, 0.0), {"n": len(shown), "needed": FEWEST_PERIODS})
    half = len(shown) // 2
    earlier, later = shown[:half], shown[-half:]
    change = compare_samples((_pooled(earlier), _pooled(later)), measure, options)
    if isinstance(change, Refusal):
        return change
    return Halves(
        earlier_first=earlier[0][0].label,
        earlier_last=earlier[-1][0].label,
        later_first=later[0][0].label,
        later_last=later[-1][0].label,
        change=change,
    )


def _pooled(parts: Sequence[tuple[Period, Sample]]) -> Sample:
    """Return the answers of several periods as one sample."""
    samples = [each for _, each in parts]
    return Sample(np.concatenate([each.values for each in samples]), np.concatenate([each.weights for each in samples]))


@dataclass(frozen=True, slots=True)
class Seen:
    """What was looked at: the line, the halves, the latest change, the steps."""

    line: TrendTest | Refusal
    halves: Halves | Refusal
    latest: Difference | Refusal
    steps: tuple[Step, ...]


def looks(seen: Seen, alpha: float) -> tuple[Look, ...]:
    """Return every look that could be taken, with its p-value adjusted by Holm over all of them."""
    found: list[Look] = []
    if isinstance(seen.line, TrendTest):
        line = seen.line
        found.append(Look(LookKind.LINE, line.verdict, line.is_better, line.random.p_value, 1.0))
    if isinstance(seen.halves, Halves):
        found.append(_look(LookKind.HALVES, seen.halves.change))
    if isinstance(seen.latest, Difference):
        found.append(_look(LookKind.LATEST, seen.latest))
    if len(seen.steps) > 1:
        found.append(_look(LookKind.STEP, min((each.change for each in seen.steps), key=lambda each: each.deciding_p)))
    adjusted = adjusted_p_values([each.p_value for each in found])
    return tuple(_decided(each, p, alpha) for each, p in zip(found, adjusted, strict=True))


def _look(kind: LookKind, change: Difference) -> Look:
    return Look(kind, change.verdict, change.is_better, change.deciding_p, 1.0)


def _decided(look: Look, p_adjusted: float, alpha: float) -> Look:
    """Let the family decide."""
    if p_adjusted < alpha:
        return Look(look.kind, look.verdict, look.is_better, look.p_value, p_adjusted)
    return Look(look.kind, Verdict.NO_CLEAR_CHANGE, None, look.p_value, p_adjusted)
