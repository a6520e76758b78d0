"""Generated answers for the tests of ordered and binary models, and the model fitted to them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.categorical import CategoricalOptions, Rows, ordered_regression
from analysis.values.categorical import CategoricalModel


def predictors(n: int = 400, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    halo = rng.normal(size=n)
    return pd.DataFrame(
        {
            "service": np.clip(np.rint(6 + halo + rng.normal(size=n)), 1, 10),
            "price": np.clip(np.rint(5 + 0.5 * halo + 2 * rng.normal(size=n)), 1, 10),
            "channel": rng.choice(["web", "shop", "phone"], size=n),
        }
    )


def outcome(given: pd.DataFrame, seed: int = 2) -> np.ndarray:
    """Return five ordered categories 1 to 5."""
    rng = np.random.default_rng(seed)
    latent = 0.7 * given["service"] + 0.2 * given["price"] + 0.8 * (given["channel"] == "shop")
    return np.searchsorted([3.5, 4.5, 5.8, 7.2], latent + rng.logistic(size=len(given))) + 1


def dummies(given: pd.DataFrame) -> np.ndarray:
    """Return the columns that treatment coding gives, levels in alphabetical order."""
    return np.column_stack(
        [
            given["service"],
            given["price"],
            (given["channel"] == "shop").astype(float),
            (given["channel"] == "web").astype(float),
        ]
    )


LEVELS = {"channel": ["phone", "shop", "web"]}
X = predictors()
Y = outcome(X)


def fitted(y: Any = Y, x: pd.DataFrame = X, rows: Rows | None = None, **choices: Any) -> CategoricalModel:
    found = ordered_regression(y, x, rows, CategoricalOptions(levels=LEVELS, **choices))
    assert isinstance(found, CategoricalModel), found
    return found


def numbers(model: CategoricalModel) -> np.ndarray:
    return np.array([each.value for each in (*model.coefficients.values(), *model.thresholds.values())])
