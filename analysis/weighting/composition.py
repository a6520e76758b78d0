"""Those who answered beside everybody asked: who is missing, by how much, and whether chance explains it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from analysis.arrays import BoolArray, FloatArray
from analysis.intervals import wilson
from analysis.multiplicity import adjusted_p_values
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.values.weighting import BaseComparison, CategoricalComparison, GroupAnswering, NumericComparison
from analysis.weighting.attributes import categories_of, is_numeric
from analysis.weighting.representativity import answered_of, representativity

_NEEDED = 10
# A variance needs two values.
_SPREAD = 2
# Pearson's test is read with care below this expected count (Cochran 1954).
_EXPECTED = 5.0


@dataclass(frozen=True, slots=True)
class CompositionOptions:
    """Level of the intervals, and the share of false alarms that Holm's procedure allows over all that is compared."""

    level: float = 0.95
    alpha: float = 0.05


def base_of_people(n: int) -> Base:
    """Return the base of n people who count once each."""
    return Base(n, float(n), float(n))


def compare_with_base(
    everybody: pd.DataFrame, answered: ArrayLike, options: CompositionOptions | None = None
) -> BaseComparison | Refusal:
    """Return those who answered beside everybody asked, characteristic by characteristic.

    `everybody`: one row per person asked, one column per characteristic (numbers: means; anything else: categories,
    missing ones as a category of their own). `answered` (n): true or false.
    Shares differ by (1 - response rate) x (respondents - non-respondents), with Newcombe's interval of the latter;
    means likewise with Welch's. Standardised: over the spread of everybody. Categories are tested against everybody
    else (Pearson, Fisher where counts are small) and adjusted together by Holm; characteristics too.
    Refused below 10 respondents or non-respondents (`base-too-small`).
    """
    options = options or CompositionOptions()
    who = answered_of(answered, len(everybody))
    fewer = int(min(who.sum(), (~who).sum()))
    if fewer < _NEEDED:
        return Refusal("base-too-small", base_of_people(who.size), {"n": fewer, "needed": _NEEDED})
    found = [_characteristic(everybody[name], str(name), who, options.level) for name in everybody.columns]
    return BaseComparison(
        n_base=who.size,
        n_respondents=int(who.sum()),
        response_rate=_rate(int(who.sum()), who.size, options.level),
        characteristics=_adjusted([each for each in found if each is not None], options.alpha),
        representativity=representativity(everybody, who, options.level),
        notes=tuple(
            Note("characteristic-constant", {"variable": str(name)})
            for name, each in zip(everybody.columns, found, strict=True)
            if each is None
        ),
    )


def _characteristic(
    column: pd.Series, name: str, who: BoolArray, level: float
) -> CategoricalComparison | NumericComparison | None:
    """Return the comparison of one characteristic, None where everybody is alike."""
    if not is_numeric(column):
        labels = categories_of(column)
        return _categorical(labels, name, who, level) if len(labels.unique()) > 1 else None
    values = column.to_numpy(np.float64, na_value=np.nan)
    if np.isinf(values).any():
        raise ValueError(f"{name!r} holds infinite numbers.")
    there = ~np.isnan(values)
    if min((there & who).sum(), (there & ~who).sum()) < _SPREAD or np.ptp(values[there]) == 0:
        return None
    return _numeric(values, name, (who, there), level)


def _rate(counted: int, n: int, level: float) -> Estimate:
    share = counted / n
    se = float(np.sqrt(share * (1 - share) / n))
    return Estimate(share, wilson(share, n, level), base_of_people(n), "response-rate", "share", se, (), "Wilson 1927")


def _categorical(labels: pd.Series, name: str, who: BoolArray, level: float) -> CategoricalComparison:
    categories = sorted(labels.unique())
    counts = np.array([[int(((labels == each) & side).sum()) for each in categories] for side in (who, ~who)])
    test = stats.chi2_contingency(counts, correction=False)
    groups = tuple(_group(each, counts[:, place], counts.sum(axis=1), level) for place, each in enumerate(categories))
    spreads = [np.sqrt(each.share_of_base * (1 - each.share_of_base)) for each in groups]
    standardised = max((each.difference.value / spread for each, spread in zip(groups, spreads, strict=True)), key=abs)
    smallest = float(test.expected_freq.min())
    notes = (Note("small-expected-counts", {"smallest": smallest}),) if smallest < _EXPECTED else ()
    return CategoricalComparison(
        variable=name,
        groups=groups,
        standardised_difference=float(standardised),
        statistic=float(test.statistic),
        degrees=float(test.dof),
        p_value=float(test.pvalue),
        adjusted_p_value=float(test.pvalue),
        base=base_of_people(who.size),
        method="chi-square",
        source="Pearson 1900; Holm 1979",
        notes=notes,
    )


