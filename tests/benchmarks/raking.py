"""Raking from raw columns to weights, against the limit set for it; how the time grows with rows stands beside it."""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

import numpy as np
import pandas as pd

from analysis.weighting import rake

N_ROWS = 100_000
LIMIT_MS = 200.0
MARGINS = {"segment": 4, "region": 8, "age group": 6, "channel": 5}
CLOSE = 1e-8


def _people(n_rows: int) -> tuple[pd.DataFrame, dict[str, dict[str, float]]]:
    """Return text columns as they come from a table of customers, and targets away from what the sample has."""
    rng = np.random.default_rng(1)
    columns, targets = {}, {}
    for name, size in MARGINS.items():
        labels = np.array([f"{name} {place}" for place in range(size)], dtype=object)
        columns[name] = labels[rng.choice(size, n_rows, p=rng.dirichlet(np.full(size, 8.0)))]
        targets[name] = dict(zip(labels.tolist(), rng.dirichlet(np.full(size, 20.0)).tolist(), strict=True))
    return pd.DataFrame(columns), targets


def _milliseconds(n_rows: int, rounds: int) -> float:
    """Return the median time; raises AssertionError where a margin is not met."""
    people, targets = _people(n_rows)
    times = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        found = rake(people, targets)
        times.append(1000 * (time.perf_counter() - start))
        assert found.summary.largest_error < CLOSE, f"a margin is off by {found.summary.largest_error}"
    return statistics.median(times[1:])


def measure(rounds: int = 7) -> list[dict[str, Any]]:
    """Return the median for 100,000 rows and 4 margins; `ratio` says how often it fits into the limit.

    `growth` holds the medians in milliseconds for a tenth and for ten times as many rows.
    """
    value = _milliseconds(N_ROWS, rounds)
    growth = {str(n): _milliseconds(n, max(rounds // 3, 1)) for n in (N_ROWS // 10, N_ROWS * 10)}
    return [
        {
            "name": "raking-ms",
            "value": value,
            "unit": "ms",
            "peer": "limit",
            "peer_value": LIMIT_MS,
            "ratio": LIMIT_MS / value,
            "target": 1,
            "n": rounds,
            "growth": growth,
        }
    ]


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
