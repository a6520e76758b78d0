"""The difference between two periods, two groups, or two answers of the same people."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.comparisons.procedures import (
    Finding,
    net_promoter_adjusted,
    net_promoter_wald,
    newcombe,
    paired_t,
    welch,
)
from analysis.scores import Answers, ScoreOptions, contributions, rated, score_of_sample, trinomial
from analysis.values import Base, Estimate, Interval, Refusal
from analysis.values.comparisons import Difference, Verdict
from analysis.values.scores import Kind, Measure
from analysis.weights import Sample, mean_variance, sample_of


@dataclass(frozen=True, slots=True)
class ComparisonOptions:
    """Rate of false alarms, answers needed on each side, and for NPS the interval `adjusted-wald` or `wald`."""

    alpha: float = 0.05
    comparison_base: int = 30
    nps_interval: str = "adjusted-wald"


DEFAULTS = ComparisonOptions()


def compare(
    first: Answers, second: Answers, measure: Measure, options: ComparisonOptions = DEFAULTS
) -> Difference | Refusal:
    """Return the second group's figure minus the first's, for independent groups.

    NPS: sum of variances, interval and test after adding 3/8, 3/4, 3/8 answers per group (Bonett & Price 2012).
    Shares: Newcombe's hybrid score interval (1998). Means: Welch's t (1947). With weights, standard errors are
    linearised and counts are shares times Kish's effective base. Missing answers (NaN) are left out. Refused where
    a group has fewer than `comparison_base` answers; values off the scale raise ValueError.
    """
    return compare_samples((rated(first, measure.scale), rated(second, measure.scale)), measure, options)


def compare_samples(
    samples: tuple[Sample, Sample], measure: Measure, options: ComparisonOptions = DEFAULTS
) -> Difference | Refusal:
    """Return the difference of two groups whose answers are already checked against the scale."""
    needed = max(options.comparison_base, 2 if measure.kind is Kind.MEAN else 1)
    refusal = _too_small(samples, needed)
    if refusal:
        return refusal
    first, second = _figure(samples[0], measure, options), _figure(samples[1], measure, options)
    se = None if first.se is None or second.se is None else math.hypot(first.se, second.se)
    return _difference((first, second), _find(samples, measure, options), se, (measure, options))


def paired_difference(
    first: Answers, second: Answers, measure: Measure, options: ComparisonOptions = DEFAULTS
) -> Difference | Refusal:
    """Return the mean change within people who answered both times (a panel): rows are the same people.

    NPS of answers scored -100, 0, 100; shares of 0 and 1. Student's t on the within-person differences, weighted
    with the second answers' weights. Rows with either answer missing are left out.
    """
    before, after = np.asarray(first.scores, dtype=float), np.asarray(second.scores, dtype=float)
    if before.shape != after.shape:
        msg = f"Paired answers need the same people in both lists, not {before.size} and {after.size}."
        raise ValueError(msg)
    there = ~(np.isnan(before) | np.isnan(after))
    weights = np.ones(before.shape) if second.weights is None else np.asarray(second.weights, dtype=float)
    pair = tuple(rated(Answers(np.where(there, each, np.nan), weights), measure.scale) for each in (before, after))
    return _paired((pair[0], pair[1]), measure, options)


def _paired(samples: tuple[Sample, Sample], measure: Measure, options: ComparisonOptions) -> Difference | Refusal:
    """Compare two samples of the same people in the same order."""
    refusal = _too_small(samples, max(options.comparison_base, 2))
    if refusal:
        return refusal
    before, after = (contributions(each, measure) for each in samples)
    changes = sample_of(after.values - before.values, after.weights)
    figures = (_figure(samples[0], measure, options), _figure(samples[1], measure, options))
    finding = paired_t(changes, 1 - options.alpha)
    return _difference(figures, finding, math.sqrt(mean_variance(changes)), (measure, options))


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
    """Return why two groups cannot be compared, if one of them is too small."""
    bases = [each.base for each in samples]
    smaller = min(bases, key=lambda base: base.n)
    if smaller.n >= needed:
        return None
    figures = {"n": smaller.n, "needed": needed, "n_first": bases[0].n, "n_second": bases[1].n}
    return Refusal("comparison-base-too-small", smaller, {**figures})


def _figure(sample: Sample, measure: Measure, options: ComparisonOptions) -> Estimate:
    """Return one group's own figure; its base has already been found large enough to compare."""
    shown = ScoreOptions(1 - options.alpha, 1, options.comparison_base, options.nps_interval)
    made = score_of_sample(sample, measure, shown)
    if isinstance(made, Refusal):  # pragma: no cover - the base was checked before
        msg = f"A group of {sample.base.n} answers was compared without a figure."
        raise TypeError(msg)
    return made


def _find(samples: tuple[Sample, Sample], measure: Measure, options: ComparisonOptions) -> Finding:
    """Run the procedure that belongs to the kind of measure."""
    first, second = samples
    level = 1 - options.alpha
    if measure.kind is Kind.MEAN:
        return welch(first, second, level)
    if measure.kind is Kind.TOP_BOX:
        shares = [(contributions(each, measure).mean, each.base.effective) for each in samples]
        return newcombe(shares[0], shares[1], level)
    test = net_promoter_wald if options.nps_interval == "wald" else net_promoter_adjusted
    return test(trinomial(first), trinomial(second), level)


def _difference(
    figures: tuple[Estimate, Estimate],
    finding: Finding,
    se: float | None,
    terms: tuple[Measure, ComparisonOptions],
) -> Difference:
    """Put a finding and the two figures behind it together."""
    (first, second), (measure, options) = figures, terms
    verdict = verdict_of(finding.statistic, finding.p_value, options.alpha)
    interval = Interval(finding.low, finding.high, 1 - options.alpha, finding.method)
    base = Base(*(getattr(first.base, name) + getattr(second.base, name) for name in ("n", "weighted", "effective")))
    upwards = counts_up(measure)
    return Difference(
        Estimate(second.value - first.value, interval, base, finding.method, f"difference-{first.unit}", se),
        first,
        second,
        statistic=finding.statistic,
        p_value=finding.p_value,
        verdict=verdict,
        alpha=options.alpha,
        is_better=improvement(verdict, higher_is_better=upwards),
        higher_is_better=upwards,
    )
