"""All looks at a series together: how often an unchanged one is called changed by any of them."""

from __future__ import annotations

from functools import partial

import numpy as np

from analysis.scores import Answers
from analysis.trends import trend
from analysis.values.comparisons import Verdict
from analysis.values.scores import Kind, Measure
from analysis.values.trends import Period
from tests.simulations.settings import Drawn, Outcome, Setting

NPS = Measure(Kind.NET_PROMOTER)
POPULATIONS = {"20/30/50": (0.2, 0.3, 0.5), "2/8/90": (0.02, 0.08, 0.9)}


def _alarm(rng: np.random.Generator, n: int, n_periods: int, population: str) -> Outcome:
    """Draw unchanged periods and tell whether any look calls them changed."""
    scores = rng.choice([2.0, 7.0, 10.0], n * n_periods, p=POPULATIONS[population])
    labels = np.repeat([f"p{i}" for i in range(n_periods)], n).tolist()
    found = trend(Answers(scores), labels, [Period(f"p{i}", float(i)) for i in range(n_periods)], NPS)
    clear = any(each.verdict is not Verdict.NO_CLEAR_CHANGE for each in found.looks)
    return Outcome.MISSED if clear else Outcome.HELD


SETTINGS = tuple(
    Drawn(
        Setting("false alarm of any look (Holm)", f"{n_periods} unchanged periods, NPS {name}", n, low=0.95, high=1.0),
        partial(_alarm, n=n, n_periods=n_periods, population=name),
    )
    for name, n_periods, n in (("20/30/50", 9, 100), ("2/8/90", 6, 50))
)
