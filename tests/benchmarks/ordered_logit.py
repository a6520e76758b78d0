"""Ordered logit on 100,000 rows, 10 drivers and 10 levels: ours against statsmodels' OrderedModel by BFGS.

Both start from the same DataFrame in one process, one BLAS thread each. The peer needs tens of seconds per fit, its
covariance included; therefore one round is enough in the long form, and the short form leaves this benchmark out.
"""

from __future__ import annotations

import json
import statistics
import time
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from statsmodels.miscmodels.ordinal_model import OrderedModel

from analysis.categorical import ordered_regression
from analysis.values import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.values.categorical import CategoricalModel

N_ROWS, N_DRIVERS = 100_000, 10
TARGET = 20
EQUAL_TO = 1e-4


def data(n_rows: int, n_drivers: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return correlated ratings from 1 to 10 and an outcome of ten levels that they explain in part."""
    rng = np.random.default_rng(n_drivers)
    halo = rng.normal(size=(n_rows, 1))
    drivers = np.clip(np.rint(6.5 + 1.2 * halo + 1.3 * rng.normal(size=(n_rows, n_drivers))), 1, 10)
    latent = (drivers - 6.5) @ rng.uniform(0, 4 / n_drivers, n_drivers) + rng.logistic(size=n_rows)
    outcome = np.searchsorted(np.quantile(latent, np.linspace(0.1, 0.9, 9)), latent) + 1
    return pd.DataFrame(drivers, columns=[f"driver{each}" for each in range(n_drivers)]), outcome


def _timed(run: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def _ours(drivers: pd.DataFrame, outcome: np.ndarray) -> CategoricalModel:
    found = ordered_regression(outcome, drivers)
    assert not isinstance(found, Refusal)
    return found


def _peer(drivers: pd.DataFrame, outcome: np.ndarray) -> np.ndarray:
    """Return the coefficients of statsmodels; its standard errors are part of the fit."""
    levels = pd.Series(pd.Categorical(outcome, ordered=True), index=drivers.index)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = OrderedModel(levels, drivers, distr="logit").fit(method="bfgs", disp=False, maxiter=500, gtol=1e-6)
        assert found.bse.notna().all()
    return found.params.to_numpy()[: drivers.shape[1]]


def _median(n_rows: int, n_drivers: int) -> float:
    drivers, outcome = data(n_rows, n_drivers)
    _ours(drivers, outcome)
    return statistics.median(_timed(lambda: _ours(drivers, outcome))[0] for _ in range(5))


def growth() -> str:
    """Return seconds per fit as rows and drivers double, others as in the benchmark."""
    rows = [f"{n:,} rows {_median(n, N_DRIVERS):.3f} s" for n in (25_000, 50_000, 100_000, 200_000)]
    drivers = [f"{p} drivers {_median(N_ROWS, p):.3f} s" for p in (5, 10, 20, 40)]
    return ", ".join(rows + drivers)


def measure(rounds: int = 1) -> list[dict[str, Any]]:
    """Return the medians of interleaved rounds, and under `growth` what more rows and drivers cost us."""
    drivers, outcome = data(N_ROWS, N_DRIVERS)
    _ours(drivers, outcome)
    ours, theirs = [], []
    for _ in range(rounds):
        own_time, own = _timed(lambda: _ours(drivers, outcome))
        peer_time, peer = _timed(lambda: _peer(drivers, outcome))
        away = float(np.abs(np.array([each.value for each in own.coefficients.values()]) - peer).max())
        assert away < EQUAL_TO, f"ordered-logit differs from statsmodels by {away}"
        ours.append(own_time)
        theirs.append(peer_time)
    value, peer_value = statistics.median(ours), statistics.median(theirs)
    return [
        {
            "name": "ordered-logit",
            "value": value,
            "unit": "s",
            "peer": "statsmodels OrderedModel, BFGS",
            "peer_value": peer_value,
            "ratio": peer_value / value,
            "target": TARGET,
            "n": rounds,
            "growth": growth(),
        }
    ]


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
