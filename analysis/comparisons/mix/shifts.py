"""The change of an average between two periods, taken apart by one division into segments."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.arrays import FloatArray, IntArray
from analysis.comparisons.mix.answers import Crossed, MixedAnswers, MixOptions, crossed, dimensions, too_small
from analysis.comparisons.mix.cells import ComplexArray, Error, error_of, rates_and_shares, slopes
from analysis.comparisons.mix.reversals import announced, reversal_of
from analysis.comparisons.pairs import together
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.values.mix_shift import MixShift, SegmentShift, ThreeWay
from analysis.values.scores import Kind, Measure

DEFAULTS = MixOptions()
UNITS = {Kind.NET_PROMOTER: "points", Kind.TOP_BOX: "share", Kind.MEAN: "mean"}
SOURCE = "Kitagawa 1955; Binder 1983"
# Places of the parts that are not those of single segments.
BEFORE, AFTER, TOTAL, RATE, MIX, OLD_MIX, OLD_RATE, INTERACTION = range(8)


def mix_shift(
    before: MixedAnswers, after: MixedAnswers, measure: Measure, options: MixOptions = DEFAULTS
) -> MixShift | Refusal:
    """Return how much of a change comes from how segments answer (rate) and from who answers (mix).

    With shares w and figures r of the segments: rate = sum (w0 + w1)/2 (r1 - r0), mix = sum (w1 - w0)(r0 + r1)/2,
    which add up to the change exactly (Kitagawa 1955). A segment's part of the mix is (w1 - w0) times the distance of
    its figure from the overall one, both averaged over the periods, so that it does not change when all scores are
    raised alike. Standard errors: delta method over respondents, the mix being as much a sample as the answers;
    clusters that stand in both periods are the same people. A segment that is absent in one period counts as mix alone
    (noted). Answers that are missing or of unknown segment are left out and counted. Refused below `comparison_base`
    respondents in a period and for fewer than two segments; a segment's parts below `minimum_base` answers in a period.
    """
    if len(dimensions(before)) != 1 or dimensions(before) != dimensions(after):
        raise ValueError("Give one division into segments, the same in both periods; see mix_shift_by_dimension.")
    table = crossed(before, after, measure)
    refusal = too_small(table, options)
    if refusal:
        return refusal
    n_cells = len(table.codes)
    totals = np.concatenate([each.totals(n_cells) for each in table.periods])
    facts = Facts(
        tuple(table.names[0]),
        totals,
        error_of(slopes(two_way, totals), table.periods),
        together(*(each.sample.base for each in table.periods)),
        UNITS[measure.kind],
    )
    counts = np.stack([each.counts(n_cells) for each in table.periods])
    return shift_of(facts, options, hidden=_hidden(table, counts, options))


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What a decomposition is made of: names, totals (4, segments), sampling error if known, base and unit."""

    names: tuple[str, ...]
    totals: FloatArray
    error: Error | None
    base: Base
    unit: str


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """How many answers were left out, and which segments have too few to be shown: their counts, else None."""

    n_left_out: int
    refusals: tuple[Refusal | None, ...]


def two_way(totals: ComplexArray) -> ComplexArray:
    """Return every part of the two-way and the three-way decomposition, overall and by segment."""
    share0, rate0, share1, rate1 = rates_and_shares(totals)
    before, after = (share0 * rate0).sum(axis=-1), (share1 * rate1).sum(axis=-1)
    rates = (share0 + share1) / 2 * (rate1 - rate0)
    centre = ((before + after) / 2)[..., None]
    mixes = (share1 - share0) * ((rate0 + rate1) / 2 - centre)
    moved, changed = share1 - share0, rate1 - rate0
    whole = [
        before,
        after,
        after - before,
        rates.sum(axis=-1),
        mixes.sum(axis=-1),
        (moved * rate0).sum(axis=-1),
        (share0 * changed).sum(axis=-1),
        (moved * changed).sum(axis=-1),
    ]
    return np.concatenate([np.stack(whole, axis=-1), rates, mixes], axis=-1)


