"""Mann-Kendall's test with Sen's slope and its interval, doubled up to 100,000 points: it grows as n log n.

There is no peer: packages compare all pairs, which at 100,000 points would be five thousand million. The limit is
what a person waits for. Processor time, as one thread does the work: other programs then do not bend the growth.
"""

from __future__ import annotations

import json
import math
import statistics
import time
from typing import Any

import numpy as np

from analysis.trends import mann_kendall, sen_slope
from analysis.values import Refusal

SIZES = (12_500, 25_000, 50_000, 100_000)
LIMIT_S = 5.0
# n log n doubled four times grows like n to the power 1.09; n squared like 2.
LARGEST_GROWTH = 1.35


def _seconds(n: int) -> float:
    """Return how long both take on noise with a slight rise; raises AssertionError where they disagree."""
    values = np.random.default_rng(n).normal(size=n) + np.arange(n) / n
    start = time.process_time()
    test, slope = mann_kendall(values), sen_slope(values)
    taken = time.process_time() - start
    assert not isinstance(test, Refusal)
    assert not isinstance(slope, Refusal)
    assert test.s > 0 < slope.slope.value
    return taken


def measure(rounds: int = 5) -> list[dict[str, Any]]:
    """Return the seconds at 100,000 points and the exponent of their growth from 12,500 points on."""
    _seconds(SIZES[0])
    taken = {n: statistics.median(_seconds(n) for _ in range(rounds)) for n in SIZES}
    growth = float(np.polyfit(np.log(SIZES), np.log(list(taken.values())), 1)[0])
    largest = taken[SIZES[-1]]
    return [
        {
            "name": "mann-kendall-100k",
            "value": largest,
            "unit": "s",
            "peer": "limit",
            "peer_value": LIMIT_S,
            "ratio": LIMIT_S / largest,
            "target": 1,
            "n": rounds,
            "seconds by n": {str(n): round(each, 4) for n, each in taken.items()},
        },
        {
            "name": "mann-kendall-growth",
            "value": growth,
            "unit": "exponent",
            "peer": "limit",
            "peer_value": LARGEST_GROWTH,
            "ratio": LARGEST_GROWTH / growth,
            "target": 1,
            "n": rounds,
            "n log n would be": round(1 + math.log(math.log(SIZES[-1]) / math.log(SIZES[0])) / math.log(8), 3),
        },
    ]


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
