"""Groups and measures that the tests of comparisons share."""

from __future__ import annotations

from analysis.comparisons import ComparisonOptions
from analysis.values import Refusal
from analysis.values.comparisons import Difference
from analysis.values.scores import NPS_SCALE, Kind, Measure, Scale

NPS = Measure(Kind.NET_PROMOTER)
CSAT = Measure(Kind.TOP_BOX, Scale(1, 5))
EFFORT = Measure(Kind.MEAN, Scale(1, 7, higher_is_better=False))
ANY_BASE = ComparisonOptions(comparison_base=2)
MEASURES = [NPS, Measure(Kind.TOP_BOX, NPS_SCALE), Measure(Kind.MEAN, NPS_SCALE)]


def difference(result: Difference | Refusal) -> Difference:
    """Return a difference that is expected not to be refused."""
    assert isinstance(result, Difference)
    return result


def bounds(found: Difference) -> tuple[float, float]:
    """Return the bounds of a difference."""
    assert found.estimate.interval is not None
    return found.estimate.interval.low, found.estimate.interval.high
