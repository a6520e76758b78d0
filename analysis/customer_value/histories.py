"""How long each customer was observed, and whether and how the observation ended in leaving.

A history is right-censored (still a customer when last seen) and may be left-truncated: who was already a customer when
observation began enters the risk set at the age reached then, not at zero, since earlier leavers never had a chance to
be seen. What became known only later (who answered a survey, who complained) must not count from the start either:
`known_at` moves entry to that time, the guard against immortal time (Suissa 2008).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.respondents import Respondents, respondents
from analysis.values import Base, Note, Refusal


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """Customers' observed times and whether they ended in leaving; all arrays of shape (n,).

    `times` from becoming a customer to leaving or to the last observation, in any unit; `events` 1 (or True) where
    the customer left, 0 where still there; for competing risks any labels, None or 0 for "still there".
    `entries` the age at which observation began (left truncation; nothing where given as None). `known_at` the age at
    which groups or covariates became known. `weights` survey weights; `clusters` whose row it is where customers have
    several.
    """

    times: ArrayLike
    events: ArrayLike
    entries: ArrayLike | None = None
    weights: ArrayLike | None = None
    clusters: ArrayLike | None = None
    known_at: ArrayLike | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Spells:
    """Checked histories without missing values: `entries` is -infinity where observation began at the start.

    `kept` says which of the given rows these are.
    """

    times: FloatArray
    events: IntArray
    entries: FloatArray
    who: Respondents
    kept: BoolArray
    notes: tuple[Note, ...] = ()

    @property
    def base(self) -> Base:
        """Return the base of all customers observed."""
        return self.who.base()

    @property
    def weights(self) -> FloatArray:
        """Return weights with a mean of one: multiplying all of them by a constant must change nothing."""
        if not self.who.is_weighted:
            return np.ones(self.times.size)
        scaled: FloatArray = self.who.weights * (self.times.size / self.who.weights.sum())
        return scaled

    @property
    def n_events(self) -> int:
        """Return how many left."""
        return int((self.events > 0).sum())

    @property
    def is_truncated(self) -> bool:
        """Tell whether anybody entered after the start."""
        return bool(np.isfinite(self.entries).any())

    @property
    def is_plain(self) -> bool:
        """Tell whether rows count alike and each is another customer."""
        return self.who.clusters is None and not self.who.is_weighted

    def rows(self, chosen: BoolArray) -> Spells:
        """Return the chosen spells; `kept` and notes stay those of all."""
        return Spells(
            self.times[chosen],
            self.events[chosen],
            self.entries[chosen],
            self.who.rows(chosen),
            self.kept,
            self.notes,
        )


def spells_of(histories: Histories, present: BoolArray | None = None) -> Spells:
    """Return checked spells of 0/1 events; rows with a missing time or event, or not `present`, are left out and noted.

    Raises ValueError for lengths that differ, negative or infinite times, events other than 0 and 1, entries not before
    times, and weights below zero.
    """
    events = np.asarray(histories.events, dtype=np.float64)
    there = ~np.isnan(events)
    if not np.isin(events[there], (0.0, 1.0)).all():
        raise ValueError("Events are 1 for customers who left, 0 for those still there, and NaN for unknown.")
    return coded_spells(histories, events, there if present is None else there & present)


def coded_spells(histories: Histories, codes: FloatArray, present: BoolArray) -> Spells:
    """Return checked spells whose events are given as whole numbers from 0; rows not `present` are left out."""
    times = np.asarray(histories.times, dtype=np.float64)
    if times.ndim != 1 or codes.shape != times.shape or present.shape != times.shape:
        raise ValueError(f"Give one event for each time, not {codes.shape} for {times.shape}.")
    entries, late = _entries(histories, times)
    kept = present & ~np.isnan(times) & ~np.isnan(entries)
    if np.isinf(times[kept]).any() or (times[kept] < 0).any():
        raise ValueError("Times must be finite numbers not below zero; write a missing time as NaN.")
    who = respondents(times.size, histories.weights, histories.clusters)
    used = kept & ~late & (who.weights > 0)
    notes = _notes(int((~kept).sum()), int((late & kept).sum()), int((np.isfinite(entries) & used).sum()))
    numbers: IntArray = np.where(present, codes, 0).astype(np.int64)[used]
    return Spells(times[used], numbers, entries[used], who.rows(used), used, notes)


def _entries(histories: Histories, times: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Return when each customer enters the risk set, and who left it before his group was known."""
    entries = _ages(histories.entries, times, "entry")
    if (entries >= times).any():
        raise ValueError("Every entry must lie before the time at which the customer was last seen.")
    known = _ages(histories.known_at, times, "time of knowing")
    late: BoolArray = known >= times
    return np.maximum(entries, known), late


def _ages(given: ArrayLike | None, times: FloatArray, name: str) -> FloatArray:
    """Return ages (n,), -infinity where they are not above zero or none are given."""
    if given is None:
        return np.full(times.shape, -np.inf)
    ages = np.asarray(given, dtype=np.float64)
    if ages.shape != times.shape or np.isinf(ages).any() or (ages < 0).any():
        raise ValueError(f"Give one finite {name} of at least zero for each time.")
    return np.where(ages == 0, -np.inf, ages)


def _notes(missing: int, immortal: int, truncated: int) -> tuple[Note, ...]:
    """Say who was left out and who entered late."""
    counts = {"missing-left-out": missing, "immortal-time-removed": immortal, "left-truncated": truncated}
    return tuple(Note(code, {"n": n}) for code, n in counts.items() if n)


def too_few(spells: Spells, minimum: int) -> Refusal | None:
    """Return why these spells carry no figure: nobody, or fewer customers than the minimum."""
    base = spells.base
    if base.n < max(minimum, 1):
        return Refusal("base-too-small", base, {"n": base.n, "needed": max(minimum, 1)})
    return None