def _group(category: str, counts: FloatArray, totals: FloatArray, level: float) -> GroupAnswering:
    (inside, outside), (n_answered, n_silent) = (int(each) for each in counts), (int(each) for each in totals)
    n = n_answered + n_silent
    silent_share = n_silent / n
    value = silent_share * (inside / n_answered - outside / n_silent)
    low, high = confint_proportions_2indep(inside, n_answered, outside, n_silent, method="newcomb", alpha=1 - level)
    p_value = _two_by_two(np.array([[inside, outside], [n_answered - inside, n_silent - outside]]))
    difference = Estimate(
        value,
        Interval(silent_share * float(low), silent_share * float(high), level, "newcombe"),
        base_of_people(n),
        "respondents-minus-base",
        "difference-share",
        None,
        (),
        "Newcombe 1998",
    )
    return GroupAnswering(
        category=category,
        n_base=inside + outside,
        n_respondents=inside,
        share_of_base=(inside + outside) / n,
        share_of_respondents=inside / n_answered,
        difference=difference,
        response_rate=_rate(inside, inside + outside, level),
        p_value=p_value,
        adjusted_p_value=p_value,
        verdict="no-clear-difference",
    )


def _two_by_two(counts: FloatArray) -> float:
    """Return Pearson's p-value of a fourfold table, Fisher's where an expected count is small."""
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
    if expected.min() < _EXPECTED:
        return float(stats.fisher_exact(counts).pvalue)
    return float(stats.chi2_contingency(counts, correction=False).pvalue)


def _numeric(values: FloatArray, name: str, sides: tuple[BoolArray, BoolArray], level: float) -> NumericComparison:
    who, there = sides
    answered, silent, everybody = values[who & there], values[~who & there], values[there]
    silent_share = silent.size / everybody.size
    centre = float(everybody.mean())
    # Centred first, so that large offsets cost no digits.
    test = stats.ttest_ind(answered - centre, silent - centre, equal_var=False)
    bounds = test.confidence_interval(level)
    value = silent_share * float((answered - centre).mean() - (silent - centre).mean())
    base = base_of_people(everybody.size)
    interval = Interval(silent_share * float(bounds.low), silent_share * float(bounds.high), level, "welch")
    n_missing = int(values.size - everybody.size)
    return NumericComparison(
        variable=name,
        mean_of_base=centre,
        mean_of_respondents=float(answered.mean()),
        difference=Estimate(value, interval, base, "respondents-minus-base", "difference-mean", None, (), "Welch 1947"),
        standardised_difference=value / float(everybody.std()),
        p_value=float(test.pvalue),
        adjusted_p_value=float(test.pvalue),
        base=base,
        method="welch",
        source="Welch 1947; Holm 1979",
        notes=(Note("characteristic-missing", {"n": n_missing}),) if n_missing else (),
    )


def _adjusted(
    found: list[CategoricalComparison | NumericComparison], alpha: float
) -> tuple[CategoricalComparison | NumericComparison, ...]:
    """Return the comparisons with p-values adjusted over all characteristics, and over all categories."""
    overall = adjusted_p_values([each.p_value for each in found])
    found = [replace(each, adjusted_p_value=p) for each, p in zip(found, overall, strict=True)]
    groups = [group for each in found if isinstance(each, CategoricalComparison) for group in each.groups]
    judged = iter(
        _judged(group, p, alpha)
        for group, p in zip(groups, adjusted_p_values([g.p_value for g in groups]), strict=True)
    )
    return tuple(
        replace(each, groups=tuple(next(judged) for _ in each.groups))
        if isinstance(each, CategoricalComparison)
        else each
        for each in found
    )


def _judged(group: GroupAnswering, p_value: float, alpha: float) -> GroupAnswering:
    verdict = "no-clear-difference"
    if p_value < alpha:
        verdict = "answers-less" if group.difference.value < 0 else "answers-more"
    return replace(group, adjusted_p_value=p_value, verdict=verdict)
