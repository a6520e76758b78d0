"""The area under the ROC curve with DeLong's error."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats
from scipy.special import expit

from analysis.arrays import BoolArray, FloatArray
from analysis.intervals import normal_quantile
from analysis.values import Base, Estimate, Interval

SOURCE = "DeLong, DeLong & Clarke-Pearson 1988"


def area_under_curve(scores: FloatArray, happened: BoolArray, level: float = 0.95) -> Estimate:
    """Return the probability that somebody to whom it happened has the higher score; ties count half.

    Error by DeLong's placements; interval symmetric in the log odds of the area, so that it stays between 0 and 1.
    """
    above, below = scores[happened], scores[~happened]
    together = stats.rankdata(np.concatenate([above, below]))
    m, n = above.size, below.size
    placed_above = (together[:m] - stats.rankdata(above)) / n
    placed_below = 1 - (together[m:] - stats.rankdata(below)) / m
    area = float(placed_above.mean())
    se = math.sqrt(placed_above.var(ddof=1) / m + placed_below.var(ddof=1) / n)
    base = Base(m + n, float(m + n), float(m + n))
    return Estimate(area, _interval(area, se, level), base, "auc", "share", se, (), SOURCE)


def _interval(area: float, se: float, level: float) -> Interval:
    if se == 0 or not 0 < area < 1:
        return Interval(area, area, level, "delong-logit")
    half = normal_quantile(level) * se / (area * (1 - area))
    centre = math.log(area / (1 - area))
    return Interval(float(expit(centre - half)), float(expit(centre + half)), level, "delong-logit")
