"""From single purchases to what purchase models need: frequency, recency, age and mean spend of each customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import BoolArray, FloatArray, IntArray

DAYS = "datetime64[D]"


@dataclass(frozen=True, slots=True, eq=False)
class Transactions:
    """Purchases, one per row: whose, when, and for how much; all of shape (n,).

    `dates` are dates, ISO texts or datetime64; rows with a missing customer, date or amount are left out.
    """

    customers: Sequence[object] | NDArray[np.generic]
    dates: ArrayLike
    amounts: ArrayLike | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Purchases:
    """What is sufficient of each customer's purchases; all of shape (n,), customers in order of their names.

    `frequency` repeat purchases (days with a purchase after the first), `recency` time from first to last purchase,
    `age` time from first purchase to the end of observation, `spend` mean amount of the repeat purchases (NaN without
    any or without amounts), `weights` how many such customers each stands for.
    """

    customers: tuple[str, ...]
    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    spend: FloatArray
    n_left_out: int = 0

    def __post_init__(self) -> None:
        """Refuse figures that no customer can have."""
        shape = self.frequency.shape
        if shape != (len(self.customers),) or any(x.shape != shape for x in (self.recency, self.age, self.spend)):
            raise ValueError("Give one frequency, recency, age and spend for each customer.")
        for name in ("frequency", "recency", "age"):
            if not np.isfinite(getattr(self, name)).all() or (getattr(self, name) < 0).any():
                raise ValueError(f"Every {name} must be a finite number of at least zero.")
        if (self.recency > self.age).any() or ((self.frequency > 0) != (self.recency > 0)).any():
            raise ValueError("A last purchase lies within the age, and apart from the first exactly where one repeats.")

    @property
    def n_repeating(self) -> int:
        """Return how many customers came back at least once."""
        return int((self.frequency > 0).sum())


def purchases_of(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, spend: ArrayLike | None = None) -> Purchases:
    """Return purchases from figures already summed up, arrays (n,) in any unit of time; customers are numbered from 1.

    Raises ValueError for lengths that differ, negative figures, a recency beyond the age, or a recency above zero
    without repeat purchases.
    """
    counts = np.asarray(frequency, dtype=np.float64)
    means = np.full(counts.shape, np.nan) if spend is None else np.asarray(spend, dtype=np.float64)
    names = tuple(str(i + 1) for i in range(counts.size))
    return Purchases(names, counts, np.asarray(recency, dtype=np.float64), np.asarray(age, dtype=np.float64), means)


def purchase_histories(transactions: Transactions, until: date, unit_days: float = 7.0) -> Purchases:
    """Return frequency, recency, age and mean spend of each customer from purchases up to and including `until`.

    Purchases of one customer on one day count as one, their amounts added up. Time is in units of `unit_days` days
    (weeks). Purchases after `until` are ignored; who first bought on `until` itself has age 0. Rows with a missing
    customer, date or amount are left out and counted in `n_left_out`. Raises ValueError for lengths that differ and
    infinite or negative amounts.
    """
    if unit_days <= 0:
        raise ValueError("A unit of time has more than zero days.")
    owners, days, amounts, present = complete_rows(transactions)
    end = np.datetime64(until, "D")
    used = present & ~(days > end)
    names, whose = np.unique(owners[used].astype(str), return_inverse=True)
    pairs, place = np.unique(
        np.column_stack([whose, days[used].astype(np.int64)]).reshape(-1, 2), axis=0, return_inverse=True
    )
    totals = np.bincount(place.reshape(-1), weights=amounts[used], minlength=len(pairs))
    n = names.size
    first, last = _span(pairs, n)
    counts: FloatArray = np.bincount(pairs[:, 0], minlength=n).astype(np.float64) - 1
    repeats = pairs[:, 1] > first[pairs[:, 0]]
    spent = np.bincount(pairs[repeats, 0], weights=totals[repeats], minlength=n)
    spend = np.full(n, np.nan)
    if transactions.amounts is not None:
        spend = np.divide(spent, counts, out=spend, where=counts > 0)
    age: FloatArray = (end.astype(np.int64) - first) / unit_days
    recency: FloatArray = (last - first).astype(np.float64) / unit_days
    return Purchases(tuple(names.tolist()), counts, recency, age, spend, int((~present).sum()))


def _span(pairs: IntArray, n: int) -> tuple[IntArray, IntArray]:
    """Return the first and last day of each customer; pairs are in order of customer and day."""
    starts = np.searchsorted(pairs[:, 0], np.arange(n), side="left")
    ends = np.searchsorted(pairs[:, 0], np.arange(n), side="right") - 1
    return pairs[starts, 1], pairs[ends, 1]


def complete_rows(given: Transactions) -> tuple[NDArray[np.object_], NDArray[np.datetime64], FloatArray, BoolArray]:
    """Return customers, days, amounts and which rows have all of them."""
    owners = np.asarray(given.customers, dtype=object)
    days = np.asarray(given.dates, dtype=DAYS)
    amounts = np.zeros(days.shape) if given.amounts is None else np.asarray(given.amounts, dtype=np.float64)
    if owners.shape != days.shape or amounts.shape != days.shape or days.ndim != 1:
        raise ValueError("Give one customer, one date and, if any, one amount for each purchase.")
    if np.isinf(amounts).any() or (amounts < 0).any():
        raise ValueError("Amounts must be finite and not below zero; write a missing one as NaN.")
    named = np.array([not _is_missing(each) for each in owners], dtype=np.bool_)
    return owners, days, amounts, named & ~np.isnat(days) & ~np.isnan(amounts)


def _is_missing(owner: object) -> bool:
    return owner is None or owner != owner  # noqa: PLR0124 - the mark of NaN of any type
