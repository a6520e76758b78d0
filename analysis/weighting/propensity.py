"""The propensity to answer: who answers, how well attributes tell, and weights that make up for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats
from scipy.special import expit
from scipy.special import logit as log_odds

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.intervals import normal_quantile, wilson
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.values.weighting import CalibrationBand, LogitCoefficient, Margin, PropensityReport
from analysis.weighting.attributes import Attributes, attribute_table
from analysis.weighting.discrimination import area_under_curve
from analysis.weighting.logit import LogitFit, logit
from analysis.weighting.representativity import PER_TERM, answered_of, too_few
from analysis.weighting.results import Auxiliaries, Course, Weighting, limits_of, summary_of

SOURCE = "Rosenbaum & Rubin 1983; Little 1986"
_FOLDS = 5
_BANDS = 10
# A propensity below this makes one answer stand for more than fifty people.
_EXTREME = 0.02
# So large a share of non-respondents less likely to answer than any respondent is a gap that no weight can bridge.
_GAP = 0.02


class PropensityMethod(StrEnum):
    """Weights by each one's own propensity, or by the answered share of classes of similar propensity."""

    INVERSE = "inverse"
    CLASSES = "classes"


@dataclass(frozen=True, slots=True)
class PropensityWeightOptions:
    """`method`: `classes` (of equal size by propensity, `n_classes` of them) or `inverse`.

    `limits`: smallest and largest weight as multiples of the median weight.
    """

    method: str = PropensityMethod.CLASSES
    n_classes: int = 5
    limits: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ResponsePropensity:
    """Each one's propensity (n), the one predicted by a model that had not seen them (n), and how good the model is."""

    propensities: FloatArray
    held_out: FloatArray
    answered: BoolArray
    report: PropensityReport


def response_propensity(
    attributes: pd.DataFrame, answered: ArrayLike, rng: np.random.Generator, level: float = 0.95
) -> ResponsePropensity | Refusal:
    """Return the propensity to answer of everybody asked, by logistic regression on attributes.

    `attributes`: one row per person asked (numbers as they are, anything else as categories); `answered` (n): true or
    false. Discrimination (area under the ROC curve) and calibration (slope, ten bands) come from five-fold
    cross-validation: nobody is predicted by a model that has seen them. `rng` draws the folds.
    Refused below 10 respondents or non-respondents a term (`too-few-per-attribute`), where no attribute varies
    (`no-attribute-varies`) and where attributes tell exactly who answers (`separated`).
    """
    columns, who = attribute_table(attributes), answered_of(answered, len(attributes))
    refusal = too_few(columns, who)
    if refusal:
        return refusal
    fit = logit(columns.table, who)
    held_out = None if fit is None else _held_out(columns.table, who, rng)
    if fit is None or held_out is None:
        return Refusal("separated", _base(who), {"terms": columns.n_terms})
    return ResponsePropensity(fit.fitted, held_out, who, _report(fit, held_out, columns, (who, level)))


def _base(who: BoolArray) -> Base:
    return Base(who.size, float(who.size), float(who.size))


def _folds(who: BoolArray, rng: np.random.Generator) -> IntArray:
    """Return the fold of each person, respondents and non-respondents spread evenly."""
    folds = np.zeros(who.size, dtype=np.int64)
    for side in (who, ~who):
        places = np.flatnonzero(side)
        folds[rng.permutation(places)] = np.arange(places.size) % _FOLDS
    return folds


def _held_out(table: FloatArray, who: BoolArray, rng: np.random.Generator) -> FloatArray | None:
    """Return propensities from models fitted on the other folds; None where one of them can't be fitted."""
    folds = _folds(who, rng)
    predicted = np.zeros(who.size)
    for fold in range(_FOLDS):
        out = folds == fold
        fit = logit(table[~out], who[~out])
        if fit is None:
            return None
        predicted[out] = expit(table[out] @ fit.coefficients)
    return predicted


def _report(
    fit: LogitFit, held_out: FloatArray, columns: Attributes, given: tuple[BoolArray, float]
) -> PropensityReport:
    who, level = given
    return PropensityReport(
        base=_base(who),
        n_answered=int(who.sum()),
        coefficients=_coefficients(fit, columns, _base(who), level),
        discrimination=area_under_curve(held_out, who, level),
        calibration_slope=_slope(held_out, who, level),
        bands=_bands(held_out, who, level),
        smallest=float(fit.fitted.min()),
        largest=float(fit.fitted.max()),
        method="logit-cross-validated",
        source=SOURCE,
        notes=(*columns.notes, *_overlap(fit.fitted, who)),
    )


def _coefficients(fit: LogitFit, columns: Attributes, base: Base, level: float) -> tuple[LogitCoefficient, ...]:
    found = []
    errors = np.sqrt(np.diagonal(fit.covariance))
    for name, value, se in zip(columns.names, fit.coefficients.tolist(), errors.tolist(), strict=True):
        estimate = _wald(value, se, base, level, "log-odds")
        found.append(LogitCoefficient(name, estimate, float(2 * stats.norm.sf(abs(value) / se))))
    return tuple(found)


def _wald(value: float, se: float, base: Base, level: float, unit: str) -> Estimate:
    half = normal_quantile(level) * se
    return Estimate(value, Interval(value - half, value + half, level, "wald"), base, "logit", unit, se, (), "Cox 1958")


