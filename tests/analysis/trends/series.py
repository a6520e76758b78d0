"""Waves, points and answers for tests of trends."""

from __future__ import annotations

import numpy as np

from analysis.scores import Answers
from analysis.trends import (
    LineOptions,
    Waves,
)
from analysis.values import Base, Estimate, Interval, Refusal
from analysis.values.scores import NPS_SCALE, Kind, Measure
from analysis.values.trends import Period, TrendPoint, TrendTest

MEAN = Measure(Kind.MEAN, NPS_SCALE)
NPS = Measure(Kind.NET_PROMOTER)
NORMAL = LineOptions(reference="normal")
BASE = Base(100, 100.0, 100.0)


def waves(figures: list[float], errors: list[float], at: list[float] | None = None) -> Waves:
    places = list(range(len(figures))) if at is None else at
    return Waves(np.array(places, float), np.array(figures), np.array(errors) ** 2, "mean", BASE)


def points(figures: list[float], se: float = 0.1, series: str = "") -> list[TrendPoint]:
    return [
        TrendPoint(
            Period(f"{series}{i + 1}", float(i), series),
            Estimate(figure, Interval(figure - 2 * se, figure + 2 * se), BASE, "mean", "mean", se),
        )
        for i, figure in enumerate(figures)
    ]


def judged(result: TrendTest | Refusal) -> TrendTest:
    assert isinstance(result, TrendTest)
    return result


def shifting(level_before: float, level_after: float, n: int = 60) -> tuple[Answers, list[str | None], list[Period]]:
    """Return twelve months of answers whose level moves after the sixth."""
    rng = np.random.default_rng(5)
    levels = [level_before] * 6 + [level_after] * 6
    scores = np.concatenate([np.clip(np.round(rng.normal(level, 2, n)), 0, 10) for level in levels])
    timeline = [Period(f"m{i + 1:02d}", float(i)) for i in range(12)]
    return Answers(scores), [period.label for period in timeline for _ in range(n)], timeline
