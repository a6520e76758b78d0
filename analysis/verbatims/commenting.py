"""Who comments at all: those with something to say are not everybody, and their words describe themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.comparisons import ComparisonOptions, compare
from analysis.scores import Answers, share_of_sample
from analysis.values import Note
from analysis.values.comparisons import Difference, Verdict
from analysis.values.scores import Measure
from analysis.values.verbatims import Commenting
from analysis.weights import sample_of


def commenting(
    texts: Sequence[str | None], answers: Answers, measure: Measure, options: ComparisonOptions | None = None
) -> Commenting:
    """Return the share of all who answered that commented, and the commenters' figure minus that of the silent.

    An empty text is no comment. The note `commenters-differ` stands where the difference is clear: then figures about
    comments must not be read as figures about everybody. Raises ValueError for lengths that differ.
    """
    scores = np.asarray(answers.scores, dtype=np.float64)
    said = np.array([bool(each and each.strip()) for each in texts], dtype=bool)
    if said.shape != scores.shape:
        raise ValueError(f"There are {said.size} texts but {scores.size} scores.")
    weights = np.ones(scores.shape) if answers.weights is None else np.asarray(answers.weights, dtype=np.float64)
    share = share_of_sample(sample_of(np.where(np.isnan(scores), np.nan, said), weights))
    silent, speaking = (Answers(scores[who], weights[who]) for who in (~said, said))
    difference = compare(silent, speaking, measure, options or ComparisonOptions())
    differ = isinstance(difference, Difference) and difference.verdict is not Verdict.NO_CLEAR_CHANGE
    return Commenting(share, difference, (Note("commenters-differ"),) if differ else ())
