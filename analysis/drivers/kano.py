"""The Kano questionnaire: pairs of answers to categories, and what they settle about a feature.

Each feature is asked twice: how would you feel if it were there (functional), how if it were not (dysfunctional).
Answers: 1 I like it, 2 it must be so, 3 I don't mind, 4 I can live with it, 5 I dislike it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.arrays import BoolArray, FloatArray
from analysis.intervals import wilson
from analysis.multiplicity import adjusted_p_values
from analysis.respondents import Respondents, respondents, weighted_mean
from analysis.values.estimates import Base, Estimate, Interval, Note, Refusal
from analysis.values.kano import CategoryShare, Kano, KanoCategory, KanoFeature, KanoReason

SOURCE = "Kano et al. 1984; Berger et al. 1993; Gutmann & Maymin 1987; Holm 1979"
_ANSWERS = 5
_CATEGORIES = (
    KanoCategory.MUST_BE,
    KanoCategory.ONE_DIMENSIONAL,
    KanoCategory.ATTRACTIVE,
    KanoCategory.INDIFFERENT,
    KanoCategory.REVERSE,
    KanoCategory.QUESTIONABLE,
)
# Rows: functional answer, columns: dysfunctional answer (Berger et al. 1993), by the letters of the categories above.
EVALUATION = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")
_LETTERS = dict(zip("MOAIRQ", range(len(_CATEGORIES)), strict=True))
_TABLE = np.array([[_LETTERS[letter] for letter in row] for row in EVALUATION])
_FONG = 1.65


@dataclass(frozen=True, slots=True)
class KanoOptions:
    """Level of the intervals, error rate of the categories over all features, and respondents a category needs."""

    level: float = 0.95
    alpha: float = 0.05
    least_base: int = 30


@dataclass(frozen=True, slots=True, eq=False)
class _Answered:
    """The respondents who answered one feature both ways: their two answers (0-4), categories (0-5), and who."""

    functional: NDArray[np.intp]
    dysfunctional: NDArray[np.intp]
    who: Respondents

    @property
    def categories(self) -> NDArray[np.intp]:
        """Return the category of each respondent."""
        found: NDArray[np.intp] = _TABLE[self.functional, self.dysfunctional]
        return found


def _share(flags: BoolArray, who: Respondents, level: float, method: str) -> Estimate:
    """Return a share with Wilson's interval on the base that its error is worth (Korn & Graubard 1998)."""
    share, error = weighted_mean(flags.astype(np.float64), who)
    base = who.base()
    plain = not who.is_weighted and who.clusters is None
    effective = float(base.n)
    if not plain:
        effective = min(base.effective, float(who.n_units))
        worth = share * (1 - share) / error**2 if error > 0 else math.inf
        effective = min(effective, worth) if math.isfinite(worth) else effective
    found = wilson(min(max(share, 0.0), 1.0), effective, level)
    interval = Interval(found.low, found.high, level, method)
    return Estimate(
        share,
        interval,
        base,
        "share",
        "share",
        error if math.isfinite(error) else None,
        source=f"{SOURCES[method]}; Korn & Graubard 1998",
    )


SOURCES = {"wilson": "Wilson 1927", "goodman": "Goodman 1965"}


def _shares(answered: _Answered, level: float) -> tuple[CategoryShare, ...]:
    """Return the share of every category; Goodman's intervals are Wilson's at a sixth of the error each."""
    together = 1 - (1 - level) / len(_CATEGORIES)
    found = []
    for place, category in enumerate(_CATEGORIES):
        flags = answered.categories == place
        estimate = _share(flags, answered.who, together, "goodman")
        interval = estimate.interval
        stated = replace(interval, level=level) if interval else None
        found.append(CategoryShare(category, int(flags.sum()), replace(estimate, interval=stated)))
    return tuple(found)


def _coefficient(answered: _Answered, letters: str, sign: int, level: float) -> Estimate | None:
    """Return Berger's better (+) or worse (-): the share of some categories among M, O, A and I."""
    counted = np.isin(answered.categories, [_LETTERS[each] for each in "MOAI"])
    if not counted.any():
        return None
    chosen = np.isin(answered.categories[counted], [_LETTERS[each] for each in letters])
    found = _share(chosen, answered.who.rows(counted), level, "wilson")
    ends = sorted((sign * found.interval.low, sign * found.interval.high)) if found.interval else []
    interval = Interval(ends[0], ends[1], level, "wilson") if ends else None
    name = "better" if sign > 0 else "worse"
    return replace(
        found, value=sign * found.value, interval=interval, method=name, source=f"Berger 1993; {found.source}"
    )


def _lead(answered: _Answered, first: int, second: int, level: float) -> tuple[Estimate, float]:
    """Return how far the commonest category leads the next, and the two-sided p-value of no lead.

    Exact (binomial, given that it is one of the two) for single, equal respondents; by t on the linearised error
    otherwise. That the best of several is tested against the next best asks for no more (Gutmann & Maymin 1987).
    """
    categories, who = answered.categories, answered.who
    scores = (categories == first).astype(np.float64) - (categories == second)
    value, error = weighted_mean(scores, who)
    degrees = max(who.n_units - 1, 1)
    error = error if math.isfinite(error) else 0.0
    half = float(stats.t.ppf((1 + level) / 2, degrees)) * error
    interval = Interval(max(value - half, -1.0), min(value + half, 1.0), level, "t")
    found = Estimate(value, interval, who.base(), "difference", "difference-share", error, source="Binder 1983")
    if who.is_weighted or who.clusters is not None:
        away = value / error if error > 0 else (math.inf if value > 0 else 0.0)
        return found, float(2 * stats.t.sf(away, degrees))
    ours, theirs = int((categories == first).sum()), int((categories == second).sum())
    return found, float(stats.binomtest(ours, ours + theirs).pvalue)


