"""Do gaps look random? Little's test over all items, and each item's gaps against the answers to the others."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from analysis.arrays import BoolArray, FloatArray
from analysis.imputation.expectation import NormalFit, PatternSums, normal_fit, pattern_sums
from analysis.imputation.patterns import base_of_rows, numbers_of
from analysis.intervals import normal_quantile
from analysis.multiplicity import adjusted_p_values
from analysis.values import Estimate, Interval, Note, Refusal
from analysis.values.missingness import GapCheck, McarTest
from analysis.values.weighting import LogitCoefficient
from analysis.weighting.logit import logit

RELATED, NO_SIGN = "related-to-answers", "no-sign-of-relation"
# Rows needed for each item of Little's test, and at all.
_ROWS_PER_ITEM, _ROWS, _ITEMS = 3, 20, 2
# Rows per pattern below which the chi-square is an approximation of doubtful worth.
_ROWS_PER_PATTERN = 5
# Gaps, and answers, needed for each other item.
_GAPS_PER_TERM = 2
_GAPS = 10
# Nothing that was seen can tell whether gaps depend on what was not seen.
UNTESTABLE = Note("dependence-on-the-unseen-cannot-be-tested")


def little_mcar_test(table: pd.DataFrame, alpha: float = 0.05) -> McarTest | Refusal:
    """Return Little's test that answers are missing completely at random (Little 1988).

    `table`: numeric or ordered columns, NaN missing. d2 = sum over patterns of n (ybar - mu)' S^-1 (ybar - mu) on the
    items seen, mu and S by EM (S with divisor n - 1); chi-square with sum of items seen - items degrees.
    Refused: nothing missing (`nothing-missing`), below 20 rows or 3 a item (`too-few-rows`), items that determine
    each other (`singular-covariance`), fewer than two items that vary (`too-few-items`). Constant items are left out
    with a note.
    """
    values, notes = _standardised(table)
    there = ~np.isnan(values).all(axis=1)
    values = values[there] if values.shape[1] else values[:0]
    refusal = _unfit(values)
    if refusal:
        return refusal
    patterns = pattern_sums(values)
    fit = normal_fit(patterns)
    if fit is None:
        return Refusal("singular-covariance", base_of_rows(len(values)), {"items": values.shape[1]})
    return _tested(patterns, fit, notes, alpha)


def _tested(patterns: list[PatternSums], fit: NormalFit, notes: tuple[Note, ...], alpha: float) -> McarTest:
    n = sum(each.n for each in patterns)
    degrees = float(sum(int(each.seen.sum()) for each in patterns) - fit.mean.size)
    statistic = _distance(patterns, fit)
    p_value = float(stats.chi2.sf(statistic, degrees))
    return McarTest(
        statistic=statistic,
        degrees=degrees,
        p_value=p_value,
        verdict=RELATED if p_value < alpha else NO_SIGN,
        n_patterns=len(patterns),
        iterations=fit.iterations,
        base=base_of_rows(n),
        method="little",
        source="Little 1988",
        notes=(*notes, *_warnings(patterns, fit, n), UNTESTABLE),
    )


def _standardised(table: pd.DataFrame) -> tuple[FloatArray, tuple[Note, ...]]:
    """Return the columns that vary, standardised, and a note for each that does not."""
    kept, notes = [], []
    for name, column in zip(table.columns, numbers_of(table).T, strict=True):
        seen = column[~np.isnan(column)]
        spread = float(seen.std()) if seen.size else 0.0
        if spread <= 1e-12 * float(np.abs(seen).max(initial=0.0)):
            notes.append(Note("item-constant", {"item": str(name)}))
            continue
        kept.append((column - seen.mean()) / spread)
    return (np.column_stack(kept) if kept else np.zeros((len(table), 0))), tuple(notes)


def _unfit(values: FloatArray) -> Refusal | None:
    n, p = values.shape
    needed = max(_ROWS, _ROWS_PER_ITEM * p)
    if p < _ITEMS:
        return Refusal("too-few-items", base_of_rows(n), {"n": p, "needed": _ITEMS})
    if n < needed:
        return Refusal("too-few-rows", base_of_rows(n), {"n": n, "needed": needed})
    if not np.isnan(values).any():
        return Refusal("nothing-missing", base_of_rows(n), {"n": n})
    return None


def _distance(patterns: list[PatternSums], fit: NormalFit) -> float:
    n = sum(each.n for each in patterns)
    covariance = fit.covariance * n / (n - 1)
    total = 0.0
    for each in patterns:
        off = each.total / each.n - fit.mean[each.seen]
        total += each.n * float(off @ np.linalg.solve(covariance[np.ix_(each.seen, each.seen)], off))
    return total


def _warnings(patterns: list[PatternSums], fit: NormalFit, n: int) -> tuple[Note, ...]:
    notes = []
    if n < _ROWS_PER_PATTERN * len(patterns):
        notes.append(Note("many-patterns", {"patterns": len(patterns), "n": n}))
    if not fit.converged:
        notes.append(Note("em-not-converged", {"iterations": fit.iterations}))
    return tuple(notes)


@dataclass(frozen=True, slots=True)
class GapOptions:
    """Level of the coefficients' intervals, and the share of false alarms over all items that Holm allows."""

    level: float = 0.95
    alpha: float = 0.05


