"""How often honest respondents are marked: everybody here answers with care, so every mark is a false one.

One respondent of each drawn survey is judged, so that the share is one of respondents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from analysis.data_quality import Battery, Responses, response_quality
from analysis.values import Refusal
from tests.simulations.settings import Drawn, Outcome, Setting


@dataclass(frozen=True, slots=True)
class Honest:
    """Honest respondents: items on a scale 1 to `points` around a common judgement, reversed items last."""

    items: int = 10
    points: int = 5
    level: float = 0.6
    halo: float = 0.7
    n_reversed: int = 0


def survey(of: Honest, n: int, rng: np.random.Generator) -> Responses:
    """Return honest answers with log-normal times."""
    common = rng.normal(size=(n, 1))
    latent = of.level + 0.22 * (of.halo * common + np.sqrt(1 - of.halo**2) * rng.normal(size=(n, of.items)))
    answers = np.clip(np.rint(1 + (of.points - 1) * latent), 1, of.points)
    turned = of.items - of.n_reversed
    answers[:, turned:] = of.points + 1 - answers[:, turned:]
    names = tuple(f"q{each}" for each in range(of.items))
    battery = Battery("battery", names, 1, of.points, names[turned:])
    seconds = of.items * 6 * np.exp(0.4 * rng.normal(size=n))
    return Responses(pd.DataFrame(answers, columns=list(names)), (battery,), seconds=seconds)


def _judged(of: Honest, n: int, code: str, rng: np.random.Generator) -> Outcome:
    found = response_quality(survey(of, n, rng))
    assert not isinstance(found, Refusal)
    hit = found.suspicious[0] if code == "suspicious" else found.rows(code)[0]
    return Outcome.MISSED if hit else Outcome.HELD


def _rate(conditions: str, of: Honest, code: str = "suspicious", low: float = 0.95) -> Drawn:
    n = 200
    repeat: Callable[[np.random.Generator], Outcome] = partial(_judged, of, n, code)
    return Drawn(Setting(f"false marks: {code}", conditions, n, low=low, high=1.0), repeat)


PLAIN, HAPPY = Honest(), Honest(points=10, level=0.85)
MIXED, WIDE = Honest(n_reversed=4), Honest(items=25, points=7, halo=0.5)

SETTINGS = (
    _rate("10 items of 5 points", PLAIN),
    _rate("10 items of 10 points, most satisfied", HAPPY),
    _rate("10 items of 5 points, 4 reversed", MIXED),
    _rate("25 items of 7 points", WIDE),
    _rate("5 items of 5 points, strong halo", Honest(items=5, halo=0.9)),
    _rate("10 items of 5 points", PLAIN, "speeding", 0.97),
    _rate("10 items of 5 points", PLAIN, "twin-answers", 0.99),
    _rate("10 items of 10 points, most satisfied", HAPPY, "twin-answers", 0.99),
    _rate("10 items of 5 points", PLAIN, "unusual-pattern", 0.99),
    _rate("10 items of 10 points, most satisfied", HAPPY, "unusual-pattern", 0.99),
    _rate("10 items of 5 points, 4 reversed", MIXED, "contradiction", 0.99),
)
