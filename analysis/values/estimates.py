"""An estimate never travels as a bare number: base, interval and method go with it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from typing import Any


@dataclass(frozen=True, slots=True)
class Base:
    """How many answers a figure rests on.

    `n` counts answers, `weighted` is the sum of their weights, `effective` is Kish's (sum w)^2 / sum w^2.
    """

    n: int
    weighted: float
    effective: float


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval in the unit of its estimate; `method` is a code such as `wilson`."""

    low: float
    high: float
    level: float = 0.95
    method: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A warning or explanation as a code with its figures: pages put it into words and languages."""

    code: str
    figures: dict[str, float | int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with everything a reader needs to trust it.

    `unit` is `points` (NPS, -100..100), `share` (0..1), `mean` (scale points), `index` (0..100), `r2`, `slope` (outcome
    per scale point), `reliability` (at most 1), `correlation` (-1..1), or `difference-…` of one of them. `se` is the
    standard error in that unit, None where undefined. `source` says in short who is to be read on the method and its
    interval; `notes` are the warnings that belong to the figure.
    """

    value: float
    interval: Interval | None
    base: Base
    method: str
    unit: str
    se: float | None = None
    notes: tuple[Note, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """No figure, and why: `code` names the reason, `figures` say how far the base falls short."""

    code: str
    base: Base
    figures: dict[str, float | int | str] = field(default_factory=dict)


def as_data(value: Any) -> Any:
    """Return nested results as plain JSON data; non-finite numbers become None, enums their value."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: as_data(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(key): as_data(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_data(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
