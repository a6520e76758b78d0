"""Runs settings and writes what came out beside what was demanded."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tests.simulations.settings import Drawn, Exact, Outcome, Setting

# Three Monte-Carlo errors: with some hundred settings, two would raise false alarms every run.
ALLOWED_ERRORS = 3


@dataclass(frozen=True, slots=True)
class Record:
    """What one setting gave: shares of all repetitions, coverage among those with a figure, its Monte-Carlo error."""

    setting: Setting
    draws: int
    coverage: float
    error: float
    refused: float
    warned: float

    def row(self) -> dict[str, Any]:
        """Return the record as plain data."""
        row = asdict(self.setting) | {
            "draws": self.draws,
            "coverage": self.coverage,
            "error": self.error,
            "refused": self.refused,
            "warned": self.warned,
        }
        return row | {"verdict": verdict(row)}


def verdict(row: dict[str, Any]) -> str:
    """Return what a record says of its method.

    `holds` as demanded; `near`: outside by no more than three Monte-Carlo errors; `wide`: more often than demanded;
    `warned`: every miss beyond the demand came with a warning; `refused`: no figure at all; else `misses`.
    """
    if row["refused"] == 1:
        return "refused"
    slack, coverage = ALLOWED_ERRORS * row["error"], row["coverage"]
    if row["low"] <= coverage <= row["high"]:
        return "holds"
    if row["low"] - slack <= coverage <= row["high"] + slack:
        return "near"
    if coverage > row["high"]:
        return "wide"
    return "warned" if coverage + row["warned"] / (1 - row["refused"]) >= row["low"] - slack else "misses"


def run(which: Drawn | Exact) -> Record:
    """Return the record of one setting; the seed follows from its name, so that each can be repeated alone."""
    return _run_exact(which) if isinstance(which, Exact) else _run_drawn(which)


def _run_exact(which: Exact) -> Record:
    shares = dict.fromkeys(Outcome, 0.0)
    for probability, outcome in which.outcomes():
        shares[outcome] += probability
    return _record(which.setting, shares, draws=0)


def _run_drawn(which: Drawn) -> Record:
    name = f"{which.setting.method}|{which.setting.conditions}|{which.setting.n}"
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    counts = Counter(which.repeat(rng) for _ in range(which.draws))
    return _record(which.setting, {each: counts[each] / which.draws for each in Outcome}, which.draws)


def _record(setting: Setting, shares: dict[Outcome, float], draws: int) -> Record:
    given = 1 - shares[Outcome.REFUSED]
    coverage = shares[Outcome.HELD] / given if given > 0 else float("nan")
    n = draws * given
    error = math.sqrt(coverage * (1 - coverage) / n) if n > 0 else 0.0
    return Record(setting, draws, coverage, error, shares[Outcome.REFUSED], shares[Outcome.WARNED])
