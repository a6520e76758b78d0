"""The ECSI model from rows to paths, weights and scores, ours against Python plspm's, in interleaved rounds.

plspm needs an older pandas, so it lives in an environment of its own under instance/peers/, made on first use from
plspm.lock; it is therefore part of the long form of `make bench` only. Both sides have one BLAS thread. The answers are
generated: seven constructs, 24 items rated from 1 to 10.
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from analysis.satisfaction_index import (
    IndexOptions,
    PathFit,
    ecsi_model,
    index_scores,
    path_model_fit,
    satisfaction_index,
)
from analysis.values.satisfaction_index import SatisfactionIndex

ROOT = Path(__file__).parents[2]
PEER = ROOT / "instance" / "peers" / "plspm"
HERE = Path(__file__).parent
N_ITEMS = {
    "Image": 5,
    "Expectation": 3,
    "Quality": 7,
    "Value": 2,
    "Satisfaction": 3,
    "Complaints": 1,
    "Loyalty": 3,
}
BLOCKS = {construct: [f"{construct.lower()}_{i + 1}" for i in range(n)] for construct, n in N_ITEMS.items()}
MODEL = ecsi_model(BLOCKS, (1, 10))
SIZES = {"ecsi-fit": 250, "ecsi-fit-10k": 10_000}
BOOTSTRAPS = {"ecsi-bootstrap-s": 250, "ecsi-bootstrap-10k-s": 10_000}
N_DRAWS = 1000
TARGET = 50
LIMIT_SECONDS = 1.0
EQUAL_TO = 1e-6


def answers(n: int, seed: int = 1) -> pd.DataFrame:
    """Return ratings in the shape of an ECSI survey: what leads to a construct makes half of it, its items show it."""
    rng = np.random.default_rng(seed)
    scores: dict[str, np.ndarray] = {}
    for construct in BLOCKS:
        leading = [scores[each] for each in MODEL.leading_to(construct)]
        pulled = np.mean(leading, axis=0) if leading else np.zeros(n)
        scores[construct] = 0.75 * pulled + rng.normal(size=n) * (0.7 if leading else 1.0)
    columns = {}
    for construct, items in BLOCKS.items():
        for item in items:
            rating = 7 + 1.3 * scores[construct] + rng.uniform(0.6, 1.4) * rng.normal(size=n)
            columns[item] = np.clip(np.rint(rating), 1, 10)
    return pd.DataFrame(columns)


def _python_of_peer() -> Path:
    """Return the peer's interpreter, its environment made from the lock file where that is not there yet."""
    python, done, lock = PEER / "bin" / "python", PEER / ".installed", HERE / "plspm.lock"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not done.exists() or done.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(PEER)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)]
        subprocess.run(install, check=True)
        done.write_text(wanted)
    return python


@contextmanager
def _peer(data: pd.DataFrame) -> Iterator[Callable[[], dict[str, Any]]]:
    """Yield a call that lets plspm fit the standardised data once."""
    standardised = (data - data.mean()) / data.std()
    job = {"columns": standardised.to_dict(orient="list"), "blocks": BLOCKS, "paths": MODEL.pairs}
    command = [str(_python_of_peer()), "-W", "ignore", str(HERE / "plspm_peer.py")]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def said(line: str) -> None:
            process.stdin.write(line + "\n")
            process.stdin.flush()

        def fit() -> dict[str, Any]:
            said("fit")
            return json.loads(process.stdout.readline())

        said(json.dumps(job))
        yield fit
        process.stdin.close()


def _own(data: pd.DataFrame, clock: Callable[[], float] = time.perf_counter) -> tuple[float, list[float]]:
    """Return the seconds of one fit with every respondent's scores, and the path coefficients."""
    start = clock()
    found = path_model_fit(data, MODEL)
    assert isinstance(found, PathFit)
    index_scores(data, found.weights)
    return clock() - start, [found.path(*pair) for pair in MODEL.pairs]


def _fit_row(name: str, n_rows: int, rounds: int) -> dict[str, Any]:
    """Return one row of fits; raises AssertionError where the two don't agree."""
    data, ours, theirs = answers(n_rows), [], []
    with _peer(data) as fit:
        _own(data)
        fit()
        for _ in range(rounds):
            seconds, paths = _own(data)
            peer = fit()
            difference = float(np.abs(np.array(paths) - peer["paths"]).max())
            assert difference < EQUAL_TO, f"{name} differs from plspm by {difference}"
            ours.append(seconds)
            theirs.append(peer["seconds"])
    value, peer_value = statistics.median(ours), statistics.median(theirs)
    return {
        "name": name,
        "value": value,
        "unit": "s",
        "peer": "python plspm, one fit",
        "peer_value": peer_value,
        "ratio": peer_value / value,
        "target": TARGET,
        "n": rounds,
    }


def _bootstrap_seconds(n_rows: int, n_draws: int, rounds: int, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the median seconds of the whole index with its intervals."""
    data, taken = answers(n_rows), []
    for each in range(rounds):
        start = clock()
        found = satisfaction_index(data, MODEL, np.random.default_rng(each), options=IndexOptions(n_draws=n_draws))
        taken.append(clock() - start)
        assert isinstance(found, SatisfactionIndex)
        assert found.n_draws == n_draws
    return statistics.median(taken)


def _bootstrap_row(name: str, n_rows: int, rounds: int) -> dict[str, Any]:
    """Return one row of 1,000 refits on resampled respondents, against the limit."""
    value = _bootstrap_seconds(n_rows, N_DRAWS, rounds)
    return {
        "name": name,
        "value": value,
        "unit": "s",
        "peer": "limit",
        "peer_value": LIMIT_SECONDS,
        "ratio": LIMIT_SECONDS / value,
        "target": 1,
        "n": rounds,
    }


def measure(rounds: int = 7, *, with_peer: bool = True) -> list[dict[str, Any]]:
    """Return the medians: one fit beside plspm's (long form only), and 1,000 bootstraps beside their limit."""
    with threadpool_limits(1):
        rows = [_fit_row(name, n, rounds) for name, n in SIZES.items()] if with_peer else []
        return rows + [_bootstrap_row(name, n, rounds) for name, n in BOOTSTRAPS.items()]


def growth(rounds: int = 3) -> list[dict[str, float]]:
    """Return how the processor seconds grow: one fit with the rows, the whole index with draws and with rows."""
    clock = time.process_time
    with threadpool_limits(1):
        fits = []
        for n in (1_000, 10_000, 100_000):
            data = answers(n)
            seconds = statistics.median(_own(data, clock)[0] for _ in range(rounds + 2))
            fits.append({"rows": n, "draws": 0, "seconds": seconds})
        grid = [(250, 500), (250, 1000), (250, 2000), (250, 4000), (1_000, 1000), (10_000, 1000), (40_000, 1000)]
        return fits + [{"rows": n, "draws": b, "seconds": _bootstrap_seconds(n, b, rounds, clock)} for n, b in grid]


if __name__ == "__main__":
    print(json.dumps(growth() if "--growth" in sys.argv else measure(), indent=2))
