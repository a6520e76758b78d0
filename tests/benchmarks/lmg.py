"""LMG importance from rows to shares, ours against pingouin's, in interleaved rounds on the same data.

Both sides start from the same arrays in memory and run in one process with one BLAS thread. Rows without a peer have a
limit instead; their ratio is limit over value. `growth()` writes how the cost grows, for the page that states it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pingouin
from threadpoolctl import threadpool_limits

from analysis.drivers import ImportanceOptions, driver_importance, relative_importance
from analysis.drivers.resampling import bootstrap
from analysis.drivers.shapley import exact_shares
from analysis.moments import correlations, weighted_moments
from analysis.respondents import respondents
from analysis.values import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

N_ROWS = 10_000
EQUAL_TO = 1e-8
N_DRAWS = 1_000
MOST_BYTES = 2 * 1024**3
Row = dict[str, Any]


def _data(n_drivers: int, seed: int, n_rows: int = N_ROWS) -> tuple[np.ndarray, np.ndarray]:
    """Return correlated ratings from 1 to 10, as in satisfaction batteries, and an outcome they explain in part."""
    rng = np.random.default_rng(seed)
    halo = rng.normal(size=(n_rows, 1))
    drivers = np.clip(np.rint(6.5 + 1.2 * halo + 1.3 * rng.normal(size=(n_rows, n_drivers))), 1, 10)
    outcome = drivers @ rng.uniform(0, 1, n_drivers) + 3 * rng.normal(size=n_rows)
    return drivers, outcome


def _timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds a call took, and what it gave."""
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def _median(run: Callable[[], Any], rounds: int) -> float:
    """Return the median seconds of a call after one that does not count."""
    run()
    return statistics.median(_timed(run)[0] for _ in range(rounds))


def _processor(run: Callable[[], Any], rounds: int) -> float:
    """Return the median processor seconds of a call: growth is read off them even on a busy machine."""
    run()
    found = []
    for _ in range(rounds):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return statistics.median(found)


