"""Steps between neighbouring periods: how often one is announced where nothing changed."""

from __future__ import annotations

from functools import partial

import numpy as np

from analysis.comparisons import ComparisonOptions
from analysis.trends.steps import steps
from analysis.values.comparisons import Verdict
from analysis.values.scores import Kind, Measure
from analysis.values.trends import Period
from analysis.weights import sample_of
from tests.simulations.settings import Drawn, Outcome, Setting

NPS = Measure(Kind.NET_PROMOTER)
POPULATIONS = {"20/30/50": (0.2, 0.3, 0.5), "2/8/90": (0.02, 0.08, 0.9)}


def _alarm(rng: np.random.Generator, n: int, n_periods: int, population: str) -> Outcome:
    """Draw unchanged periods and tell whether any step is announced."""
    parts = [
        (Period(f"p{i}", float(i)), sample_of(rng.choice([2.0, 7.0, 10.0], n, p=POPULATIONS[population])))
        for i in range(n_periods)
    ]
    found = steps(parts, NPS, ComparisonOptions())
    clear = any(each.change.verdict is not Verdict.NO_CLEAR_CHANGE for each in found)
    return Outcome.MISSED if clear else Outcome.HELD


SETTINGS = tuple(
    Drawn(
        Setting("false alarm of any step (Holm)", f"{n_periods} periods, NPS {name}", n, low=0.95, high=1.0),
        partial(_alarm, n=n, n_periods=n_periods, population=name),
    )
    for name in POPULATIONS
    for n_periods, n in ((4, 30), (12, 100))
)
