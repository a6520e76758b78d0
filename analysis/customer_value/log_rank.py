"""Do groups of customers leave at different rates? The log-rank test, stratified and for any number of groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats
from statsmodels.duration.survfunc import survdiff

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.customer_value.histories import Histories, Spells, spells_of
from analysis.customer_value.partial_likelihood import likelihood_at, prepared, score_influences
from analysis.customer_value.risk_sets import risk_sets
from analysis.labels import Labels, labels_of
from analysis.values import Note, Refusal
from analysis.values.customer_value.persistence import LogRank, ObservedExpected

SOURCE = "Mantel 1966; Peto & Peto 1972"
ROBUST_SOURCE = "Lin & Wei 1989; Mantel 1966"
FEW_EXPECTED = 5


@dataclass(frozen=True, slots=True)
class LogRankOptions:
    """Rate of false alarms, the fewest customers in each group, and the fewest departures in all."""

    alpha: float = 0.05
    minimum_base: int = 10
    minimum_events: int = 5


DEFAULTS = LogRankOptions()


def log_rank(
    histories: Histories,
    groups: Labels,
    strata: Labels | None = None,
    options: LogRankOptions = DEFAULTS,
) -> LogRank | Refusal:
    """Return whether departures are spread over the groups as chance would spread them, at each time and stratum.

    Chi-square of observed minus expected departures, k-1 degrees of freedom, hypergeometric variance (Mantel 1966).
    With weights or clusters the robust score test of a Cox model with the groups as covariates (Lin & Wei 1989).
    `groups` (n,) and `strata` (n,) name each customer's; None, NaN or an empty text is missing, left out and noted.
    Refused (`one-group`, `base-too-small`, `too-few-departures`, `groups-never-at-risk-together`).
    """
    present = _named(np.size(histories.times), groups, strata)
    spells = spells_of(histories, present)
    numbers, names = _numbered(groups, spells.kept)
    layers = np.zeros(numbers.size, dtype=np.int64) if strata is None else _numbered(strata, spells.kept)[0]
    refusal = _refusal(spells, numbers, options)
    if refusal:
        return refusal
    statistic = (_plain_test if spells.is_plain else _robust_test)(spells, numbers, layers)
    if statistic is None:
        return Refusal("groups-never-at-risk-together", spells.base, {"groups": len(names)})
    return _result(spells, _table(spells, (numbers, names), layers), statistic, options.alpha)


def _result(spells: Spells, table: tuple[ObservedExpected, ...], statistic: float, alpha: float) -> LogRank:
    """Return the test with its p-value, noted where a group is too small for it."""
    df, fewest = len(table) - 1, min(each.expected for each in table)
    p_value = float(stats.chi2.sf(statistic, df)) if spells.is_plain else _f_tail(statistic, df, spells.who.n_units)
    few = (Note("few-expected-departures", {"expected": round(fewest, 2), "needed": FEW_EXPECTED}),)
    return LogRank(
        base=spells.base,
        n_events=spells.n_events,
        groups=table,
        statistic=statistic,
        df=df,
        p_value=p_value,
        alpha=alpha,
        differs=p_value < alpha,
        method="log-rank" if spells.is_plain else "log-rank-robust",
        source=SOURCE if spells.is_plain else ROBUST_SOURCE,
        notes=spells.notes + (few if fewest < FEW_EXPECTED else ()),
    )


def _named(n: int, groups: Labels, strata: Labels | None) -> BoolArray:
    """Return which customers have a group and, if any, a stratum."""
    named = np.ones(n, dtype=np.bool_)
    for labels in (groups, groups if strata is None else strata):
        if len(labels) != n:
            raise ValueError(f"There are {n} customers but {len(labels)} labels.")
        named &= np.array([each != "" for each in labels_of(labels)], dtype=np.bool_)
    return named


def _numbered(labels: Labels, kept: BoolArray) -> tuple[IntArray, list[str]]:
    """Return the number of each kept row's label, and the labels in order."""
    chosen = [each for each, is_kept in zip(labels_of(labels), kept, strict=True) if is_kept]
    names, numbers = np.unique(np.array(chosen, dtype=np.str_), return_inverse=True)
    return np.asarray(numbers, dtype=np.int64), names.tolist()


def _refusal(spells: Spells, numbers: IntArray, options: LogRankOptions) -> Refusal | None:
    counts = np.bincount(numbers) if numbers.size else np.zeros(1, dtype=np.int64)
    if counts.size <= 1:
        return Refusal("one-group", spells.base, {"groups": int(counts.size if numbers.size else 0)})
    if counts.min() < options.minimum_base:
        return Refusal("base-too-small", spells.base, {"n": int(counts.min()), "needed": options.minimum_base})
    if spells.n_events < options.minimum_events:
        return Refusal("too-few-departures", spells.base, {"n": spells.n_events, "needed": options.minimum_events})
    return None


def _table(spells: Spells, groups: tuple[IntArray, list[str]], layers: IntArray) -> tuple[ObservedExpected, ...]:
    """Return weighted departures observed and expected of each group, added up over strata."""
    numbers, names = groups
    expected = np.zeros(len(names))
    for layer in np.unique(layers):
        part = spells.rows(layers == layer)
        sets = risk_sets(part)
        # The cumulative hazard of the stratum; its increments fall on whoever is at risk.
        hazard = np.concatenate([[0.0], np.cumsum(sets.events / sets.at_risk)])
        spent = _steps(hazard, sets.times, part.times) - _steps(hazard, sets.times, part.entries)
        expected += np.bincount(numbers[layers == layer], weights=part.weights * spent, minlength=len(names))
    left = spells.weights * (spells.events > 0)
    observed = np.bincount(numbers, weights=left, minlength=len(names))
    counts = np.bincount(numbers, minlength=len(names))
    return tuple(
        ObservedExpected(name, int(counts[i]), float(observed[i]), float(expected[i])) for i, name in enumerate(names)
    )


def _steps(totals: FloatArray, at: FloatArray, times: FloatArray) -> FloatArray:
    result: FloatArray = totals[np.searchsorted(at, times, side="right")]
    return result


def _plain_test(spells: Spells, numbers: IntArray, layers: IntArray) -> float | None:
    entry = np.maximum(spells.entries, -1.0) if spells.is_truncated else None
    strata = layers if np.ptp(layers) else None
    try:
        statistic = survdiff(spells.times, spells.events, numbers, strata=strata, entry=entry)[0]
    except np.linalg.LinAlgError:
        return None
    return float(statistic) if np.isfinite(statistic) else None


def _robust_test(spells: Spells, numbers: IntArray, layers: IntArray) -> float | None:
    """Return U' V^-1 U of the Cox score at zero, V from influences added up within respondents."""
    dummies = (numbers[:, None] == np.arange(1, numbers.max() + 1)).astype(np.float64)
    risk = prepared(spells, dummies, layers, "breslow")
    start = np.zeros(dummies.shape[1])
    scores = score_influences(risk, start)
    g = scores.shape[0]
    variance = scores.T @ scores * (g / max(g - 1, 1))
    if np.linalg.matrix_rank(variance) < start.size:
        return None
    gradient = likelihood_at(risk, start).gradient
    return float(gradient @ np.linalg.solve(variance, gradient))


def _f_tail(statistic: float, df: int, units: int) -> float:
    """Return the tail of Hotelling's T^2: the variance is an estimate from so many respondents."""
    free = max(units - df, 1)
    return float(stats.f.sf(statistic * free / (df * max(units - 1, 1)), df, free))