def _peer(drivers: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """Return pingouin's shares."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pingouin.linear_regression(drivers, outcome, relimp=True)["relimp"].to_numpy()[1:]


def _beside(name: str, n_drivers: int, n_rows: int, rounds: int, target: float) -> Row:
    """Return one row beside pingouin; raises AssertionError where the two do not agree."""
    drivers, outcome = _data(n_drivers, seed=n_drivers, n_rows=n_rows)
    relative_importance(drivers, outcome)
    ours, theirs = [], []
    for _ in range(rounds):
        peer_time, peer = _timed(lambda: _peer(drivers, outcome))
        # Ours is a thousandth of theirs: several calls per round tame the noise of so short a time.
        for _ in range(3):
            own_time, own = _timed(lambda: relative_importance(drivers, outcome))
            ours.append(own_time)
        difference = float(np.abs(own.lmg - peer).max())
        assert difference < EQUAL_TO, f"{name} differs from pingouin by {difference}"
        theirs.append(peer_time)
    value, peer_value = statistics.median(ours), statistics.median(theirs)
    row = _row(name, "pingouin relimp", (value, peer_value), target, rounds)
    return row | {"largest difference from pingouin": difference}


def _row(name: str, peer: str, values: tuple[float, float], target: float, n: int) -> Row:
    """Return one row; `values` are ours and the peer's (or the limit), `target` the least ratio."""
    value, peer_value = values
    return {
        "name": name,
        "value": value,
        "unit": "s",
        "peer": peer,
        "peer_value": peer_value,
        "ratio": peer_value / value,
        "target": target,
        "n": n,
    }


def _limited(name: str, value: float, limit: float, n: int) -> Row:
    """Return a row with an absolute limit."""
    return _row(name, "limit", (value, limit), 1, n)


def _matrix(n_drivers: int) -> np.ndarray:
    """Return one correlation matrix of so many drivers and, last, the outcome."""
    table = np.column_stack(_data(n_drivers, seed=n_drivers))
    return correlations(weighted_moments(table).covariance)[None]


def _from_covariance(n_drivers: int, rounds: int) -> Row:
    """Return the row of exact shares from a covariance matrix."""
    matrix, players = _matrix(n_drivers), [(place,) for place in range(n_drivers)]
    value = _median(lambda: exact_shares(matrix, players), rounds)
    return _limited(f"lmg-{n_drivers}-ms", 1000 * value, 250, rounds) | {"unit": "ms"}


def most_memory() -> None:
    """Print the seconds of 24 drivers from a covariance matrix, and the largest memory the process ever held."""
    import resource  # noqa: PLC0415 - exists on Unix only, and this runs in a process of its own

    seconds, _ = _timed(lambda: exact_shares(_matrix(24), [(place,) for place in range(24)]))
    print(json.dumps([seconds, 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))


def _largest() -> Row:
    """Return the row of 24 drivers: the memory of a process that does nothing else."""
    command = [sys.executable, "-c", "from tests.benchmarks.lmg import most_memory; most_memory()"]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    seconds, held = json.loads(said.stdout)
    return _limited("lmg-24-memory", held / 1024**3, MOST_BYTES / 1024**3, 1) | {"unit": "GB", "seconds": seconds}


def _draws(drivers: np.ndarray, outcome: np.ndarray, n_draws: int) -> np.ndarray:
    """Return the bootstrap draws of the shares: resamples of the rows, LMG of each."""
    table, players = np.column_stack([drivers, outcome]), [(place,) for place in range(drivers.shape[1])]
    nothing = np.empty((len(table), 0))
    chunks = bootstrap(table, nothing, respondents(len(table)), n_draws, np.random.default_rng(1))
    return np.concatenate([exact_shares(each.correlations, players).lmg for each in chunks])


def _bootstrap(rounds: int) -> list[Row]:
    """Return the rows of the bootstrap: beside pingouin once per draw (a few draws, extrapolated), and its limit."""
    drivers, outcome = _data(10, seed=10)
    rng, ours, theirs = np.random.default_rng(1), [], []
    _draws(drivers, outcome, 20)
    for _ in range(rounds):
        ours.append(_timed(lambda: _draws(drivers, outcome, N_DRAWS))[0])
        for _ in range(2):
            rows = rng.integers(0, N_ROWS, N_ROWS)
            theirs.append(_timed(lambda rows=rows: _peer(drivers[rows], outcome[rows]))[0])
    value, peer_value = statistics.median(ours), N_DRAWS * statistics.median(theirs)
    peer = f"pingouin relimp once per draw, {N_DRAWS} draws extrapolated from {len(theirs)}"
    beside = _row("lmg-bootstrap", peer, (value, peer_value), 500, rounds)
    return [beside, _limited("lmg-bootstrap-s", value, 1.0, rounds)]


def beside_peer(rounds: int) -> list[Row]:
    """Return the rows that are quick enough to guard every change: 8, 10 and 12 drivers on 10,000 rows."""
    with threadpool_limits(1):
        return [_beside(f"lmg-{p}", p, N_ROWS, rounds, target) for p, target in ((8, 20), (10, 20), (12, 100))]


def measure(rounds: int = 7) -> list[Row]:
    """Return the rows of the speed table; `ratio` says how many times faster ours is than the peer or the limit."""
    rows = beside_peer(rounds)
    with threadpool_limits(1):
        # One of pingouin's calls takes up to 17 seconds here: few rounds.
        large = _beside("lmg-15-100k", 15, 100_000, 1 if rounds <= 3 else 3, 200)
        rows += [large, _limited("lmg-15-100k-ms", 1000 * large["value"], 50, large["n"]) | {"unit": "ms"}]
        rows += [_from_covariance(20, rounds), _largest()]
        return rows + _bootstrap(min(rounds, 5))


def growth(rounds: int = 5) -> list[Row]:
    """Return how the cost grows with rows, drivers and draws: processor seconds, and the ratio to the row before."""
    with threadpool_limits(1):
        found = {}
        for n in (10_000, 20_000, 40_000, 80_000, 160_000):
            found["lmg-growth-n", n] = _processor(_call(10, n), rounds)
        for p in (8, 10, 12, 14, 16, 18, 20, 22):
            matrix, players = _matrix(p), [(place,) for place in range(p)]
            found["lmg-growth-p", p] = _processor(lambda m=matrix, who=players: exact_shares(m, who), rounds)
        drivers, outcome = _data(10, seed=10)
        for draws in (500, 1000, 2000, 4000):
            found["lmg-growth-draws", draws] = _processor(lambda b=draws: _draws(drivers, outcome, b), 2)
    rows, before = [], ("", 0.0)
    for (name, size), seconds in found.items():
        ratio = seconds / before[1] if before[0] == name else 1.0
        rows.append({"name": name, "size": size, "seconds": seconds, "ratio": ratio})
        before = (name, seconds)
    return rows


def _call(n_drivers: int, n_rows: int) -> Callable[[], Any]:
    drivers, outcome = _data(n_drivers, seed=n_drivers, n_rows=n_rows)
    return lambda: relative_importance(drivers, outcome)


def everything(rounds: int = 3) -> float:
    """Return the processor seconds of `driver_importance`: 10 drivers, 10,000 rows, all measures and shuffles."""
    drivers, outcome = _data(10, seed=10)
    options = ImportanceOptions(n_draws=N_DRAWS)

    def run() -> None:
        found = driver_importance(drivers, outcome, np.random.default_rng(1), options=options)
        assert not isinstance(found, Refusal)

    with threadpool_limits(1):
        return _processor(run, rounds)


if __name__ == "__main__":
    shown = growth() if sys.argv[1:] == ["growth"] else measure()
    print(json.dumps(shown, indent=2))
    if sys.argv[1:] == ["growth"]:
        print(f"driver_importance, all measures, {N_DRAWS} draws: {everything():.3f} s")
