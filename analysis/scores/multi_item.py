"""Scale scores: several items that measure one thing, added up person by person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.arrays import FloatArray
from analysis.scores.answers import DEFAULTS, Answers, ScoreOptions, rated
from analysis.scores.estimates import Figure, linearised, too_small
from analysis.scores.means import mean_estimate
from analysis.values import Estimate, Refusal
from analysis.values.scores import Scale, ScaleScore
from analysis.weights import Sample, sample_of


@dataclass(frozen=True, slots=True, eq=False)
class ScaleAnswers:
    """The answers of n people to k items of one scale (n, k), NaN for missing.

    All items share the declared ends of `scale`. `reversed_items` names the columns (from 0) whose wording runs
    against the others. `weights` (n,) and `clusters` (n,) as in `Answers`; `names` (k,) are the items' codes.
    """

    scores: npt.ArrayLike
    scale: Scale
    reversed_items: Sequence[int] = ()
    weights: npt.ArrayLike | None = None
    clusters: npt.ArrayLike | None = None
    names: Sequence[str] = ()


def turned(answers: ScaleAnswers) -> FloatArray:
    """Return the answers (n, k) with reversed items turned round by the declared ends: low + high - x.

    Raises ValueError for a shape that is not n x k, a column that is not there and a value off the scale.
    """
    given = np.array(answers.scores, dtype=np.float64)
    if given.ndim != len(("people", "items")) or not given.shape[1]:
        raise ValueError(f"Answers to several items are a table of people by items, not of shape {given.shape}.")
    if any(each not in range(given.shape[1]) for each in answers.reversed_items):
        raise ValueError(f"Reversed items are columns from 0 to {given.shape[1] - 1}, not {answers.reversed_items}.")
    if len(answers.names) not in {0, given.shape[1]}:
        raise ValueError(f"There are {given.shape[1]} items but {len(answers.names)} names.")
    rated(Answers(given.ravel()), answers.scale)
    for column in answers.reversed_items:
        given[:, column] = answers.scale.low + answers.scale.high - given[:, column]
    return given


def person_scores(answers: ScaleAnswers, least_answered: float = 0.5) -> FloatArray:
    """Return each person's mean over the items answered (n,), reversed items turned round.

    NaN for a person who answered fewer than the share `least_answered` of the items, or none. On a scale 1 to 5 the
    answers 4 and, reversed, 2 make a mean of 4.
    """
    if not 0 <= least_answered <= 1:
        raise ValueError(f"The share of items to be answered lies between 0 and 1, not at {least_answered}.")
    items = turned(answers)
    there = ~np.isnan(items)
    answered = there.sum(axis=1)
    # A share such as 2/3 of three items must not fail by the last bit.
    enough = (answered > 0) & (answered >= least_answered * items.shape[1] - 1e-9)
    sums = np.where(there, items, 0.0).sum(axis=1)
    scores: FloatArray = np.where(enough, sums / np.maximum(answered, 1), np.nan)
    return scores


def scale_score(answers: ScaleAnswers, least_answered: float = 0.5, options: ScoreOptions = DEFAULTS) -> ScaleScore:
    """Return the mean of the persons' scores, in scale points and as an index from 0 to 100.

    A person's score is the mean of the items answered, at least the share `least_answered` of them. Index: 100 (mean -
    low) / (high - low) on the declared ends, 100 at the high end of the items that are not reversed. SE, interval and
    notes as for `mean_score`. Refused (`base-too-small`) below `minimum_base` people.
    """
    scores = person_scores(answers, least_answered)
    sample = sample_of(scores, answers.weights, answers.clusters)
    low, span = float(answers.scale.low), float(answers.scale.high - answers.scale.low)
    index = sample.scored(100 * (sample.values - low) / span)
    return ScaleScore(
        _mean(sample, (low, low + span), "mean", options),
        _mean(index, (0.0, 100.0), "index", options),
        int(np.asarray(answers.scores).shape[1]),
        int(scores.size) - sample.base.n,
        least_answered,
    )


def _mean(sample: Sample, bounds: tuple[float, float], unit: str, options: ScoreOptions) -> Estimate | Refusal:
    refusal = too_small(sample, options)
    if refusal:
        return refusal
    figure = Figure("scale-score", unit, sample.mean, linearised(sample))
    found = mean_estimate(sample, bounds, figure, options)
    return replace(found, source=f"{found.source}; Spector 1992")