def missingness_check(table: pd.DataFrame, options: GapOptions | None = None) -> tuple[GapCheck | Refusal, ...]:
    """Return for each item with gaps whether these go with the answers to the other items.

    Logistic model of a gap on the other items (standardised, their own gaps at the mean): Rao's score test of all
    coefficients at once, Holm over the items; coefficients by maximum likelihood where they exist. Refused
    (`too-few-gaps`) for an item with fewer than 10 gaps or answers, or fewer than 2 of either for each other item.
    """
    options = options or GapOptions()
    values, _ = _standardised(table)
    names = [str(each) for each, column in zip(table.columns, numbers_of(table).T, strict=True) if _varies(column)]
    filled = np.where(np.isnan(values), 0.0, values)
    found = [
        _checked(
            name,
            np.isnan(values[:, place]),
            (np.delete(filled, place, axis=1), names[:place] + names[place + 1 :]),
            options.level,
        )
        for place, name in enumerate(names)
        if np.isnan(values[:, place]).any()
    ]
    tested = [each for each in found if isinstance(each, GapCheck)]
    adjusted = iter(adjusted_p_values([each.p_value for each in tested]))
    return tuple(_judged(each, next(adjusted), options.alpha) if isinstance(each, GapCheck) else each for each in found)


def _varies(column: FloatArray) -> bool:
    seen = column[~np.isnan(column)]
    return bool(seen.size and seen.std() > 1e-12 * np.abs(seen).max())


def _judged(check: GapCheck, p_value: float, alpha: float) -> GapCheck:
    return replace(check, adjusted_p_value=p_value, verdict=RELATED if p_value < alpha else NO_SIGN)


def _checked(name: str, gaps: BoolArray, others: tuple[FloatArray, list[str]], level: float) -> GapCheck | Refusal:
    columns, names = others
    fewer, base = int(min(gaps.sum(), (~gaps).sum())), base_of_rows(gaps.size)
    needed = max(_GAPS, _GAPS_PER_TERM * columns.shape[1])
    if fewer < needed or not columns.shape[1]:
        return Refusal("too-few-gaps", base, {"item": name, "n": fewer, "needed": needed})
    statistic, degrees = _score_statistic(columns, gaps)
    p_value = float(stats.chi2.sf(statistic, degrees))
    return GapCheck(
        item=name,
        n_missing=int(gaps.sum()),
        statistic=statistic,
        degrees=float(degrees),
        p_value=p_value,
        adjusted_p_value=p_value,
        verdict=NO_SIGN,
        coefficients=_coefficients(columns, names, gaps, level),
        base=base,
        method="rao-score",
        source="Rao 1948; Holm 1979",
        notes=(UNTESTABLE,),
    )


def _score_statistic(columns: FloatArray, gaps: BoolArray) -> tuple[float, int]:
    """Return Rao's statistic of a logistic model against one with an intercept only, and its degrees of freedom."""
    centred = columns - columns.mean(axis=0)
    share = float(gaps.mean())
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    left = left[:, sizes > 1e-10 * sizes.max(initial=1e-300)]
    return float(np.square(left.T @ (gaps - share)).sum() / (share * (1 - share))), int(left.shape[1])


def _coefficients(columns: FloatArray, names: list[str], gaps: BoolArray, level: float) -> tuple[LogitCoefficient, ...]:
    fit = logit(np.column_stack([np.ones(gaps.size), columns]), gaps)
    if fit is None:
        return ()
    found, base = [], base_of_rows(gaps.size)
    errors = np.sqrt(np.diagonal(fit.covariance))
    for name, value, se in zip(names, fit.coefficients[1:].tolist(), errors[1:].tolist(), strict=True):
        half = normal_quantile(level) * se
        interval = Interval(value - half, value + half, level, "wald")
        estimate = Estimate(value, interval, base, "logit", "log-odds", se, (), "Cox 1958")
        found.append(LogitCoefficient(name, estimate, float(2 * stats.norm.sf(abs(value) / se))))
    return tuple(found)
