"""What settings of comparisons share: settings of false alarms, and how a comparison is judged."""

from __future__ import annotations

from analysis.values import Refusal
from analysis.values.comparisons import Difference, Verdict
from tests.simulations.settings import Outcome, Setting

SILENT = Verdict.NO_CLEAR_CHANGE


def alarms(method: str, conditions: str, n: int) -> Setting:
    """Return the setting of a verdict that may be wrong in one of twenty cases where nothing changed."""
    return Setting(method, conditions, n, low=0.95, high=1.0)


def held(holds: bool) -> Outcome:
    """Return what a repetition without refusal gave."""
    return Outcome.HELD if holds else Outcome.MISSED


def difference_of(found: Difference | Refusal) -> Difference:
    """Return the difference; a refusal stops the run."""
    if isinstance(found, Refusal):
        raise TypeError(found.code)
    return found


def bounds_of(found: Difference) -> tuple[float, float]:
    """Return the bounds of a difference."""
    if found.estimate.interval is None:
        raise TypeError("a difference has an interval")
    return found.estimate.interval.low, found.estimate.interval.high


def sizes_in_words(sizes: tuple[int, int]) -> str:
    """Return the sizes of two groups as the record shows them."""
    return f"{sizes[0]} and {sizes[1]} answers"
