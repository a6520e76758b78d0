"""Which words set the unhappy apart from the happy, item by item of open text."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.values import Role, as_data
from analysis.verbatims import Comment, VerbatimOptions, distinctive_words
from survey_app.reports.computing.subject import Subject


def words(subject: Subject) -> list[dict[str, Any]]:
    """Return the distinctive words of every verbatim item, by the outcome's low and high scores."""
    return [
        {
            "item": item.code,
            "labels": item.labels,
            "words": as_data(distinctive_words(_comments(subject, item.code), _camps(subject))),
        }
        for item in subject.dataset.codebook.with_role(Role.VERBATIM)
    ]


def _comments(subject: Subject, code: str) -> list[Comment]:
    scores = subject.dataset.answers[subject.outcome.code].to_numpy(dtype=float)
    sign = 1.0 if subject.outcome.higher_is_better else -1.0
    texts = zip(subject.dataset.answers[code], scores, subject.dataset.about["language"], strict=True)
    return [
        Comment(str(text), sign * float(value), str(language))
        for text, value, language in texts
        if isinstance(text, str) and not np.isnan(value)
    ]


def _camps(subject: Subject) -> VerbatimOptions:
    """Return who is low and high: detractors and promoters, else the two worst and the two best points."""
    if subject.outcome.kind == "nps":
        return VerbatimOptions()
    low, high = float(subject.outcome.low or 0), float(subject.outcome.high or 0)
    if subject.outcome.higher_is_better:
        return VerbatimOptions(low_to=low + 1, high_from=high - 1)
    return VerbatimOptions(low_to=-(high - 1), high_from=-(low + 1))
