"""Whether an attribute of a LimeSurvey question stands in what the question became: only then it is kept."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from survey_app.questionnaires.definition import Item, ItemType

Effect = Callable[[list[Item], str], bool]
SHUFFLED = frozenset({"1", "random"})
_LISTS = frozenset({ItemType.MULTIPLE, ItemType.RANKING})


def has_effect(name: str, value: str, items: list[Item]) -> bool:
    """Return whether some items do what an attribute says."""
    effect = _EFFECTS.get(name)
    return effect is not None and bool(items) and effect(items, value)


def is_taken(name: str) -> bool:
    """Return whether an attribute is one that can be taken over."""
    return name in _EFFECTS


def _is_hidden(items: list[Item], _value: str) -> bool:
    return all(each.type is ItemType.HIDDEN for each in items)


def _is_shuffled(items: list[Item], value: str) -> bool:
    return value in SHUFFLED and any(each.is_shuffled for each in items)


def _limits_from(items: list[Item], value: str) -> bool:
    return any(each.type in _LISTS and each.fewest is not None for each in items) and value.strip().isdecimal()


def _limits_to(items: list[Item], value: str) -> bool:
    return any(each.type in _LISTS and each.most is not None for each in items) and value.strip().isdecimal()


def _limits_length(items: list[Item], value: str) -> bool:
    return any(each.type is ItemType.TEXT and str(each.max_length) == value.strip() for each in items)


def _is_lowest(items: list[Item], value: str) -> bool:
    return any(_same(each.bounds.lowest, value) for each in items)


def _is_highest(items: list[Item], value: str) -> bool:
    return any(_same(each.bounds.highest, value) for each in items)


def _same(bound: str | None, value: str) -> bool:
    if bound is None:
        return False
    try:
        return Decimal(bound) == Decimal(value)
    except InvalidOperation:
        return bound == value.strip()[: len(bound)]


def _is_whole(items: list[Item], _value: str) -> bool:
    return any(each.type is ItemType.NUMBER and each.bounds.decimals == 0 for each in items)


def _any_of(kind: ItemType) -> Effect:
    return lambda items, _value: any(each.type is kind for each in items)


def _has_unit(items: list[Item], _value: str) -> bool:
    return any(each.unit for each in items)


def _has_other(items: list[Item], _value: str) -> bool:
    return any(option.is_other for each in items for option in each.options)


def _is_exclusive(items: list[Item], _value: str) -> bool:
    return any(option.is_exclusive for each in items for option in each.options)


def _has_heading(items: list[Item], value: str) -> bool:
    return any(value.strip() in text for each in items for text in each.text.values())


_EFFECTS: dict[str, Effect] = {
    "hidden": _is_hidden,
    **dict.fromkeys(("random_order", "answer_order", "subquestion_order"), _is_shuffled),
    "min_answers": _limits_from,
    "max_answers": _limits_to,
    "maximum_chars": _limits_length,
    **dict.fromkeys(("min_num_value_n", "slider_min", "multiflexible_min", "date_min"), _is_lowest),
    **dict.fromkeys(("max_num_value_n", "slider_max", "multiflexible_max", "date_max"), _is_highest),
    "num_value_int_only": _is_whole,
    "numbers_only": _any_of(ItemType.NUMBER),
    "equals_num_value": _any_of(ItemType.SUM),
    "multiflexible_checkbox": _any_of(ItemType.MULTIPLE),
    "suffix": _has_unit,
    "other_replace_text": _has_other,
    "exclude_all_others": _is_exclusive,
    **dict.fromkeys(("dualscale_headerA", "dualscale_headerB"), _has_heading),
    "equation": _any_of(ItemType.HIDDEN),
}
