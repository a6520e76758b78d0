"""What the checks look at: answers, batteries, times, texts, and rules that answers must keep."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray

Allowed: TypeAlias = Collection[tuple[Any, Any]] | Callable[[FloatArray, FloatArray], Any]


@dataclass(frozen=True, slots=True)
class Battery:
    """Items asked together on one scale from `low` to `high`, as ordered; `reversed` are worded the other way."""

    code: str
    items: tuple[str, ...]
    low: float
    high: float
    reversed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a scale without extent and reversed items that are not in the battery."""
        if not self.low < self.high:
            raise ValueError(f"The scale of {self.code} from {self.low} to {self.high} has no extent.")
        if not set(self.reversed) <= set(self.items):
            raise ValueError(f"A reversed item of {self.code} is not among its items.")


@dataclass(frozen=True, slots=True)
class RulePair:
    """Two items whose answers must go together: the allowed pairs, or a function of both columns giving True where so.

    Rows in which one of the two is missing keep the rule.
    """

    first: str
    second: str
    allowed: Allowed


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """Responses as rows; everything but the answers may be left out, and then its check is not made.

    `answers`: numbers by item code, NaN where missing. `seconds`: time taken. `customers`: who answered; `order`: when
    (anything that sorts), so that a customer's first response, or the first with a text, stays unmarked. `texts`: open
    answers. `dont_know`, `asked`: True/False by item code (some columns suffice); without `asked` all were asked.
    """

    answers: pd.DataFrame
    batteries: tuple[Battery, ...] = ()
    rules: tuple[RulePair, ...] = ()
    seconds: ArrayLike | None = None
    customers: ArrayLike | None = None
    order: ArrayLike | None = None
    texts: ArrayLike | None = None
    dont_know: pd.DataFrame | None = None
    asked: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        """Refuse parts of different lengths and names that are no items."""
        n = len(self.answers)
        for name in ("seconds", "customers", "order", "texts", "dont_know", "asked"):
            part = getattr(self, name)
            if part is not None and len(part) != n:
                raise ValueError(f"Give one row of {name} for each of the {n} responses.")
        named = {each for battery in self.batteries for each in battery.items}
        named |= {each for rule in self.rules for each in (rule.first, rule.second)}
        unknown = sorted(named - {str(each) for each in self.answers.columns})
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no column of the answers.")

    def values(self, items: Collection[str]) -> FloatArray:
        """Return the answers to some items (n x k); infinite ones raise ValueError."""
        found: FloatArray = np.asarray(self.answers[list(items)].to_numpy(dtype=np.float64, na_value=np.nan))
        if np.isinf(found).any():
            raise ValueError("An answer is infinite: pass a missing value instead.")
        return found

    def of(self, battery: Battery) -> FloatArray:
        """Return the answers to a battery; one off its scale raises ValueError."""
        found = self.values(battery.items)
        if ((found < battery.low) | (found > battery.high)).any():
            raise ValueError(f"An answer to {battery.code} lies off the scale {battery.low:g} to {battery.high:g}.")
        return found

    def was_asked(self) -> BoolArray:
        """Return which items each response was asked (n x items)."""
        return _told(self.asked, self.answers, default=True)

    def said_dont_know(self) -> BoolArray:
        """Return which items were answered by "don't know" (n x items)."""
        return _told(self.dont_know, self.answers, default=False)


def _told(part: pd.DataFrame | None, answers: pd.DataFrame, *, default: bool) -> BoolArray:
    result: BoolArray = np.full(answers.shape, default)
    if part is None:
        return result
    if bool(part.isna().to_numpy().any()):
        raise ValueError("Asked and don't know are yes or no: a cell is missing.")
    for place, item in enumerate(answers.columns):
        if item in part.columns:
            result[:, place] = part[item].to_numpy(dtype=bool)
    return result
