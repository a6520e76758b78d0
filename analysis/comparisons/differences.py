"""The difference between two periods, two groups, or two answers of the same people."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from analysis.comparisons.confirmation import sign_flip_p_value, unconditional_p_value
from analysis.comparisons.pairs import Pair, pair_of, pair_of_samples, spread_of, together
from analysis.comparisons.permutation import permutation_p_value, permutation_p_value_of_means
from analysis.comparisons.procedures import (
    Finding,
    hypotenuse,
    net_promoter_adjusted,
    net_promoter_wald,
    newcombe,
    paired_t,
    welch,
)
from analysis.scores import Answers, ScoreOptions, contributions, rated, score_of_sample, trinomial
from analysis.values import Estimate, Interval, Note, Refusal
from analysis.values.comparisons import Difference, Verdict
from analysis.values.scores import Kind, Measure, Scale
from analysis.weights import Sample, mean_variance, supporting_base

SOURCES = {
    "wald": "Bonett & Price 2012; Fisher 1935",
    "adjusted-wald": "Bonett & Price 2012; Fisher 1935",
    "newcombe": "Newcombe 1998; Suissa & Shuster 1985; Berger & Boos 1994",
    "welch": "Welch 1947; Fisher 1935",
    "paired-t": "Student 1908",
}
DESIGN_SOURCE = "Binder 1983; Korn & Graubard 1998"


@dataclass(frozen=True, slots=True)
class ComparisonOptions:
    """Rate of false alarms, respondents needed on each side, for NPS the interval `adjusted-wald` or `wald`.

    `adjustment` names how the comparisons of one table are adjusted for being many, see `adjusted_p_values`.
    """

    alpha: float = 0.05
    comparison_base: int = 30
    nps_interval: str = "adjusted-wald"
    adjustment: str = "holm"

    def __post_init__(self) -> None:
        """Refuse a rate that is no probability and an interval that does not exist."""
        if not 0 < self.alpha < 1:
            raise ValueError(f"A rate of false alarms lies between 0 and 1, not at {self.alpha}.")
        if self.nps_interval not in {"adjusted-wald", "wald"}:
            raise ValueError(f"The NPS interval of a difference is adjusted-wald or wald, not {self.nps_interval}.")


DEFAULTS = ComparisonOptions()


def compare(
    first: Answers, second: Answers, measure: Measure, options: ComparisonOptions = DEFAULTS
) -> Difference | Refusal:
    """Return the second group's figure minus the first's.

    NPS: sum of variances, interval and z test after adding 3/8, 3/4, 3/8 answers per group (Bonett & Price 2012).
    Shares: Newcombe's hybrid score interval (1998). Means: Welch's t (1947). Where that finds a change, a second test
    must find it too before it is announced: for NPS and means of plain answers a permutation test, for NPS also t
    instead of z, for shares an exact unconditional test. With weights or clusters, standard errors are linearised by
    respondent, counts are shares times the base that supports them, and what the groups share counts as covariance:
    `clusters` that stand in both groups are the same people. Missing answers (NaN) are left out. Refused where a group
    has fewer than `comparison_base` respondents; values off the scale raise ValueError.
    """
    return compare_pair(pair_of(first, second, measure.scale), measure, options)


def bottom_box_difference(
    first: Answers, second: Answers, scale: Scale, boxes: int = 2, options: ComparisonOptions = DEFAULTS
) -> Difference | Refusal:
    """Return the second group's share of the worst `boxes` points minus the first's; a fall is an improvement."""
    turned = replace(scale, higher_is_better=not scale.higher_is_better)
    found = compare(first, second, Measure(Kind.TOP_BOX, turned, boxes), options)
    if isinstance(found, Refusal):
        return found
    better = improvement(found.verdict, higher_is_better=False)
    named = [replace(each, method=each.method.replace("top", "bottom")) for each in (found.first, found.second)]
    return replace(found, first=named[0], second=named[1], is_better=better, higher_is_better=False)


def compare_samples(
    samples: tuple[Sample, Sample], measure: Measure, options: ComparisonOptions = DEFAULTS
) -> Difference | Refusal:
    """Return the difference of two groups whose answers are already checked; nobody stands in both."""
    return compare_pair(pair_of_samples(samples), measure, options)


def compare_pair(pair: Pair, measure: Measure, options: ComparisonOptions = DEFAULTS) -> Difference | Refusal:
    """Return the difference of two groups whose answers are already checked, and who may overlap."""
    refusal = _too_small(pair.samples, max(options.comparison_base, 2))
    if refusal:
        return refusal
    figures = _figure(pair.first, measure, options), _figure(pair.second, measure, options)
    scored = pair.scored(measure)
    correlation = spread_of(scored).correlation if pair.overlaps else 0.0
    finding = _find(scored, correlation, (pair, measure, options))
    se = hypotenuse(figures[0].se or 0.0, figures[1].se or 0.0, correlation)
    return _difference(figures, finding, se, (pair, measure, options))


def paired_difference(
    first: Answers, second: Answers, measure: Measure, options: ComparisonOptions = DEFAULTS
) -> Difference | Refusal:
    """Return the mean change within people who answered both times (a panel): rows are the same people.

    NPS of answers scored -100, 0, 100; shares of 0 and 1. Student's t on the within-person differences, weighted
    with the second answers' weights; clusters of the second answers name people who stand in several rows. A verdict on
    unweighted NPS and shares also needs a sign test. Rows with either answer missing are left out.
    """
    before, after = np.asarray(first.scores, dtype=float), np.asarray(second.scores, dtype=float)
    if before.shape != after.shape:
        msg = f"Paired answers need the same people in both lists, not {before.size} and {after.size}."
        raise ValueError(msg)
    there = ~(np.isnan(before) | np.isnan(after))
    samples = [
        rated(Answers(np.where(there, each, np.nan), second.weights, second.clusters), measure.scale)
        for each in (before, after)
    ]
    return _paired((samples[0], samples[1]), measure, options)


def _paired(samples: tuple[Sample, Sample], measure: Measure, options: ComparisonOptions) -> Difference | Refusal:
    """Compare two samples of the same people in the same order."""
    refusal = _too_small(samples, max(options.comparison_base, 2))
    if refusal:
        return refusal
    before, after = (contributions(each, measure).values for each in samples)
    changes = samples[1].scored(after - before)
    figures = (_figure(samples[0], measure, options), _figure(samples[1], measure, options))
    pair = Pair(*samples, (np.arange(before.size), np.arange(after.size)))
    finding = paired_t(changes, 1 - options.alpha)
    if measure.kind is not Kind.MEAN and not changes.is_weighted and changes.n_units == before.size:
        steps = changes.values / (100 if measure.kind is Kind.NET_PROMOTER else 1)
        finding = replace(finding, p_confirming=sign_flip_p_value(steps))
    found = _difference(figures, finding, math.sqrt(mean_variance(changes)), (pair, measure, options))
    return replace(found, estimate=replace(found.estimate, base=samples[1].base))


def verdict_of(statistic: float, p_value: float, alpha: float) -> Verdict:
    """Return what a signed statistic allows one to say at a rate of false alarms of `alpha`."""
    if not p_value < alpha:
        return Verdict.NO_CLEAR_CHANGE
    return Verdict.CLEARLY_UP if statistic > 0 else Verdict.CLEARLY_DOWN


def improvement(verdict: Verdict, *, higher_is_better: bool) -> bool | None:
    """Return whether a clear change is for the better; None where no change is clear."""
    if verdict is Verdict.NO_CLEAR_CHANGE:
        return None
    return (verdict is Verdict.CLEARLY_UP) == higher_is_better


def counts_up(measure: Measure) -> bool:
    """Return whether a higher figure is better: always for NPS and top boxes, by the scale for a mean."""
    return measure.kind is not Kind.MEAN or measure.scale.higher_is_better


def _too_small(samples: tuple[Sample, Sample], needed: int) -> Refusal | None:
    """Return why two groups cannot be compared, if one of them has too few respondents."""
    people = [each.n_units for each in samples]
    n = min(people)
    if n >= needed:
        return None
    smaller = samples[people.index(n)]
    figures = {"n": n, "needed": needed, "n_first": people[0], "n_second": people[1]}
    return Refusal("comparison-base-too-small", smaller.base, {**figures})


def _figure(sample: Sample, measure: Measure, options: ComparisonOptions) -> Estimate:
    """Return one group's own figure; its base has already been found large enough to compare."""
    nps_interval = "wald" if options.nps_interval == "wald" else "adjusted"
    shown = ScoreOptions(1 - options.alpha, 1, options.comparison_base, nps_interval)
    made = score_of_sample(sample, measure, shown)
    if isinstance(made, Refusal):  # pragma: no cover - the base was checked before
        msg = f"A group of {sample.base.n} answers was compared without a figure."
        raise TypeError(msg)
    return made


