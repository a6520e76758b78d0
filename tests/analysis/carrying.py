"""What a result of the statistics must carry: found by walking it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from analysis.values import Estimate, Refusal


def lacks(result: Any, path: str = "result") -> Iterator[str]:
    """Yield one sentence per figure without base, method or source, that is no number, or outside its interval."""
    if isinstance(result, Estimate):
        yield from _lacks_of_estimate(result, path)
    elif isinstance(result, Refusal):
        yield from () if result.code else (f"{path} refuses without a reason",)
    elif is_dataclass(result) and not isinstance(result, type):
        yield from _lacks_of_value(result, path)
    else:
        for place, each in _parts(result):
            yield from lacks(each, f"{path}[{place!r}]")


def _parts(result: Any) -> Iterable[tuple[Any, Any]]:
    """Return what a mapping or a sequence holds, with its places; nothing for anything else."""
    if isinstance(result, Mapping):
        return result.items()
    return enumerate(result) if isinstance(result, Sequence) and not isinstance(result, str) else ()


def _lacks_of_estimate(estimate: Estimate, path: str) -> Iterator[str]:
    for name in ("method", "source", "unit"):
        if not getattr(estimate, name):
            yield f"{path} has no {name}"
    if math.isnan(estimate.value):
        yield f"{path} is not a number"
    if estimate.interval is not None:
        low, high = estimate.interval.low, estimate.interval.high
        if math.isnan(low) or math.isnan(high) or low > high:
            yield f"{path} has the interval {low} to {high}"


def _lacks_of_value(value: Any, path: str) -> Iterator[str]:
    for each in fields(value):
        held = getattr(value, each.name)
        if each.name in {"method", "source"} and held == "":
            yield f"{path} has no {each.name}"
        yield from lacks(held, f"{path}.{each.name}")
