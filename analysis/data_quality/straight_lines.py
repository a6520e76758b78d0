"""The same answer down a whole battery, or for most of it."""

from __future__ import annotations

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.data_quality.findings import Check, Finding
from analysis.data_quality.options import QualityOptions
from analysis.data_quality.responses import Battery, Responses
from analysis.values.data_quality import MarkCode, Strength


def longest_runs(answers: FloatArray) -> IntArray:
    """Return the longest run of equal answers of each row (n x k); a blank neither ends a run nor adds to it."""
    n, k = answers.shape
    longest, run = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    last = np.full(n, np.nan)
    for column in range(k):
        own = answers[:, column]
        there = ~np.isnan(own)
        run = np.where(there, np.where(own == last, run + 1, 1), run)
        last = np.where(there, own, last)
        longest = np.maximum(longest, run)
    return longest


def _same(answers: FloatArray, least: int) -> BoolArray:
    """Return which rows gave at least so many answers, all of them alike."""
    there = ~np.isnan(answers)
    high = np.where(there, answers, -np.inf).max(axis=1, initial=-np.inf)
    low = np.where(there, answers, np.inf).min(axis=1, initial=np.inf)
    result: BoolArray = (there.sum(axis=1) >= least) & (high == low)
    return result


def _of_battery(responses: Responses, battery: Battery, options: QualityOptions) -> tuple[Finding, ...]:
    answers = responses.of(battery)
    answered = (~np.isnan(answers)).sum(axis=1)
    straight, runs = _same(answers, options.least_battery), longest_runs(answers)
    value = np.where(np.isnan(answers), -np.inf, answers).max(axis=1, initial=-np.inf)
    turned = np.isin(battery.items, battery.reversed)
    both = (~np.isnan(answers[:, turned])).any(axis=1) & (~np.isnan(answers[:, ~turned])).any(axis=1)
    # The middle of the scale agrees with both wordings: it contradicts nothing.
    against = straight & both & (value != (battery.low + battery.high) / 2)
    long = ~straight & (runs >= options.least_run) & (runs >= options.run_share * answered)
    figures = {"battery": battery.code, "answered": answered, "longest_run": runs}
    return (
        Finding(MarkCode.STRAIGHT_LINE_DESPITE_REVERSED, Strength.STRONG, against, figures),
        Finding(MarkCode.STRAIGHT_LINE, Strength.WEAK, straight & ~against, figures),
        Finding(MarkCode.LONG_RUN, Strength.WEAK, long, figures),
    )


def straight_lines(responses: Responses, options: QualityOptions) -> Check:
    """Return who answered a battery all alike (within-person standard deviation zero), or for a long run.

    Alike though some items are worded the other way round is strong evidence, unless it is the middle of the scale.
    """
    found = tuple(each for battery in responses.batteries for each in _of_battery(responses, battery, options))
    return Check("straight-lines", found)