Terms = tuple[Pair, Measure, ComparisonOptions]


def _find(scored: Pair, correlation: float, terms: Terms) -> Finding:
    """Run the procedure that belongs to the kind of measure, and where it finds a change another test beside it."""
    pair, measure, options = terms
    level = 1 - options.alpha
    if measure.kind is Kind.MEAN:
        finding = welch(pair, level)
    elif measure.kind is Kind.TOP_BOX:
        shares = [(each.mean, supporting_base(each, level)) for each in scored.samples]
        finding = newcombe(shares[0], shares[1], level, correlation)
    else:
        test = net_promoter_wald if options.nps_interval == "wald" else net_promoter_adjusted
        finding = test(trinomial(pair.first, level), trinomial(pair.second, level), level, correlation)
    if finding.p_value >= options.alpha:
        return finding
    return replace(finding, p_confirming=_confirming(scored, finding, terms))


def _confirming(scored: Pair, finding: Finding, terms: Terms) -> float | None:
    """Return the p-value that must also be small: exact for plain answers, by t for any net score."""
    pair, measure, _ = terms
    if measure.kind is Kind.NET_PROMOTER:
        cautious = float(2 * stats.t.sf(abs(finding.statistic), spread_of(scored).df))
        exact = permutation_p_value(trinomial(pair.first), trinomial(pair.second)) if pair.is_plain else None
        return max(cautious, exact or 0.0)
    if not pair.is_plain:
        return None
    if measure.kind is Kind.MEAN:
        return permutation_p_value_of_means(pair.first.values, pair.second.values)
    counts = [(round(float(each.values.sum())), int(each.values.size)) for each in scored.samples]
    return unconditional_p_value(counts[0], counts[1])


