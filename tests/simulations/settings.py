"""How a setting of the simulation is written down, before it is run.

A `Coverage` setting asks how often an interval holds the truth; an `Alarms` setting how often a verdict is given where
nothing changed. Drawn settings are repeated at least 2,000 times from a seed of their own; an `Exact` one adds up the
probabilities of all outcomes, so that no Monte-Carlo error is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

N_DRAWS = 2_000


class Outcome(StrEnum):
    """What one repetition gave."""

    HELD = "held"  # the interval held the truth; the verdict kept silent
    MISSED = "missed"  # the interval did not; the verdict was a false alarm
    WARNED = "warned"  # a miss, but the result carried a note that the method does not hold here
    REFUSED = "refused"  # no figure, with a reason


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the record: which method, under which conditions, and the bounds demanded of it.

    `low` and `high` bound the share of intervals that hold the truth (for alarms: 1 minus their rate).
    """

    method: str
    conditions: str
    n: int
    low: float = 0.93
    high: float = 0.975


@dataclass(frozen=True, slots=True)
class Drawn:
    """A setting that is drawn: `repeat` makes one sample from the generator and judges it."""

    setting: Setting
    repeat: Callable[[np.random.Generator], Outcome]
    draws: int = N_DRAWS


@dataclass(frozen=True, slots=True)
class Exact:
    """A setting that is enumerated: `outcomes` yields every possible sample's probability and judgement."""

    setting: Setting
    outcomes: Callable[[], Iterable[tuple[float, Outcome]]]
