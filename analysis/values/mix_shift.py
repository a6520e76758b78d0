"""A change of an average taken apart: who answers (mix), and how each segment answers (rate)."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.values.estimates import Base, Estimate, Note, Refusal


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """The change with the old period as yardstick: mix at old scores, rate at the old mix, and what is left."""

    mix: Estimate
    rate: Estimate
    interaction: Estimate


@dataclass(frozen=True, slots=True)
class SegmentShift:
    """One segment: its shares (0..1) and scores in both periods, and its parts of rate and mix.

    A score is None where the segment is absent or has too few answers; its parts are refused then.
    """

    segment: str
    share_before: float
    share_after: float
    score_before: float | None
    score_after: float | None
    rate: Estimate | Refusal
    mix: Estimate | Refusal


@dataclass(frozen=True, slots=True)
class Reversal:
    """Simpson's paradox: segments move one way, the total the other.

    `every` says whether all segments do, or only most of them, who also hold most of the answers; `segments` names
    them. `is_certain` is None where no sampling errors are known, else whether rate and total are both beyond chance.
    """

    every: bool
    segments: tuple[str, ...]
    n_segments: int
    total: float
    rate: float
    mix: float
    is_certain: bool | None


@dataclass(frozen=True, slots=True)
class MixShift:
    """A change of an average: `total` = `rate` + `mix` exactly, and each of these the sum over the segments."""

    before: Estimate
    after: Estimate
    total: Estimate
    rate: Estimate
    mix: Estimate
    three_way: ThreeWay
    segments: tuple[SegmentShift, ...]
    reversal: Reversal | None
    n_left_out: int
    base: Base
    method: str = "kitagawa"
    source: str = "Kitagawa 1955; Binder 1983"
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class DimensionMix:
    """How much of a change comes from the mix along one dimension."""

    dimension: str
    mix: Estimate


@dataclass(frozen=True, slots=True)
class DimensionShift:
    """A change of an average by several dimensions at once: `total` = `rate` + the sum of `mixes` exactly."""

    before: Estimate
    after: Estimate
    total: Estimate
    rate: Estimate
    mixes: tuple[DimensionMix, ...]
    n_cells: int
    n_left_out: int
    base: Base
    method: str = "shapley"
    source: str = "Kitagawa 1955; Shorrocks 2013; DiNardo, Fortin & Lemieux 1996; Binder 1983"
    notes: tuple[Note, ...] = ()
