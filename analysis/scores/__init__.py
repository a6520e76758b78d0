"""Scores: Net Promoter Score, satisfaction, effort, boxes, means, scales of several items, and what lies behind them.

Every function takes raw answers with NaN for a missing one and, where there are any, weights and the respondents of
answers given more than once. It returns an Estimate with base and interval, or a Refusal where fewer than
`minimum_base` answers are there. Values off the declared scale raise ValueError. Equal weights are no weights.
"""

from analysis.scores.answers import Answers, ScoreOptions
from analysis.scores.answers import rated as rated
from analysis.scores.distributions import distribution, net_promoter_groups
from analysis.scores.measures import (
    bottom_box_share,
    customer_effort_score,
    customer_satisfaction_score,
    mean_score,
    net_promoter_score,
    score,
    top_box_share,
)
from analysis.scores.multi_item import ScaleAnswers, person_scores, scale_score
from analysis.scores.samples import LARGEST_DETRACTOR as LARGEST_DETRACTOR
from analysis.scores.samples import SMALLEST_PROMOTER as SMALLEST_PROMOTER
from analysis.scores.samples import contributions as contributions
from analysis.scores.samples import score_of_sample as score_of_sample
from analysis.scores.samples import share_of_sample as share_of_sample
from analysis.scores.samples import trinomial as trinomial

__all__ = [
    "Answers",
    "ScaleAnswers",
    "ScoreOptions",
    "bottom_box_share",
    "customer_effort_score",
    "customer_satisfaction_score",
    "distribution",
    "mean_score",
    "net_promoter_groups",
    "net_promoter_score",
    "person_scores",
    "scale_score",
    "score",
    "top_box_share",
]
