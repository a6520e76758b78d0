"""Means, shares, totals and ratios of a survey design, with linearised errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from analysis.arrays import BoolArray, FloatArray
from analysis.intervals import normal_quantile, student, wilson
from analysis.values import Base, Interval, Note, Refusal
from analysis.values.weighting import DesignEstimate
from analysis.weighting.degrees import small_sample
from analysis.weighting.designs import SurveyDesign
from analysis.weighting.results import base_of

# Below this share of the answers' size a standard error is rounding.
_ROUNDING = 1e-12
# A variance needs two units.
_NEEDED = 2


@dataclass(frozen=True, slots=True, eq=False)
class DomainAnswers:
    """Answers of the rows that count, zero elsewhere, their weights (zero elsewhere), and the design of all rows.

    Rows outside stay in the design: how many fall inside a domain is chance too.
    """

    scores: FloatArray
    weights: FloatArray
    inside: BoolArray
    design: SurveyDesign

    @property
    def base(self) -> Base:
        """Return the base of the rows inside."""
        return base_of(self.weights)

    @property
    def n_units(self) -> int:
        """Return how many units have rows inside."""
        return int(np.unique(self.design.units[self.inside]).size)

    @property
    def refusal(self) -> Refusal | None:
        """Return why there is no figure, None where there is one."""
        if self.n_units < _NEEDED or self.design.n_units <= self.design.n_strata or self.weights.sum() <= 0:
            return Refusal("base-too-small", self.base, {"n": self.n_units, "needed": _NEEDED})
        return None


def answers_in(values: ArrayLike, design: SurveyDesign, domain: ArrayLike | None = None) -> DomainAnswers:
    """Return the answers (n) that are there, within a domain (n, true or false) where one is given.

    Raises ValueError for infinite answers and for lengths that differ from the design's.
    """
    given = np.asarray(values, dtype=np.float64)
    n = design.weights.shape
    chosen = np.ones(n, dtype=bool) if domain is None else np.asarray(domain, dtype=bool)
    if given.shape != n or chosen.shape != n:
        raise ValueError(f"Give one answer (and one entry of the domain) for each of the {n[0]} rows of the design.")
    if np.isinf(given).any():
        raise ValueError("Answers must be finite numbers; write a missing answer as NaN.")
    inside = chosen & ~np.isnan(given) & (design.weights != 0)
    return DomainAnswers(np.where(inside, given, 0.0), np.where(inside, design.weights, 0.0), inside, design)


@dataclass(frozen=True, slots=True, eq=False)
class MeanParts:
    """A weighted mean and what each row contributes to its error (residual over the sum of weights, n)."""

    value: float
    residuals: FloatArray
    variance: float
    spread: float

    @property
    def se(self) -> float:
        """Return the standard error; exactly zero where only rounding is left."""
        return float(np.sqrt(self.variance)) if self.variance > (_ROUNDING * max(abs(self.value), 1e-300)) ** 2 else 0.0


def mean_parts(answers: DomainAnswers) -> MeanParts:
    """Return the weighted mean of the rows inside with its linearised variance.

    `spread` is sum w (y - mean)^2 / sum w times n/(n-1).
    """
    total = float(answers.weights.sum())
    mean = float(answers.weights @ answers.scores) / total
    deviations = np.where(answers.inside, answers.scores - mean, 0.0)
    residuals = deviations / total
    variance = float(answers.design.covariance(residuals[:, None])[0, 0])
    n = answers.base.n
    spread = float(answers.weights @ np.square(deviations)) / total * n / max(n - 1, 1)
    return MeanParts(mean, residuals, variance, spread)


def design_effect_of(answers: DomainAnswers, parts: MeanParts) -> float | None:
    """Return the variance over that of a simple random sample of the same n; None where that has none."""
    n, population = answers.base.n, answers.design.population
    simple = parts.spread / n * (1.0 if population is None else 1 - n / population)
    return parts.variance / simple if simple > 0 and parts.se > 0 else None


def survey_mean(
    values: ArrayLike, design: SurveyDesign, level: float = 0.95, domain: ArrayLike | None = None
) -> DesignEstimate | Refusal:
    """Return the weighted mean of answers (n, NaN missing) with its linearised error.

    sum w y / sum w; variance: that of the total of w (y - mean) / sum w (Binder 1983). Interval: Student's t with
    Satterthwaite's degrees of freedom, widened by the bias the variance has where few units carry much weight.
    Missing answers and rows outside `domain` (n, true or false) count as rows of the design without an answer.
    """
    answers = answers_in(values, design, domain)
    if answers.refusal:
        return answers.refusal
    parts = mean_parts(answers)
    small = small_sample(design, answers.weights)
    drawn = student(parts.value, parts.se * small.widening, small.degrees, level)
    interval = Interval(drawn.low, drawn.high, level, "t-satterthwaite")
    return _estimate(answers, parts, (interval, small.degrees), "mean")


def survey_share(
    values: ArrayLike, design: SurveyDesign, level: float = 0.95, domain: ArrayLike | None = None
) -> DesignEstimate | Refusal:
    """Return the weighted share of answers that are true (n; 1 or True, 0 or False, NaN missing).

    Error as of a mean. Interval: Wilson's on the effective number of answers p (1 - p) / variance, reduced by the
    square of z / t for few units (Korn & Graubard 1998); on Kish's number where nobody or everybody is counted.
    Raises ValueError for other values than 0 and 1.
    """
    answers = answers_in(values, design, domain)
    if not np.isin(answers.scores, (0.0, 1.0)).all():
        raise ValueError("A share is counted from answers of 0 and 1 (or false and true).")
    if answers.refusal:
        return answers.refusal
    parts = mean_parts(answers)
    small = small_sample(design, answers.weights)
    share = min(max(parts.value, 0.0), 1.0)
    drawn = wilson(share, _effective(answers, parts, small.degrees, level), level)
    interval = Interval(drawn.low, drawn.high, level, "wilson-korn-graubard")
    return _estimate(answers, parts, (interval, small.degrees), "share")


def _effective(answers: DomainAnswers, parts: MeanParts, degrees: float, level: float) -> float:
    """Return the number of independent answers that a share's error amounts to."""
    units = small_sample(answers.design, answers.weights).degrees + 1
    if parts.se > 0:
        small = small_sample(answers.design, answers.weights).widening
        units = parts.value * (1 - parts.value) / (parts.variance * small**2)
    shrink = normal_quantile(level) / float(stats.t.ppf((1 + level) / 2, degrees))
    return max(min(units, float(answers.base.n)) * shrink**2, 1e-6)


