"""LMG importance from rows to shares, ours against pingouin's, in interleaved rounds on the same data.

Both sides start from the same arrays in memory and run in one process, hence with the same number of BLAS threads.
"""

from __future__ import annotations

import json
import statistics
import time
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pingouin

from analysis.drivers import relative_importance

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (8, 10, 12)
N_ROWS = 10_000
TARGET = 20
EQUAL_TO = 1e-8


def _data(n_drivers: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return correlated ratings from 1 to 10, as in satisfaction batteries, and an outcome they explain in part."""
    rng = np.random.default_rng(seed)
    halo = rng.normal(size=(N_ROWS, 1))
    drivers = np.clip(np.rint(6.5 + 1.2 * halo + 1.3 * rng.normal(size=(N_ROWS, n_drivers))), 1, 10)
    outcome = drivers @ rng.uniform(0, 1, n_drivers) + 3 * rng.normal(size=N_ROWS)
    return drivers, outcome


def _timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds a call took, and what it gave."""
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def _peer(drivers: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """Return pingouin's shares."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pingouin.linear_regression(drivers, outcome, relimp=True)["relimp"].to_numpy()[1:]


def _row(n_drivers: int, rounds: int) -> dict[str, Any]:
    """Return one row of the benchmark; raises AssertionError where the two do not agree."""
    drivers, outcome = _data(n_drivers, seed=n_drivers)
    relative_importance(drivers, outcome)
    ours, theirs = [], []
    for _ in range(rounds):
        own_time, own = _timed(lambda: relative_importance(drivers, outcome))
        peer_time, peer = _timed(lambda: _peer(drivers, outcome))
        difference = float(np.abs(own.lmg - peer).max())
        assert difference < EQUAL_TO, f"lmg-{n_drivers} differs from pingouin by {difference}"
        ours.append(own_time)
        theirs.append(peer_time)
    value, peer_value = statistics.median(ours), statistics.median(theirs)
    return {
        "name": f"lmg-{n_drivers}",
        "value": value,
        "unit": "s",
        "peer": "pingouin relimp",
        "peer_value": peer_value,
        "ratio": peer_value / value,
        "target": TARGET,
        "n": rounds,
    }


def measure(rounds: int = 7) -> list[dict[str, Any]]:
    """Return the medians for 8, 10 and 12 drivers on 10,000 rows; `ratio` says how many times faster ours is."""
    return [_row(n_drivers, rounds) for n_drivers in SIZES]


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