def _difference(figures: tuple[Estimate, Estimate], finding: Finding, se: float, terms: Terms) -> Difference:
    """Put a finding and the two figures behind it together."""
    (first, second), (pair, measure, options) = figures, terms
    p_value = finding.p_value if finding.p_confirming is None else max(finding.p_value, finding.p_confirming)
    verdict = verdict_of(finding.statistic, p_value, options.alpha)
    interval = Interval(finding.low, finding.high, 1 - options.alpha, finding.method)
    source = SOURCES[finding.method] if pair.is_plain else f"{SOURCES[finding.method]}; {DESIGN_SOURCE}"
    upwards = counts_up(measure)
    return Difference(
        Estimate(
            second.value - first.value,
            interval,
            together(first.base, second.base),
            finding.method,
            f"difference-{first.unit}",
            se,
            _notes(finding, options.alpha),
            source,
        ),
        first,
        second,
        statistic=finding.statistic,
        p_value=finding.p_value,
        verdict=verdict,
        alpha=options.alpha,
        is_better=improvement(verdict, higher_is_better=upwards),
        higher_is_better=upwards,
        p_confirming=finding.p_confirming,
        df=finding.df,
    )


def _notes(finding: Finding, alpha: float) -> tuple[Note, ...]:
    """Say where the interval excludes no difference and yet no change is announced."""
    if finding.p_confirming is None or not finding.p_value < alpha <= finding.p_confirming:
        return ()
    return (Note("not-confirmed", {"p_interval": finding.p_value, "p_exact": finding.p_confirming}),)
