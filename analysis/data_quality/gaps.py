"""Responses with little in them: blanks and "don't know"."""

from __future__ import annotations

import numpy as np

from analysis.data_quality.findings import Check, Finding
from analysis.data_quality.options import QualityOptions
from analysis.data_quality.responses import Responses
from analysis.values.data_quality import MarkCode, Strength


def gaps(responses: Responses, options: QualityOptions) -> Check:
    """Return who left blank, or answered by "don't know", more than a share of the items they were asked.

    A "don't know" is an answer, not a blank.
    """
    blank = np.isnan(responses.values(list(responses.answers.columns)))
    asked, unknown = responses.was_asked(), responses.said_dont_know()
    n_asked = asked.sum(axis=1)
    empty, none = np.zeros(n_asked.shape), n_asked > 0
    missing = np.divide((blank & asked & ~unknown).sum(axis=1), n_asked, out=empty.copy(), where=none)
    unsure = np.divide((unknown & asked).sum(axis=1), n_asked, out=empty.copy(), where=none)
    found = [
        Finding(
            MarkCode.MANY_MISSING,
            Strength.STATED,
            missing > options.missing_share,
            {"share": missing, "asked": n_asked},
        )
    ]
    if responses.dont_know is not None:
        rows = unsure > options.dont_know_share
        found.append(Finding(MarkCode.MANY_DONT_KNOW, Strength.STATED, rows, {"share": unsure, "asked": n_asked}))
    return Check("gaps", tuple(found))
