"""A table of named drivers, an outcome and who answered, made ready for a model: whole rows, and why others are out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray
from analysis.drivers.terms import Layout, Table, Terms, as_frame, laid_out, whole_rows
from analysis.moments import CONSTANT_SPREAD
from analysis.respondents import Respondents, respondents
from analysis.values.estimates import Base, Note, Refusal

# Below this many clusters, sandwich errors with t intervals are known to be too short (Cameron & Miller 2015).
FEW_CLUSTERS = 30


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """Whole rows of a model: layout of the drivers, outcome, respondents, base, and notes on who was left out."""

    layout: Layout
    outcome: FloatArray
    who: Respondents
    base: Base
    notes: tuple[Note, ...]


def _left_out(whole: BoolArray, weighted: BoolArray) -> tuple[Note, ...]:
    """Return how many rows are out because something is missing, and how many because they weigh nothing."""
    counts = {"left-out-incomplete": int((weighted & ~whole).sum()), "left-out-weight-zero": int((~weighted).sum())}
    return tuple(Note(code, {"n": n}) for code, n in counts.items() if n)


def _refused(outcome: FloatArray, who: Respondents, n_columns: int, base: Base) -> Refusal | None:
    """Return why there is no model: fewer respondents than columns and two more, or an outcome that does not vary."""
    needed = n_columns + 2
    if who.n_units < needed:
        return Refusal("base-too-small", base, {"n": who.n_units, "needed": needed})
    if np.ptp(outcome) <= CONSTANT_SPREAD * float(np.abs(outcome).max()):
        return Refusal("outcome-constant", base, {"value": float(outcome[0])})
    return None


def case_of(drivers: Table, outcome: ArrayLike, who: Respondents | None, terms: Terms) -> Case | Refusal:
    """Return the case of all rows in which nothing is missing and the weight is above zero, or why there is none.

    Raises ValueError for infinite numbers, lengths that differ, and columns that do not exist or are named twice.
    """
    frame, answers = as_frame(drivers), np.asarray(outcome, dtype=np.float64)
    who = who or respondents(len(frame))
    if who.weights.shape != (len(frame),):
        raise ValueError(f"Give one weight for each of the {len(frame)} rows of the drivers.")
    whole, weighted = whole_rows(frame, answers), who.weights > 0
    keep = whole & weighted
    kept = pd.DataFrame(frame[keep])
    who, answers = who.rows(keep), answers[keep]
    base, notes = who.base(), _left_out(whole, weighted)
    if not len(kept) or not kept.shape[1]:
        return Refusal("no-whole-row" if kept.shape[1] else "no-usable-driver", base)
    layout = laid_out(kept, terms)
    refused = _refused(answers, who, len(layout.columns), base)
    return refused or Case(layout, answers, who, base, (*notes, *_base_notes(who, base, len(layout.columns))))


def _base_notes(who: Respondents, base: Base, n_columns: int) -> tuple[Note, ...]:
    """Return notes on bases that carry a model badly: few effective answers for the columns, few clusters."""
    needed = max(10 * n_columns, 50)
    effective = min(base.effective, float(who.n_units))
    notes = [Note("effective-base-small", {"effective": effective, "needed": needed})] if effective < needed else []
    if who.clusters is not None and who.n_units < FEW_CLUSTERS:
        notes.append(Note("few-clusters", {"n": who.n_units, "needed": FEW_CLUSTERS}))
    return tuple(notes)
