"""What people write: the words that set the unhappy apart, the themes, and what goes with them, item by item."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.scores import Answers
from analysis.values import Role, as_data
from analysis.values.verbatims import Commenting
from analysis.verbatims import (
    Comment,
    Scored,
    Verbatim,
    VerbatimOptions,
    commenting,
    distinctive_words,
    theme_effects,
)
from survey_app.reports.computing.subject import COMPARISONS, Subject

SEED = 20_261_122


def words(subject: Subject) -> list[dict[str, Any]]:
    """Return for every verbatim item who comments, the distinctive words, and the themes with what goes with them."""
    return [
        {
            "item": item.code,
            "labels": item.labels,
            "words": as_data(distinctive_words(_comments(subject, item.code), _camps(subject))),
            "themes": as_data(theme_effects(_scored(subject, item.code), np.random.default_rng(SEED))),
            "commenting": as_data(_commenting(subject, item.code)),
        }
        for item in subject.dataset.codebook.with_role(Role.VERBATIM)
    ]


def _commenting(subject: Subject, code: str) -> Commenting:
    """Return who comments among those who were asked: a question for the unhappy alone says nothing of others."""
    asked = subject.was_asked(code)
    texts = [each if isinstance(each, str) else None for each in subject.dataset.answers[code][asked]]
    answers = subject.answers(subject.outcome.code)
    weights = None if answers.weights is None else np.asarray(answers.weights)[asked]
    return commenting(texts, Answers(np.asarray(answers.scores)[asked], weights), subject.measure, COMPARISONS)


def _comments(subject: Subject, code: str) -> list[Comment]:
    scores = subject.dataset.answers[subject.outcome.code].to_numpy(dtype=float)
    sign = 1.0 if subject.outcome.higher_is_better else -1.0
    texts = zip(subject.dataset.answers[code], scores, subject.dataset.about["language"], strict=True)
    return [
        Comment(str(text), sign * float(value), str(language))
        for text, value, language in texts
        if isinstance(text, str) and not np.isnan(value)
    ]


def _scored(subject: Subject, code: str) -> Scored:
    """Return the comments with their authors' scores as given, and the weights where there are any."""
    texts, languages = subject.dataset.answers[code], subject.dataset.about["language"]
    written = np.array([isinstance(text, str) and bool(text.strip()) for text in texts], dtype=bool)
    comments = [
        Verbatim(str(text), str(language)) for text, language in zip(texts[written], languages[written], strict=True)
    ]
    answers = subject.answers(subject.outcome.code)
    weights = None if answers.weights is None else np.asarray(answers.weights)[written]
    return Scored(comments, np.asarray(answers.scores)[written], weights)


def _camps(subject: Subject) -> VerbatimOptions:
    """Return who is low and high: detractors and promoters, else the two worst and the two best points."""
    if subject.outcome.kind == "nps":
        return VerbatimOptions()
    low, high = float(subject.outcome.low or 0), float(subject.outcome.high or 0)
    if subject.outcome.higher_is_better:
        return VerbatimOptions(low_to=low + 1, high_from=high - 1)
    return VerbatimOptions(low_to=-(high - 1), high_from=-(low + 1))
