"""The values that an answer or a customer's field can have, as far as given comparisons could tell them apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from itertools import combinations, pairwise
from typing import Any

from survey_app.conditions.rules import Tree
from survey_app.questionnaires.definition import Item, ItemType

Values = list[Any]
# With more, the sets that could be chosen are too many to try.
MOST_NAMED = 6
# Signs that nobody types: one alone contains no word, and before all others in every order.
FRESH = "\ue000"
FIRST = "\x01"
SOME = {"some": "value"}


def values_of(item: Item | None, compared: Sequence[Tree]) -> Values | None:
    """Return every kind of answer to an item (or value of another field, for None); None where there are too many."""
    if item is None:
        return _anything(compared)
    if item.scale is not None:
        return list(item.scale.points)
    read = _one if item.is_by_chance else _VALUES.get(item.type)
    return read(item, compared) if read else _anything(compared)


def named_values(compared: Iterable[Tree]) -> Values:
    """Return the values that comparisons name, each once."""
    found: Values = []
    for each in compared:
        value = each.get("value")
        found += value if isinstance(value, list) else [] if value is None else [value]
    return list(dict.fromkeys(found))


def _one(item: Item, _compared: Sequence[Tree]) -> Values:
    return [option.code for option in item.options]


def _several(item: Item, compared: Sequence[Tree]) -> Values | None:
    """Return the sets of options that comparisons tell apart, within the number and exclusions that the item allows."""
    codes = [option.code for option in item.options]
    named = [code for code in codes if code in named_values(compared)]
    if len(named) > MOST_NAMED:
        return None
    alone = {option.code for option in item.options if option.is_exclusive}
    fillers = [code for code in codes if code not in named and code not in alone]
    lowest, highest = item.fewest or 1, item.most or len(codes)
    found: Values = [[code] for code in codes if code in alone]
    for n in range(len(named) + 1):
        for chosen in combinations([code for code in named if code not in alone], n):
            whole = [*chosen, *fillers[: max(lowest - n, 0)]]
            found += [whole] if lowest <= len(whole) <= highest else []
    return found


def _number(item: Item, compared: Sequence[Tree]) -> Values:
    step = Decimal(1).scaleb(-item.bounds.decimals)
    low, high = (Decimal(each) if each is not None else None for each in (item.bounds.lowest, item.bounds.highest))
    named = [Decimal(str(each)) for each in named_values(compared) if isinstance(each, int | float)]
    floors = [(each / step).to_integral_value(ROUND_FLOOR) * step for each in named]
    tried = [each + move for each in floors for move in (-step, Decimal(0), step)]
    tried += [each for each in (low, high) if each is not None] or [Decimal(0)]
    return [float(each) for each in tried if _within(each, low, high)]


def _day(item: Item, compared: Sequence[Tree]) -> Values:
    low, high = (
        date.fromisoformat(each).toordinal() if each else None for each in (item.bounds.lowest, item.bounds.highest)
    )
    named = [date.fromisoformat(each).toordinal() for each in named_values(compared) if isinstance(each, str)]
    tried = [each + move for each in named for move in (-1, 0, 1)]
    tried += [each for each in (low, high) if each is not None] or [date(2000, 1, 1).toordinal()]
    least, most = date.min.toordinal(), date.max.toordinal()
    return [date.fromordinal(each).isoformat() for each in tried if _within(each, low, high) and least <= each <= most]


def _within(value: Any, low: Any, high: Any) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _text(_item: Item | None, compared: Sequence[Tree]) -> Values | None:
    """Return the texts named, and texts made of every choice of the words that they may contain."""
    words = [
        each for each in named_values(tree for tree in compared if tree["op"] == "contains") if isinstance(each, str)
    ]
    if len(words) > MOST_NAMED:
        return None
    exact = [each for each in named_values(compared) if isinstance(each, str)]
    made = [FRESH.join(chosen) for n in range(1, len(words) + 1) for chosen in combinations(words, n)]
    return [FRESH, *exact, *made]


def _anything(compared: Sequence[Tree]) -> Values | None:
    """Return texts, numbers and lists for a field of which nothing is known."""
    texts = _text(None, compared)
    named = named_values(compared)
    words = [each for each in named if isinstance(each, str)]
    if texts is None or len(words) > MOST_NAMED:
        return None
    lists = [list(chosen) for n in range(1, len(words) + 1) for chosen in combinations(words, n)]
    beside = [FIRST, *(word + FIRST for word in words)]
    return [*texts, *beside, *lists, *_numbers([each for each in named if not isinstance(each, str)]), [FRESH]]


def _numbers(named: Values) -> Values:
    marks = sorted(named) or [0]
    between = [(low + high) / 2 for low, high in pairwise(marks)]
    return [marks[0] - 1, *marks, *between, marks[-1] + 1]


_VALUES: dict[ItemType, Callable[[Item, Sequence[Tree]], Values | None]] = {
    ItemType.SINGLE: _one,
    ItemType.MULTIPLE: _several,
    ItemType.RANKING: _several,
    ItemType.NUMBER: _number,
    ItemType.DATE: _day,
    ItemType.TEXT: _text,
    ItemType.SUM: lambda _item, _compared: [SOME],
    ItemType.CONTACT: lambda _item, _compared: [SOME],
}
