"""Answers given faster than others needed, or than anybody can read."""

from __future__ import annotations

import numpy as np
from scipy import stats

from analysis.arrays import FloatArray
from analysis.data_quality.findings import Check, Finding
from analysis.data_quality.options import QualityOptions
from analysis.data_quality.responses import Responses
from analysis.values.data_quality import MarkCode, Strength


def _seconds(responses: Responses) -> FloatArray:
    seconds = np.asarray(responses.seconds, dtype=np.float64)
    if seconds.ndim != 1 or (seconds < 0).any() or np.isinf(seconds).any():
        raise ValueError("Seconds are one finite number of at least zero per response, NaN where not measured.")
    return seconds


def speeding(responses: Responses, options: QualityOptions) -> Check:
    """Return who took less than a share of the median time per item and lies far below it in robust deviations.

    Times are compared per item asked, in logarithms, with 1.4826 times the median absolute deviation for the spread
    (Hampel 1974). Less than a second per item is strong evidence by itself.
    """
    if responses.seconds is None:
        return Check("speed")
    seconds, asked = _seconds(responses), responses.was_asked().sum(axis=1)
    pace = np.divide(seconds, asked, out=np.full(seconds.shape, np.nan), where=asked > 0)
    timed = pace > 0
    if timed.sum() < options.least_rows:
        return Check("speed", reason="too-few-times")
    logs = np.log(pace[timed])
    middle, spread = float(np.median(logs)), float(stats.median_abs_deviation(logs, scale="normal"))
    cut = min(middle + np.log(options.speed_share), middle - options.speed_deviations * spread)
    unreadable = pace < options.seconds_per_item
    fast = (pace < np.exp(cut)) & ~unreadable
    figures = {"seconds_per_item": pace, "median": float(np.exp(middle)), "cut": float(np.exp(cut))}
    return Check(
        "speed",
        (
            Finding(MarkCode.TOO_FAST_TO_READ, Strength.STRONG, unreadable, figures),
            Finding(MarkCode.SPEEDING, Strength.WEAK, fast, figures),
        ),
    )