def estimates_of(values: FloatArray, facts: Facts, options: MixOptions, source: str = SOURCE) -> list[Estimate]:
    """Return each part with its t interval; without sampling errors only the parts."""
    if facts.error is None:
        return [Estimate(float(each), None, facts.base, "mix-shift", facts.unit, source=source) for each in values]
    errors = np.sqrt(facts.error.variance)
    halves = stats.t.ppf(1 - options.alpha / 2, facts.error.df) * errors
    return [
        Estimate(
            float(value),
            Interval(float(value - half), float(value + half), 1 - options.alpha, "t"),
            facts.base,
            "mix-shift-linearised",
            facts.unit,
            float(error),
            source=source,
        )
        for value, half, error in zip(values, halves, errors, strict=True)
    ]


def shift_of(facts: Facts, options: MixOptions, hidden: Hidden) -> MixShift:
    """Return the decomposition with everything it announces."""
    values = two_way(facts.totals.astype(np.complex128)).real
    parts = estimates_of(values, facts, options)
    whole = [*parts[:2], *(_difference(each) for each in parts[2:8])]
    segments = _segments(facts, parts[8:], hidden)
    reversal = reversal_of(segments, (whole[TOTAL], whole[RATE], whole[MIX]))
    return MixShift(
        whole[BEFORE],
        whole[AFTER],
        whole[TOTAL],
        whole[RATE],
        whole[MIX],
        ThreeWay(whole[OLD_MIX], whole[OLD_RATE], whole[INTERACTION]),
        segments,
        reversal,
        hidden.n_left_out,
        facts.base,
        notes=(*announced(reversal), *one_sided(facts.names, facts.totals), *_unsure(facts)),
    )


def _difference(estimate: Estimate) -> Estimate:
    return Estimate(
        estimate.value,
        estimate.interval,
        estimate.base,
        estimate.method,
        f"difference-{estimate.unit}",
        estimate.se,
        estimate.notes,
        estimate.source,
    )


def _segments(facts: Facts, parts: list[Estimate], hidden: Hidden) -> tuple[SegmentShift, ...]:
    share0, rate0, share1, rate1 = (each.real for each in rates_and_shares(facts.totals.astype(np.complex128)))
    k = len(facts.names)
    return tuple(
        SegmentShift(
            name,
            float(share0[i]),
            float(share1[i]),
            float(rate0[i]) if share0[i] > 0 and hidden.refusals[i] is None else None,
            float(rate1[i]) if share1[i] > 0 and hidden.refusals[i] is None else None,
            hidden.refusals[i] or _difference(parts[i]),
            hidden.refusals[i] or _difference(parts[k + i]),
        )
        for i, name in enumerate(facts.names)
    )


def _hidden(table: Crossed, counts: IntArray, options: MixOptions) -> Hidden:
    refusals: list[Refusal | None] = []
    for before, after in counts.T:
        # A segment that came or went entirely is shown by its other period.
        least = int(min(each for each in (before, after) if each))
        base = Base(int(before + after), float(before + after), float(before + after))
        small = least < options.minimum_base
        refusals.append(
            Refusal("base-too-small", base, {"n": least, "needed": options.minimum_base}) if small else None
        )
    return Hidden(table.n_left_out, tuple(refusals))


def one_sided(names: tuple[str, ...], totals: FloatArray) -> tuple[Note, ...]:
    """Note segments that stand in one of the periods only."""
    return tuple(
        Note("segment-in-one-period", {"segment": name, "period": "after" if totals[0, i] == 0 else "before"})
        for i, name in enumerate(names)
        if min(totals[0, i], totals[2, i]) == 0
    )


def _unsure(facts: Facts) -> tuple[Note, ...]:
    notes = () if facts.error is not None else (Note("no-sampling-error"),)
    return notes if math.isfinite(facts.base.effective) and facts.base.n else (*notes, Note("base-unknown"))
