"""Responses that repeat others: the same answers throughout, the same customer, the same words."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.data_quality.findings import Check, Finding
from analysis.data_quality.options import QualityOptions
from analysis.data_quality.responses import Responses
from analysis.values.data_quality import MarkCode, Strength

# People of similar mean answer are compared with each other: at least so many in a group, in at most ten groups.
_GROUP, _MOST_GROUPS = 50, 10


def _set_of(rows: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the number of the set of equal rows each row belongs to, and the size of that set."""
    _, numbers, sizes = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    numbers = numbers.ravel()
    return numbers.astype(np.int64), sizes[numbers].astype(np.int64)


def _levels_of_answering(means: FloatArray) -> IntArray:
    """Return groups of similar mean answer, numbered from 0; equal means fall into one group."""
    n_groups = max(1, min(_MOST_GROUPS, means.size // _GROUP))
    cuts = np.quantile(means, np.arange(1, n_groups) / n_groups)
    return np.searchsorted(np.unique(cuts), means, side="right").astype(np.int64)


def expected_twins(answers: FloatArray, sizes: IntArray) -> FloatArray:
    """Return how many other rows would agree with each row by chance.

    (n - 1) P(g) prod_j P(a_j | g), with g the group of similar mean answer: within a group items are taken as
    independent, between groups the common level (halo) is kept. The row's own set of equals is left out of the counts.
    """
    n = len(answers)
    groups = _levels_of_answering(np.nanmean(np.where(answers < 0, np.nan, answers), axis=1))
    members = np.bincount(groups)[groups]
    logs = np.log(members / n)
    for column in answers.T:
        _, codes = np.unique(column, return_inverse=True)
        cells = groups * (int(codes.max()) + 1) + codes
        same = np.bincount(cells)[cells]
        n_levels = int(codes.max()) + 1
        logs += np.log((same - sizes + 0.5) / (members - sizes + 0.5 * n_levels))
    result: FloatArray = (n - 1) * np.exp(logs)
    return result


def twin_answers(responses: Responses, options: QualityOptions) -> Check:
    """Return whose answers to all items are another's too, where chance would not make that so.

    Straight lines are left to their own check. Blanks in the same places count as agreement.
    """
    raw = responses.values(list(responses.answers.columns))
    if len(raw) < options.least_rows or raw.shape[1] < options.least_twin:
        return Check("twin-answers", reason="too-few-responses-or-items")
    shifted = raw - np.nanmin(raw, initial=0.0)
    answers = np.where(np.isnan(raw), -1.0, shifted)
    answered = (answers >= 0).sum(axis=1)
    varied = np.array([np.unique(row[row >= 0]).size > 1 for row in answers])
    usable = (answered >= options.least_twin) & varied
    rows, expected, sizes = (
        np.zeros(len(raw), dtype=bool),
        np.full(len(raw), np.nan),
        np.zeros(len(raw), dtype=np.int64),
    )
    if usable.any():
        _, own = _set_of(answers[usable])
        chance = expected_twins(answers[usable], own)
        rows[usable], expected[usable], sizes[usable] = (own > 1) & (chance < options.twin_chance), chance, own
    figures = {"responses": sizes, "expected": expected}
    return Check("twin-answers", (Finding(MarkCode.TWIN_ANSWERS, Strength.WEAK, rows, figures),))


def _later(keys: pd.Series[str], order: ArrayLike | None) -> tuple[BoolArray, IntArray]:
    """Return which rows repeat an earlier row's key, and how many rows hold it; without an order all of them repeat."""
    sizes = keys.groupby(keys).transform("size").reindex(range(len(keys))).fillna(0).to_numpy(dtype=np.int64)
    repeated = sizes > 1
    if order is None:
        return repeated, sizes
    when = pd.Series(np.asarray(order)).groupby(keys).rank(method="min").reindex(range(len(keys)))
    return repeated & (when.fillna(1.0) > 1).to_numpy(), sizes


def repeated_customers(responses: Responses, options: QualityOptions) -> Check:  # noqa: ARG001 - as every check
    """Return the responses of customers who answered before; all of theirs where no order is given."""
    if responses.customers is None:
        return Check("repeated-customers")
    keys = pd.Series(np.asarray(responses.customers, dtype=object)).dropna().map(str)
    keys = keys.reindex(range(len(responses.answers)))
    rows, sizes = _later(keys, responses.order)
    return Check(
        "repeated-customers",
        (Finding(MarkCode.REPEATED_CUSTOMER, Strength.STATED, rows, {"responses": sizes}),),
    )


def _plain_text(text: object) -> str:
    """Return the words of a text alone: composed, folded, without punctuation and double spaces."""
    folded = unicodedata.normalize("NFKC", str(text)).casefold()
    return " ".join(re.findall(r"\w+", folded))


def repeated_texts(responses: Responses, options: QualityOptions) -> Check:
    """Return whose open answer, long enough to be no common phrase, was given before by somebody else.

    A text that one customer repeats is left to `repeated_customers`. Case, punctuation and spacing don't count.
    """
    if responses.texts is None:
        return Check("repeated-texts")
    keys = pd.Series(np.asarray(responses.texts, dtype=object)).dropna().map(_plain_text)
    keys = keys[keys.str.replace(" ", "").str.len() >= options.least_text].reindex(range(len(responses.answers)))
    rows, sizes = _later(keys, responses.order)
    if responses.customers is not None:
        owners = pd.Series(np.asarray(responses.customers, dtype=object)).map(str).where(keys.notna())
        several = owners.groupby(keys).transform("nunique").reindex(range(len(keys))).fillna(0).to_numpy()
        rows = rows & (several > 1)
    return Check("repeated-texts", (Finding(MarkCode.REPEATED_TEXT, Strength.STRONG, rows, {"responses": sizes}),))
