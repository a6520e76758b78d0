"""Weighted beside unweighted: what weighting moved, and whether chance alone could have moved it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.intervals import student
from analysis.values import Refusal
from analysis.values.weighting import DesignEstimate, WeightedBeside
from analysis.weighting.degrees import small_sample
from analysis.weighting.designs import SurveyDesign
from analysis.weighting.estimates import DomainAnswers, answers_in, mean_parts, survey_mean, survey_share


def unweighted(design: SurveyDesign) -> SurveyDesign:
    """Return the same units and strata with every row counting once."""
    return replace(design, weights=(design.units >= 0).astype(np.float64), calibrated=None)


def weighted_beside_unweighted(
    values: ArrayLike, design: SurveyDesign, level: float = 0.95, domain: ArrayLike | None = None
) -> WeightedBeside | Refusal:
    """Return the mean (answers of 0 and 1: the share) without and with weights, and their difference with its error.

    Both figures rest on the same answers; the variance of the difference is that of the total of
    w (y - mean_w) / sum w - (y - mean) / n per row, under the design. A difference far from zero says that those who
    weigh more answered differently.
    """
    answers, plain = answers_in(values, design, domain), answers_in(values, unweighted(design), domain)
    figure = survey_share if _is_share(answers) else survey_mean
    alone = figure(values, plain.design, level, domain)
    weighing = figure(values, design, level, domain)
    if isinstance(alone, Refusal) or isinstance(weighing, Refusal):
        return alone if isinstance(alone, Refusal) else answers.refusal or Refusal("base-too-small", answers.base)
    difference, p_value = _difference(answers, plain, (alone, weighing), level)
    return WeightedBeside(alone, weighing, difference, p_value)


def _is_share(answers: DomainAnswers) -> bool:
    return bool(np.isin(answers.scores, (0.0, 1.0)).all())


def _difference(
    answers: DomainAnswers, plain: DomainAnswers, both: tuple[DesignEstimate, DesignEstimate], level: float
) -> tuple[DesignEstimate, float]:
    alone, weighing = both
    added = answers.design.contributions(mean_parts(answers).residuals[:, None])
    taken = plain.design.contributions(mean_parts(plain).residuals[:, None])
    value = weighing.value - alone.value
    se = float(np.sqrt(answers.design.covariance_of(added - taken)[0, 0]))
    # Equal weights make no difference: what is left of one is rounding.
    if se <= 1e-12 * max(abs(alone.value), 1.0):
        value, se = 0.0, 0.0
    degrees = small_sample(answers.design, answers.weights).degrees
    estimate = replace(
        weighing,
        value=value,
        interval=student(value, se, degrees, level),
        se=se,
        unit=f"difference-{weighing.unit}",
        design_effect=None,
        degrees=degrees,
    )
    return estimate, float(2 * stats.t.sf(abs(value) / se, degrees)) if se > 0 else 1.0
