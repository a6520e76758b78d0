"""The items as answered: on 0 (worst) to 100 (best) by their declared ends, blanks treated as chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray
from analysis.imputation import Answers, impute
from analysis.respondents import Respondents, respondents
from analysis.satisfaction_index.models import ItemScale, PathModel
from analysis.satisfaction_index.options import IndexOptions, MissingItems
from analysis.values.estimates import Base, Note

Items: TypeAlias = Mapping[str, ArrayLike] | pd.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Complete tables (n x p each, 0..100; one, or one per imputation), whose rows they are, and what was left out."""

    tables: tuple[FloatArray, ...]
    sample: Respondents
    notes: tuple[Note, ...]

    @property
    def base(self) -> Base:
        """Return the base of everything computed from these tables."""
        return self.sample.base()


def item_table(items: Items, codes: tuple[str, ...], scales: tuple[ItemScale, ...]) -> FloatArray:
    """Return the items as columns on 0 (worst) to 100 (best), NaN where blank.

    Raises ValueError for an item that is not there, columns of different length, infinite answers, and answers beyond
    the declared ends.
    """
    absent = [code for code in codes if code not in items]
    if absent:
        raise ValueError(f"The answers lack {', '.join(absent)}.")
    rows = _columns(items, codes)
    _check_ends(rows, codes, scales)
    # Items lie one after the other in memory: every pass below, and every sum later, goes along them.
    rows -= np.array([[each.low if each.higher_is_better else each.high] for each in scales])
    rows *= 100.0
    rows /= np.array([[(each.high - each.low) * (1 if each.higher_is_better else -1)] for each in scales])
    return rows.T


def _columns(items: Items, codes: tuple[str, ...]) -> FloatArray:
    """Return the answers as one row per item; raise ValueError unless each item has one list of one length."""
    if isinstance(items, pd.DataFrame):
        table = items[list(codes)].to_numpy(dtype=np.float64, na_value=np.nan)
        columns = list(table.T) if table.shape[1] == len(codes) else [table]
    else:
        columns = [np.asarray(items[code], dtype=np.float64) for code in codes]
    if any(each.ndim != 1 or each.shape != columns[0].shape for each in columns):
        raise ValueError("Give each item one list of answers, all of one length.")
    return np.array(columns)


def _check_ends(rows: FloatArray, codes: tuple[str, ...], scales: tuple[ItemScale, ...]) -> None:
    """Raise ValueError for the first item (row) with answers beyond its ends; blanks are neither below nor above."""
    lowest, highest = np.fmin.reduce(rows, axis=1, initial=np.inf), np.fmax.reduce(rows, axis=1, initial=-np.inf)
    for code, ends, least, most in zip(codes, scales, lowest, highest, strict=True):
        if least < ends.low or most > ends.high:
            raise ValueError(
                f"Item {code} has answers beyond its scale from {ends.low:g} to {ends.high:g}: "
                "declare missing codes as missing, or correct the scale."
            )


def _kept(table: FloatArray, sample: Respondents, missing: MissingItems) -> tuple[BoolArray, list[Note]]:
    """Return which rows stay, and notes on those that don't: without weight, blank altogether, or with any blank."""
    blank = np.isnan(table)
    weighing = sample.weights > 0
    gone = blank.any(axis=1) if missing is MissingItems.COMPLETE_CASES else blank.all(axis=1)
    notes = []
    if not weighing.all():
        notes.append(Note("rows-without-weight-left-out", {"n": int((~weighing).sum())}))
    n_gone = int((gone & weighing).sum())
    if n_gone:
        code = "incomplete-rows-left-out" if missing is MissingItems.COMPLETE_CASES else "blank-rows-left-out"
        notes.append(Note(code, {"n": n_gone, "of": int(weighing.sum())}))
    return weighing & ~gone, notes


def whose(n: int, sample: Respondents | None) -> Respondents:
    """Return the respondents of n rows; raise ValueError where those given are not as many."""
    found = respondents(n) if sample is None else sample
    if found.weights.shape != (n,):
        raise ValueError(f"The respondents are {found.weights.size}, the rows {n}: give one for each row.")
    return found


def _rows(table: FloatArray, keep: BoolArray) -> FloatArray:
    """Return the kept rows, items still one after the other in memory."""
    return table if keep.all() else table.T[:, keep].T


def complete_rows(items: Items, model: PathModel, sample: Respondents | None) -> Prepared:
    """Return the rows in which every item is answered."""
    table = item_table(items, model.items, model.ends)
    found = whose(len(table), sample)
    keep, notes = _kept(table, found, MissingItems.COMPLETE_CASES)
    return Prepared((_rows(table, keep),), found if keep.all() else found.rows(keep), tuple(notes))


def prepared(
    items: Items, model: PathModel, sample: Respondents | None, options: IndexOptions, rng: np.random.Generator
) -> Prepared:
    """Return complete rows only, or completed tables by multiple imputation, as the options say."""
    if options.missing is MissingItems.COMPLETE_CASES:
        return complete_rows(items, model, sample)
    table = item_table(items, model.items, model.ends)
    found = whose(len(table), sample)
    keep, notes = _kept(table, found, options.missing)
    rows, left = _rows(table, keep), found if keep.all() else found.rows(keep)
    blank = np.isnan(rows)
    if not blank.any():
        return Prepared((rows,), left, tuple(notes))
    if blank.all(axis=0).any():
        raise ValueError(f"Nobody answered {model.items[int(np.argmax(blank.all(axis=0)))]}: leave it out.")
    predictors = left.weights[:, None] if left.is_weighted else np.empty((len(rows), 0))
    battery = Answers(rows, np.zeros(rows.shape, dtype=bool))
    tables = tuple(each.ratings for each in impute(battery, predictors, options.imputation, rng))
    figures: dict[str, float | int | str] = {"blanks": int(blank.sum()), "of": blank.size, "imputations": len(tables)}
    return Prepared(tables, left, (*notes, Note("blanks-imputed", figures)))
