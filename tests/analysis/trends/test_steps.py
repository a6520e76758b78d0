"""A sudden change is seen where it happened, and steps that are none are rarely announced."""

from __future__ import annotations

import numpy as np

from analysis.scores import Answers
from analysis.trends import trend
from analysis.values.comparisons import Verdict
from analysis.values.scores import Kind, Measure
from analysis.values.trends import Period, Step
from tests.analysis.carrying import lacks

NPS = Measure(Kind.NET_PROMOTER)


def _steps(counts: list[tuple[int, int, int]], series: list[str] | None = None) -> tuple[Step, ...]:
    """Return the steps of periods with so many detractors, passives and promoters."""
    scores = np.concatenate([np.repeat([2.0, 7.0, 10.0], each) for each in counts])
    labels = np.repeat([f"p{i}" for i in range(len(counts))], [sum(each) for each in counts]).tolist()
    names = series or [""] * len(counts)
    timeline = [Period(f"p{i}", float(i), name) for i, name in enumerate(names)]
    return trend(Answers(scores), labels, timeline, NPS).steps


def test_a_drop_is_named_with_its_two_periods_and_no_other_step_is_clear() -> None:
    found = _steps([(20, 30, 50), (19, 30, 51), (60, 30, 10), (61, 29, 10)])
    clear = [(each.before, each.after) for each in found if each.change.verdict is not Verdict.NO_CLEAR_CHANGE]
    assert clear == [("p1", "p2")]
    assert found[1].change.verdict is Verdict.CLEARLY_DOWN
    assert found[1].change.adjustment == "holm"
    assert list(lacks(found)) == []


def test_a_period_with_too_few_answers_is_passed_over() -> None:
    found = _steps([(20, 30, 50), (3, 3, 3), (60, 30, 10)])
    assert [(each.before, each.after) for each in found] == [("p0", "p2")]


def test_a_step_never_reaches_into_another_series() -> None:
    found = _steps([(20, 30, 50), (60, 30, 10), (20, 30, 50)], ["mail", "phone", "phone"])
    assert [(each.before, each.after) for each in found] == [("p1", "p2")]


def test_one_period_has_no_step() -> None:
    assert _steps([(20, 30, 50)]) == ()
