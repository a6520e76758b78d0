"""Path models: which items measure which construct, and which construct leads to which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias, cast

from analysis.values.scores import Scale

_ARROW = "->"
_BOTH_ENDS = 2

Ends: TypeAlias = Scale | tuple[float, float]


class Mode(StrEnum):
    """How a construct's weights are made: `A` by correlation (reflective), `B` by regression (formative)."""

    A = "A"
    B = "B"


class Scheme(StrEnum):
    """What a construct's neighbours contribute to its inner proxy; see `inner_weights`."""

    CENTROID = "centroid"
    FACTORIAL = "factorial"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class ItemScale:
    """The declared ends of an item, never the observed ones, and whether the high end is the good one."""

    low: float
    high: float
    higher_is_better: bool = True


def _scale(item: str, ends: Ends) -> ItemScale:
    """Return the declared ends of an item; raise ValueError where they leave no room."""
    low, high = (ends.low, ends.high) if isinstance(ends, Scale) else ends
    if not -float("inf") < low < high < float("inf"):
        raise ValueError(f"Item {item} needs a low end below its high end, not {low} and {high}.")
    return ItemScale(float(low), float(high), ends.higher_is_better if isinstance(ends, Scale) else True)


def _path(given: str | Sequence[str]) -> tuple[str, str]:
    """Return a path as (from, to), written so or as `from->to`."""
    ends = [each.strip() for each in given.split(_ARROW)] if isinstance(given, str) else list(given)
    if len(ends) != _BOTH_ENDS:
        raise ValueError(f"A path leads from one construct to another, as ('Image', 'Loyalty'); this is {given!r}.")
    return ends[0], ends[1]


@dataclass(frozen=True, slots=True)
class PathModel:
    """Constructs measured by items, and the paths between them.

    `blocks` maps each construct to its items, `paths` holds pairs (from, to) or texts `from->to`. `scales` gives the
    declared ends of every item: one for all, or one per item, each a `Scale(low, high, higher_is_better)` or (low,
    high). `modes` gives `A` (the default) or `B`: one for all, or per construct. Items where lower is better are turned
    round before anything else.

    Raises ValueError, with what is wrong, for: no construct, a construct without items, an item used twice, a path from
    or to an unknown construct, a path given twice or from a construct to itself, a cycle, a construct that no path
    touches, an unknown mode, and a scale that is missing or has no extent.
    """

    blocks: Mapping[str, Sequence[str]]
    paths: Sequence[tuple[str, str] | str]
    scales: Ends | Mapping[str, Ends]
    modes: Mapping[str, Mode | str] | Mode | str = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the model and keep it in one form: tuples, pairs, and one scale and mode for each."""
        blocks = {construct: _items(construct, items) for construct, items in self.blocks.items()}
        paths = tuple(_path(each) for each in self.paths)
        _check_items(blocks)
        _check_paths(tuple(blocks), paths)
        object.__setattr__(self, "blocks", blocks)
        object.__setattr__(self, "paths", paths)
        object.__setattr__(self, "scales", self._scales())
        object.__setattr__(self, "modes", self._modes())
        _ = self.ends  # raises for ends that leave no room

    def _scales(self) -> dict[str, Ends]:
        items = [item for each in self.blocks.values() for item in each]
        scales = self.scales
        if not isinstance(scales, Mapping):
            return dict.fromkeys(items, scales)
        missing = [item for item in items if item not in scales]
        if missing:
            raise ValueError(f"Declare the scale of {', '.join(missing)}: a low and a high end.")
        return {item: scales[item] for item in items}

    def _modes(self) -> dict[str, Mode]:
        given = dict.fromkeys(self.blocks, self.modes) if isinstance(self.modes, str) else self.modes
        unknown = [each for each in given if each not in self.blocks]
        if unknown:
            raise ValueError(f"A mode is given for {', '.join(unknown)}, which is no construct of the model.")
        wrong = [str(each) for each in given.values() if each not in set(Mode)]
        if wrong:
            raise ValueError(f"A mode is A or B, not {', '.join(wrong)}.")
        return {construct: Mode(given.get(construct, Mode.A)) for construct in self.blocks}

    @property
    def constructs(self) -> tuple[str, ...]:
        """Return the constructs in the order given."""
        return tuple(self.blocks)

    @property
    def items(self) -> tuple[str, ...]:
        """Return the items, block after block."""
        return tuple(item for each in self.blocks.values() for item in each)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the paths as pairs (from, to)."""
        return cast("tuple[tuple[str, str], ...]", self.paths)

    @property
    def ends(self) -> tuple[ItemScale, ...]:
        """Return the declared scale of each item, in the order of `items`."""
        scales = self.scales if isinstance(self.scales, Mapping) else {}
        return tuple(_scale(item, scales[item]) for item in self.items)

    def mode(self, construct: str) -> Mode:
        """Return the mode of a construct."""
        return Mode(self.modes[construct]) if isinstance(self.modes, Mapping) else Mode(self.modes)

    def leading_to(self, construct: str) -> tuple[str, ...]:
        """Return the constructs with a path straight to this one."""
        return tuple(start for start, end in self.pairs if end == construct)

    @property
    def outcome(self) -> str:
        """Return the construct that no path leaves; of several, the one named last."""
        starts = {start for start, _ in self.pairs}
        return [each for each in self.constructs if each not in starts][-1]


def _items(construct: str, items: Iterable[str]) -> tuple[str, ...]:
    """Return the items of a construct; raise ValueError for none, or for a bare text."""
    found = (items,) if isinstance(items, str) else tuple(items)
    if not found:
        raise ValueError(f"Construct {construct} has no items.")
    return found


def _check_items(blocks: Mapping[str, tuple[str, ...]]) -> None:
    """Raise ValueError where there is no construct or an item is used twice."""
    if not blocks:
        raise ValueError("A path model needs constructs with items.")
    owner: dict[str, str] = {}
    for construct, items in blocks.items():
        for item in items:
            if item in owner:
                raise ValueError(f"Item {item} is used twice: in {owner[item]} and in {construct}.")
            owner[item] = construct


def _check_paths(constructs: tuple[str, ...], paths: tuple[tuple[str, str], ...]) -> None:
    """Raise ValueError for unknown ends, paths given twice, loops, and constructs without any path."""
    unknown = sorted({each for path in paths for each in path} - set(constructs))
    if unknown:
        raise ValueError(f"A path names {', '.join(unknown)}, which is no construct of the model.")
    twice = sorted({_ARROW.join(each) for each in paths if paths.count(each) > 1})
    if twice:
        raise ValueError(f"A path is given twice: {', '.join(twice)}.")
    alone = [each for each in constructs if not any(each in path for path in paths)]
    if alone:
        raise ValueError(f"No path touches {', '.join(alone)}: connect it or leave it out.")
    _check_acyclic(set(constructs), paths)


def _check_acyclic(left: set[str], paths: tuple[tuple[str, str], ...]) -> None:
    """Take away constructs that nothing leads to until none is left; raise ValueError when that stops short."""
    while left:
        free = left - {end for start, end in paths if start in left}
        if not free:
            raise ValueError(f"The paths run in a circle through {', '.join(sorted(left))}.")
        left = left - free
