"""Generated honest surveys for the tests of data quality."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.data_quality import Battery, QualityOptions, Responses, response_quality
from analysis.values.data_quality import ResponseQuality

ITEMS = tuple(f"q{each}" for each in range(10))
N = 300


def honest(seed: int = 1, n: int = N) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    latent = 3.2 + 0.7 * rng.normal(size=(n, 1)) + 0.8 * rng.normal(size=(n, 10))
    return pd.DataFrame(np.clip(np.rint(latent), 1, 5), columns=list(ITEMS))


def battery(*turned: str) -> Battery:
    return Battery("service", ITEMS, 1, 5, turned)


def quality(responses: Responses, **choices: float) -> ResponseQuality:
    found = response_quality(responses, options=QualityOptions(**choices))
    assert isinstance(found, ResponseQuality)
    return found


def marked(found: ResponseQuality, code: str) -> list[int]:
    return [row for row, own in enumerate(found.rows(code)) if own]
