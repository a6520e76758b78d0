"""The scores of one item by their names: NPS, CSAT, CES, boxes and means."""

from __future__ import annotations

from dataclasses import replace

import numpy.typing as npt

from analysis.scores.answers import DEFAULTS, Answers, ScoreOptions, rated
from analysis.scores.samples import score_of_sample
from analysis.values import Estimate, Refusal
from analysis.values.scores import CES_2, CSAT_SCALE, EffortScore, Kind, Measure, Scale


def score(answers: Answers, measure: Measure, options: ScoreOptions = DEFAULTS) -> Estimate | Refusal:
    """Return the figure that a measure makes of the answers: NPS in points, a top-box share or a mean.

    Missing answers (NaN) and answers of weight 0 are left out. Refused (`base-too-small`) below `minimum_base`; raises
    ValueError for a value that is no point of the scale.
    """
    return score_of_sample(rated(answers, measure.scale), measure, options)


def net_promoter_score(
    scores: npt.ArrayLike | Answers, weights: npt.ArrayLike | None = None, options: ScoreOptions = DEFAULTS
) -> Estimate | Refusal:
    """Return the Net Promoter Score of 0-10 answers, 100 (pP - pD) with promoters 9-10 and detractors 0-6.

    `scores` (n,) may also be `Answers`, which name respondents too. SE: multinomial, 100 sqrt((pP + pD - (pP - pD)^2)
    / n), or linearised (divisor n - 1) by `ScoreOptions.nps_error`; with weights or clusters always linearised, of
    answers scored -100, 0, 100. Interval: see `ScoreOptions.nps_interval`, on the effective base. Reichheld 2003;
    Bonett & Price 2012; Rocks 2016.
    """
    answers = scores if isinstance(scores, Answers) else Answers(scores, weights)
    return score(answers, Measure(Kind.NET_PROMOTER), options)


def top_box_share(
    answers: Answers, scale: Scale, boxes: int = 2, options: ScoreOptions = DEFAULTS
) -> Estimate | Refusal:
    """Return the share of answers in the best `boxes` points, the low ones where lower is better.

    SE: sqrt(p (1 - p) / n); with weights or clusters linearised. Interval: see `ScoreOptions.share_interval`, on the
    effective base (Wilson 1927; Clopper & Pearson 1934; Korn & Graubard 1998).
    """
    return score(answers, Measure(Kind.TOP_BOX, scale, boxes), options)


def bottom_box_share(
    answers: Answers, scale: Scale, boxes: int = 2, options: ScoreOptions = DEFAULTS
) -> Estimate | Refusal:
    """Return the share of answers in the worst `boxes` points, the high ones where lower is better."""
    turned = replace(scale, higher_is_better=not scale.higher_is_better)
    found = top_box_share(answers, turned, boxes, options)
    return replace(found, method=found.method.replace("top", "bottom")) if isinstance(found, Estimate) else found


def mean_score(answers: Answers, scale: Scale, options: ScoreOptions = DEFAULTS) -> Estimate | Refusal:
    """Return the mean answer in scale points, never turned round for a reversed scale.

    SE: s / sqrt(n); with weights or clusters linearised. Interval: Student's t with n - 1 degrees of freedom (weighted:
    effective n - 1; clusters: respondents - 1). Where n <= 25 G1^2, G1 the skewness of the answers, with or without one
    more answer at each end of the scale (Cochran 1977), t does not hold: the result is noted `skewed-for-t`, and its
    interval is the adjusted t, from the answers with those two added. Clipped to the scale.
    """
    return score(answers, Measure(Kind.MEAN, scale), options)


def customer_satisfaction_score(
    answers: Answers, scale: Scale = CSAT_SCALE, boxes: int = 2, options: ScoreOptions = DEFAULTS
) -> Estimate | Refusal:
    """Return the CSAT: the share of customers who chose one of the best `boxes` points, 4 or 5 of 1-5 as a rule."""
    return top_box_share(answers, scale, boxes, options)


def customer_effort_score(
    answers: Answers, scale: Scale = CES_2, boxes: int | None = None, options: ScoreOptions = DEFAULTS
) -> EffortScore:
    """Return the CES: the mean answer, the share of those who found it easy and the share of those who found it hard.

    CES 2.0 (`CES_2`, the default) asks whether the company made it easy, 1 to 7: high is good. CES 1.0 (`CES_1`) asks
    how much effort it took, 1 to 5: low is good. The mean is given as answered; `easy` counts the best `boxes` points
    in the direction of the scale and `hard` the worst, by default three of seven or more points and two of fewer.
    Dixon, Freeman & Toman 2010; Dixon, Toman & DeLisi 2013.
    """
    counted = boxes or (3 if len(scale.points) >= len(CES_2.points) else 2)
    return EffortScore(
        mean_score(answers, scale, options),
        top_box_share(answers, scale, counted, options),
        bottom_box_share(answers, scale, counted, options),
        scale.higher_is_better,
        counted,
    )
