"""Scales, measures and distributions: what is computed from the answers to one item."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from analysis.values.codebook import Item
from analysis.values.estimates import Base, Estimate, Refusal


@dataclass(frozen=True, slots=True)
class Scale:
    """The declared ends and the direction of a rating scale in whole points."""

    low: int
    high: int
    higher_is_better: bool = True

    def __post_init__(self) -> None:
        """Refuse a scale without at least two points."""
        if self.low >= self.high:
            msg = f"A scale needs its low end below its high end, not {self.low} and {self.high}."
            raise ValueError(msg)

    @classmethod
    def of(cls, item: Item) -> Self:
        """Return the scale an item declares; raise ValueError when it declares none."""
        if item.low is None or item.high is None:
            msg = f"Item {item.code} declares no scale: give it a low and a high end."
            raise ValueError(msg)
        return cls(item.low, item.high, item.higher_is_better)

    @property
    def points(self) -> tuple[int, ...]:
        """Return every point of the scale from low to high."""
        return tuple(range(self.low, self.high + 1))

    def top(self, boxes: int) -> tuple[int, ...]:
        """Return the best `boxes` points, at the low end where lower is better; at least one point stays outside."""
        if not 1 <= boxes <= self.high - self.low:
            msg = f"The top {boxes} boxes do not leave a rest on a scale of {len(self.points)} points."
            raise ValueError(msg)
        return self.points[-boxes:] if self.higher_is_better else self.points[:boxes]


NPS_SCALE = Scale(0, 10)
CSAT_SCALE = Scale(1, 5)
# Customer effort: how much effort it took (low is good), and whether it was made easy (high is good).
CES_1, CES_2 = Scale(1, 5, higher_is_better=False), Scale(1, 7)


class Kind(StrEnum):
    """The three ways in which a rating becomes one figure."""

    NET_PROMOTER = "nps"
    TOP_BOX = "top-box"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Measure:
    """Which figure is made from an item: its kind, its scale and, for a top box, how many points count."""

    kind: Kind
    scale: Scale = NPS_SCALE
    boxes: int = 2

    def __post_init__(self) -> None:
        """Refuse a Net Promoter Score off the 0 to 10 scale, and a top box without a rest."""
        if self.kind is Kind.NET_PROMOTER and self.scale != NPS_SCALE:
            msg = "The Net Promoter Score is defined on a scale from 0 to 10 where higher is better."
            raise ValueError(msg)
        if self.kind is Kind.TOP_BOX:
            self.scale.top(self.boxes)

    @classmethod
    def of(cls, item: Item) -> Self:
        """Return the customary headline measure of an item: NPS, CSAT top-2-box, else the mean."""
        scale = Scale.of(item)
        if item.kind == "nps":
            return cls(Kind.NET_PROMOTER, scale)
        if item.kind == "csat":
            return cls(Kind.TOP_BOX, scale)
        return cls(Kind.MEAN, scale)


@dataclass(frozen=True, slots=True)
class AnswerShare:
    """How many gave an answer (or one of a group of answers), unweighted and as a weighted share."""

    code: str
    n: int
    weighted: float
    share: Estimate | Refusal


@dataclass(frozen=True, slots=True)
class Distribution:
    """All answers to one item: one share per scale point, never-chosen points included; counts add up to the base.

    `n_missing` counts the rows without an answer. Below the display base only the counts are filled.
    """

    shares: tuple[AnswerShare, ...]
    base: Base
    n_missing: int


@dataclass(frozen=True, slots=True)
class EffortScore:
    """How easy it was: the mean as answered, and the shares of the best and of the worst `boxes` points.

    `higher_is_better` says which way the mean runs: True for "made it easy" (CES 2.0), False for effort (CES 1.0).
    """

    mean: Estimate | Refusal
    easy: Estimate | Refusal
    hard: Estimate | Refusal
    higher_is_better: bool
    boxes: int


@dataclass(frozen=True, slots=True)
class ScaleScore:
    """The score of several items together: their mean in scale points, and on 0 to 100.

    `n_items` items, reversed ones turned round; `n_left_out` people answered fewer than the share `least_answered`.
    """

    mean: Estimate | Refusal
    index: Estimate | Refusal
    n_items: int
    n_left_out: int
    least_answered: float