def _slope(held_out: FloatArray, who: BoolArray, level: float) -> Estimate:
    """Return the slope of answering on the predicted log odds (Cox 1958): below 1 predictions are too extreme."""
    predicted = log_odds(held_out)
    spread = float(predicted.std())
    fit = logit(np.column_stack([np.ones(who.size), (predicted - predicted.mean()) / spread]), who) if spread else None
    if fit is None:
        return Estimate(0.0, None, _base(who), "logit", "slope", None, (Note("calibration-undefined"),), "Cox 1958")
    se = float(np.sqrt(fit.covariance[1, 1])) / spread
    return _wald(float(fit.coefficients[1]) / spread, se, _base(who), level, "slope")


def _bands(held_out: FloatArray, who: BoolArray, level: float) -> tuple[CalibrationBand, ...]:
    """Return ten bands (fewer where predictions tie) of predicted propensity with what came out."""
    bands = classes_of(held_out, _BANDS)
    found = []
    for band in range(int(bands.max()) + 1):
        inside = bands == band
        n, counted = int(inside.sum()), int(who[inside].sum())
        share = counted / n
        se = float(np.sqrt(share * (1 - share) / n))
        answered = Estimate(
            share, wilson(share, n, level), _base(inside[inside]), "share", "share", se, (), "Wilson 1927"
        )
        found.append(CalibrationBand(n, float(held_out[inside].mean()), answered))
    return tuple(found)


def classes_of(scores: FloatArray, n_classes: int) -> IntArray:
    """Return classes of about equal size by rising score, numbered from 0; equal scores share one."""
    edges = np.unique(np.quantile(scores, np.arange(1, n_classes) / n_classes, method="inverted_cdf"))
    classes = np.searchsorted(edges, scores, side="left")
    return np.unique(classes, return_inverse=True)[1].astype(np.int64)


def _overlap(fitted: FloatArray, who: BoolArray) -> tuple[Note, ...]:
    """Return warnings where few respondents stand for many who did not answer."""
    notes = []
    beyond = float((fitted[~who] < fitted[who].min()).mean())
    if beyond > _GAP:
        notes.append(Note("little-overlap", {"share": beyond}))
    if fitted.min() < _EXTREME:
        notes.append(
            Note("extreme-propensities", {"smallest": float(fitted.min()), "n": int((fitted < _EXTREME).sum())})
        )
    return tuple(notes)


def propensity_weights(found: ResponsePropensity, options: PropensityWeightOptions | None = None) -> Weighting:
    """Return weights (n; 0 for those who did not answer) that make respondents stand for everybody asked.

    `inverse`: 1 / propensity, scaled to add up to n. `classes`: n of the class / respondents of the class, classes of
    equal size by propensity (Little 1986; five remove most of the bias, Cochran 1968); a class with fewer than 10
    respondents joins its neighbour. With `limits` weights are cut at multiples of their median and scaled back.
    """
    options = options or PropensityWeightOptions()
    method = PropensityMethod(options.method)
    classes = _answering_classes(found, options.n_classes)
    if method is PropensityMethod.INVERSE:
        weights = np.where(found.answered, 1 / found.propensities, 0.0)
        weights *= weights.size / weights.sum()
        auxiliaries = Auxiliaries()
    else:
        sizes, answered = np.bincount(classes), np.bincount(classes, weights=found.answered.astype(np.float64))
        weights = np.where(found.answered, (sizes / answered)[classes], 0.0)
        auxiliaries = Auxiliaries(((classes, sizes.size),))
    weights, n_trimmed = _cut(weights, options.limits)
    notes = (Note("weights-trimmed", {"n": n_trimmed}),) if n_trimmed else ()
    course = Course(1, 0.0, n_trimmed, f"propensity-{method}", SOURCE, notes)
    base = found.answered.astype(np.float64)
    summary = summary_of(weights, _class_margins(classes, found.answered, weights), course)
    return Weighting(weights, weights.copy(), base, auxiliaries, summary)


def _answering_classes(found: ResponsePropensity, n_classes: int) -> IntArray:
    """Return classes of propensity with at least ten respondents each, as far as there are so many."""
    classes = classes_of(found.propensities, n_classes)
    place = 0
    while place < int(classes.max()) or (place and int(found.answered[classes == place].sum()) < PER_TERM):
        if found.answered[classes == place].sum() >= PER_TERM:
            place += 1
            continue
        # The last class joins the one before, any other the next.
        joined = min(place, int(classes.max()) - 1)
        classes = np.where(classes > joined, classes - 1, classes)
        place = min(place, int(classes.max()))
    return classes


def _cut(weights: FloatArray, limits: tuple[float, float] | None) -> tuple[FloatArray, int]:
    """Return weights within multiples of their median, with the sum they had, and how many stand at a limit."""
    if limits is None:
        return weights, 0
    there = weights > 0
    low, high = limits_of(weights, limits)
    outside = there & ((weights < low) | (weights > high))
    cut = np.where(there, np.clip(weights, low, high), 0.0)
    return cut * (weights.sum() / cut.sum()), int(outside.sum())


def _class_margins(classes: IntArray, answered: BoolArray, weights: FloatArray) -> tuple[Margin, ...]:
    """Return for each class of propensity how many were asked and how many its respondents stand for."""
    sizes = np.bincount(classes)
    counts, reached = np.bincount(classes, answered, sizes.size), np.bincount(classes, weights, sizes.size)
    return tuple(
        Margin("propensity class", str(place + 1), int(n), float(n), float(size), float(total))
        for place, (size, n, total) in enumerate(zip(sizes, counts, reached, strict=True))
    )