def _ranked(answered: _Answered) -> tuple[int, int]:
    """Return the two categories with the largest weights."""
    sums = np.bincount(answered.categories, weights=answered.who.weights, minlength=len(_CATEGORIES))
    order = np.argsort(-sums, kind="stable")
    return int(order[0]), int(order[1])


def _settled_by_fong(answered: _Answered, first: int, second: int) -> bool:
    """Tell whether |a - b| exceeds 1.65 sqrt((a + b)(2n - a - b) / 2n) (Fong 1996), too easily passed (see docs)."""
    a, b = (int((answered.categories == each).sum()) for each in (first, second))
    n = answered.categories.size
    return a - b > _FONG * math.sqrt((a + b) * (2 * n - a - b) / (2 * n))


def _feature(name: str, answered: _Answered, options: KanoOptions) -> KanoFeature:
    """Return one feature, still unclassified: the p-values of the others are needed for that."""
    first, second = _ranked(answered)
    lead, p_value = _lead(answered, first, second, options.level)
    table = np.zeros((_ANSWERS, _ANSWERS), dtype=int)
    np.add.at(table, (answered.functional, answered.dysfunctional), 1)
    return KanoFeature(
        name=name,
        base=answered.who.base(),
        table=tuple(tuple(row) for row in table.tolist()),
        shares=_shares(answered, options.level),
        better=_coefficient(answered, "AO", 1, options.level),
        worse=_coefficient(answered, "MO", -1, options.level),
        commonest=_CATEGORIES[first],
        runner_up=_CATEGORIES[second],
        lead=lead,
        p_value=p_value,
        adjusted_p_value=p_value,
        settled_by_fong=_settled_by_fong(answered, first, second),
        category=KanoCategory.UNCLASSIFIED,
        reason=KanoReason.NOT_SETTLED,
    )


def _judged(feature: KanoFeature, adjusted: float, n_units: float, options: KanoOptions) -> KanoFeature:
    """Return the feature with its category, where base and lead carry one."""
    judged = replace(feature, adjusted_p_value=adjusted)
    if min(n_units, feature.base.effective) < options.least_base:
        return replace(judged, reason=KanoReason.BASE_TOO_SMALL)
    if adjusted > options.alpha:
        return judged
    if feature.commonest is KanoCategory.QUESTIONABLE:
        return replace(judged, reason=KanoReason.QUESTIONABLE_ANSWERS)
    return replace(judged, category=feature.commonest, reason=KanoReason.SETTLED)


def _answers(column: pd.Series) -> FloatArray:
    """Return answers as numbers; raises ValueError for anything but 1 to 5 and missing."""
    found: FloatArray = column.to_numpy(dtype=np.float64, na_value=np.nan)
    if not np.isin(found[~np.isnan(found)], np.arange(1, _ANSWERS + 1)).all():
        raise ValueError(f"Answers to {column.name!r} must be whole numbers from 1 (like) to 5 (dislike), or missing.")
    return found


def _answered(functional: pd.Series, dysfunctional: pd.Series, who: Respondents) -> _Answered:
    """Return those who answered both questions and weigh something."""
    there, absent = _answers(functional), _answers(dysfunctional)
    keep = ~np.isnan(there) & ~np.isnan(absent) & (who.weights > 0)
    return _Answered(there[keep].astype(np.intp) - 1, absent[keep].astype(np.intp) - 1, who.rows(keep))


def _checked(functional: pd.DataFrame, dysfunctional: pd.DataFrame, who: Respondents) -> None:
    """Raise ValueError unless both tables hold the same features and respondents."""
    if set(functional.columns) != set(dysfunctional.columns) or not functional.columns.is_unique:
        raise ValueError("Give the same features, each once, in the functional and the dysfunctional table.")
    if not len(functional) == len(dysfunctional) == who.weights.size:
        raise ValueError("Give one row for each respondent in both tables, and one weight.")


def kano_categories(
    functional: pd.DataFrame,
    dysfunctional: pd.DataFrame,
    who: Respondents | None = None,
    options: KanoOptions | None = None,
) -> Kano:
    """Return what kind of feature each column is, from pairs of answers 1 (like) to 5 (dislike), rows respondents.

    Pairs fall into categories by the table of Berger et al. 1993; shares have simultaneous intervals, better and worse
    Wilson's. A feature is unclassified unless `least_base` respondents answered both ways and the commonest category
    leads the next beyond chance (Holm over the features). Half-answered pairs and weights of zero are left out.
    Raises ValueError for other answers than 1 to 5 and for tables that do not fit each other.
    """
    who, options = who or respondents(len(functional)), options or KanoOptions()
    _checked(functional, dysfunctional, who)
    pairs = {str(name): _answered(functional[name], dysfunctional[name], who) for name in functional.columns}
    given = {name: each for name, each in pairs.items() if each.categories.size}
    features = [_feature(name, each, options) for name, each in given.items()]
    adjusted = adjusted_p_values([each.p_value for each in features])
    judged = zip(features, adjusted, given.values(), strict=True)
    nobody = Refusal("base-too-small", Base(0, 0.0, 0.0), {"n": 0, "needed": 1})
    return Kano(
        features=tuple(_judged(each, float(p), float(a.who.n_units), options) for each, p, a in judged),
        refused=tuple((name, nobody) for name in pairs if name not in given),
        method="kano-evaluation-table",
        source=SOURCE,
        notes=(Note("statements-not-behaviour"),),
    )
