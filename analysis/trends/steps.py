"""Steps: each period against the one before it, tested as one family, so that a sudden change is seen.

A line through the periods says little about a level that moves at once; the latest change looks at two periods only.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from analysis.comparisons import ComparisonOptions, adjust_family, compare_samples
from analysis.values import Refusal
from analysis.values.scores import Measure
from analysis.values.trends import Period, Step
from analysis.weights import Sample

METHOD = "neighbours-holm"


def steps(parts: Sequence[tuple[Period, Sample]], measure: Measure, options: ComparisonOptions) -> tuple[Step, ...]:
    """Return every period of the latest series minus its neighbour before it, by Holm over all of them.

    Periods with fewer than `comparison_base` answers are passed over: their neighbours are compared with each other.
    """
    series = parts[-1][0].series if parts else ""
    shown = [(p, each) for p, each in parts if p.series == series and each.base.n >= options.comparison_base]
    pairs = list(pairwise(shown))
    changes = adjust_family([compare_samples((one, other), measure, options) for (_, one), (_, other) in pairs], "holm")
    return tuple(
        Step(before.label, after.label, change)
        for ((before, _), (after, _)), change in zip(pairs, changes, strict=True)
        if not isinstance(change, Refusal)
    )
