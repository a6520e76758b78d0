"""Several looks at one series are one family: a decline is seen, and an unchanged series is rarely called changed."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.multiplicity import adjusted_p_values
from analysis.scores import Answers
from analysis.trends import trend
from analysis.values import Refusal
from analysis.values.comparisons import Verdict
from analysis.values.scores import Kind, Measure
from analysis.values.trends import Halves, LookKind, Period, Trend
from tests.analysis.carrying import lacks

NPS = Measure(Kind.NET_PROMOTER)
DECLINE = [
    (20, 30, 50),
    (21, 30, 49),
    (23, 30, 47),
    (28, 30, 42),
    (36, 30, 34),
    (40, 30, 30),
    (41, 30, 29),
    (39, 31, 30),
]


def _trend(counts: list[tuple[int, int, int]]) -> Trend:
    """Return the trend of periods with so many detractors, passives and promoters."""
    scores = np.concatenate([np.repeat([2.0, 7.0, 10.0], each) for each in counts])
    labels = np.repeat([f"p{i}" for i in range(len(counts))], [sum(each) for each in counts]).tolist()
    return trend(Answers(scores), labels, [Period(f"p{i}", float(i)) for i in range(len(counts))], NPS)


def test_a_decline_over_several_periods_is_clear_in_its_halves() -> None:
    found = _trend(DECLINE)
    assert isinstance(found.halves, Halves)
    ends = found.halves
    assert (ends.earlier_first, ends.earlier_last, ends.later_first, ends.later_last) == ("p0", "p3", "p4", "p7")
    assert {each.kind: each.verdict for each in found.looks}[LookKind.HALVES] is Verdict.CLEARLY_DOWN
    assert list(lacks(found)) == []


def test_the_halves_are_the_difference_of_all_their_answers() -> None:
    found = _trend(DECLINE)
    assert isinstance(found.halves, Halves)
    low, _, high = np.array(DECLINE[:4]).sum(axis=0)
    low_after, _, high_after = np.array(DECLINE[4:]).sum(axis=0)
    assert found.halves.change.estimate.value == pytest.approx(((high_after - low_after) - (high - low)) / 4)


def test_a_period_in_the_middle_belongs_to_neither_half() -> None:
    found = _trend(DECLINE[:5])
    assert isinstance(found.halves, Halves)
    assert (found.halves.earlier_last, found.halves.later_first) == ("p1", "p3")


def test_every_look_is_adjusted_for_all_looks() -> None:
    found = _trend(DECLINE)
    assert [each.kind for each in found.looks] == [LookKind.LINE, LookKind.HALVES, LookKind.LATEST, LookKind.STEP]
    expected = adjusted_p_values([each.p_value for each in found.looks])
    assert [each.p_adjusted for each in found.looks] == pytest.approx(expected)


def test_two_periods_have_a_latest_change_only() -> None:
    found = _trend([(20, 30, 50), (60, 30, 10)])
    assert isinstance(found.halves, Refusal)
    assert [(each.kind, each.verdict) for each in found.looks] == [(LookKind.LATEST, Verdict.CLEARLY_DOWN)]
