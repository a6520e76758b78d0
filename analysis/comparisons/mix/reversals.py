"""Simpson's paradox in a mix shift: segments move one way, the total the other (Simpson 1951)."""

from __future__ import annotations

from analysis.values import Estimate, Note
from analysis.values.mix_shift import Reversal, SegmentShift

# Movements below this share of the larger score are rounding.
ROUNDING = 1e-12


def reversal_of(segments: tuple[SegmentShift, ...], parts: tuple[Estimate, Estimate, Estimate]) -> Reversal | None:
    """Return the reversal if every segment of both periods, or most of them, moves against the total.

    Most: more than half of the segments, with more than half of the answers. `parts` are total, rate and mix.
    """
    total, rate, mix = parts
    compared = [(each, _move(each)) for each in segments if None not in (each.score_before, each.score_after)]
    against = [each for each, move in compared if move * total.value < 0]
    weight = sum((each.share_before + each.share_after) / 2 for each in against)
    if len(compared) <= 1 or 2 * len(against) <= len(compared) or weight <= 1 / 2 or rate.value * total.value >= 0:
        return None
    certain = None if total.interval is None else _beyond_chance(total) and _beyond_chance(rate)
    every = len(against) == len(compared)
    names = tuple(each.segment for each in against)
    return Reversal(every, names, len(compared), total.value, rate.value, mix.value, certain)


def announced(reversal: Reversal | None) -> tuple[Note, ...]:
    """Return the announcement of a reversal; one that may be chance says so."""
    if reversal is None:
        return ()
    code = "simpson-reversal" if reversal.every else "most-segments-reversed"
    figures: dict[str, float | int | str] = {
        "segments": len(reversal.segments),
        "of": reversal.n_segments,
        "total": reversal.total,
        "rate": reversal.rate,
        "mix": reversal.mix,
    }
    return (Note(code if reversal.is_certain in {None, True} else f"{code}-uncertain", figures),)


def _move(segment: SegmentShift) -> float:
    before, after = segment.score_before or 0.0, segment.score_after or 0.0
    return after - before if abs(after - before) > ROUNDING * max(abs(before), abs(after)) else 0.0


def _beyond_chance(estimate: Estimate) -> bool:
    return estimate.interval is not None and (estimate.interval.low > 0 or estimate.interval.high < 0)
