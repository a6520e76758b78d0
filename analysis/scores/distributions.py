"""All answers to one item side by side."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from analysis.scores.answers import DEFAULTS, Answers, ScoreOptions, rated
from analysis.scores.samples import share_of_sample
from analysis.values.scores import NPS_SCALE, AnswerShare, Distribution, Scale
from analysis.weights import Sample


def distribution(answers: Answers, scale: Scale, options: ScoreOptions = DEFAULTS) -> Distribution:
    """Return how many chose each point of the scale, with (weighted) shares and their intervals."""
    return _distribution(answers, rated(answers, scale), ((str(point), (point,)) for point in scale.points), options)


def net_promoter_groups(answers: Answers, options: ScoreOptions = DEFAULTS) -> Distribution:
    """Return counts and shares of detractors (0-6), passives (7-8) and promoters (9-10)."""
    groups = (("detractors", range(7)), ("passives", (7, 8)), ("promoters", (9, 10)))
    return _distribution(answers, rated(answers, NPS_SCALE), groups, options)


def _distribution(
    answers: Answers, sample: Sample, groups: Iterable[tuple[str, Iterable[int]]], options: ScoreOptions
) -> Distribution:
    """Return one share per named group of points, and how many rows had no answer."""
    shares = tuple(_share(sample, code, tuple(points), options) for code, points in groups)
    return Distribution(shares, sample.base, int(np.size(answers.scores)) - sample.base.n)


def _share(sample: Sample, code: str, points: tuple[int, ...], options: ScoreOptions) -> AnswerShare:
    chosen = np.isin(sample.values, points)
    n, weighted = int(np.count_nonzero(chosen)), float(sample.weights[chosen].sum())
    return AnswerShare(code, n, weighted, share_of_sample(sample.scored(chosen.astype(float)), options))