def _estimate(answers: DomainAnswers, parts: MeanParts, drawn: tuple[Interval, float], unit: str) -> DesignEstimate:
    notes = answers.design.notes
    if parts.se == 0:
        notes = (*notes, Note("no-variation", {}))
    interval, degrees = drawn
    return DesignEstimate(
        value=parts.value,
        interval=interval,
        base=answers.base,
        method=answers.design.method,
        unit=unit,
        se=parts.se,
        notes=notes,
        source=answers.design.source,
        design_effect=design_effect_of(answers, parts),
        degrees=degrees,
    )


def survey_total(
    values: ArrayLike, design: SurveyDesign, level: float = 0.95, domain: ArrayLike | None = None
) -> DesignEstimate | Refusal:
    """Return the weighted total of answers (n, NaN missing counts nothing): sum w y, in the unit of the answers.

    Weights must say how many people a row stands for. Its error includes the chance in how many rows fall into the
    domain. Interval: Student's t, units less strata degrees of freedom.
    """
    answers = answers_in(values, design, domain)
    if answers.refusal:
        return answers.refusal
    variance = float(design.covariance(answers.scores[:, None])[0, 0])
    return _plain(answers, float(answers.weights @ answers.scores), (variance, level), "total")


def survey_ratio(
    numerator: ArrayLike,
    denominator: ArrayLike,
    design: SurveyDesign,
    level: float = 0.95,
    domain: ArrayLike | None = None,
) -> DesignEstimate | Refusal:
    """Return sum w y / sum w x over rows that have both (n each, NaN missing), with its linearised error.

    Residuals (y - R x) / sum w x. Refused with `zero-denominator` where the denominator adds up to nothing.
    """
    above, below = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    both = ~np.isnan(above) & ~np.isnan(below)
    chosen = both if domain is None else both & np.asarray(domain, dtype=bool)
    answers, under = answers_in(above, design, chosen), answers_in(below, design, chosen)
    if answers.refusal:
        return answers.refusal
    total = float(under.weights @ under.scores)
    if total == 0:
        return Refusal("zero-denominator", answers.base, {})
    ratio = float(answers.weights @ answers.scores) / total
    residuals = (answers.scores - ratio * under.scores) / total
    return _plain(answers, ratio, (float(design.covariance(residuals[:, None])[0, 0]), level), "ratio")


def _plain(answers: DomainAnswers, value: float, error: tuple[float, float], unit: str) -> DesignEstimate:
    """Return an estimate with Student's interval and units less strata degrees of freedom."""
    (variance, level), design = error, answers.design
    degrees = float(design.n_units - design.n_strata)
    se = float(np.sqrt(variance))
    return DesignEstimate(
        value=value,
        interval=student(value, se, degrees, level),
        base=answers.base,
        method=design.method,
        unit=unit,
        se=se,
        notes=design.notes,
        source=design.source,
        degrees=degrees,
    )


def survey_means_by(
    values: ArrayLike, groups: ArrayLike, design: SurveyDesign, level: float = 0.95
) -> dict[str, DesignEstimate | Refusal]:
    """Return the weighted mean of each group (n labels), each as a domain of the whole design.

    Rows without a group (None, NaN) belong to none.
    """
    return _by(lambda chosen: survey_mean(values, design, level, chosen), np.asarray(groups))


def _by(
    figure: Callable[[BoolArray], DesignEstimate | Refusal], labels: np.ndarray
) -> dict[str, DesignEstimate | Refusal]:
    return {str(each): figure(labels == each) for each in np.unique(labels[~pd.isna(labels)]).tolist()}
