"""What differs between people by chance alone: orders of options, rows and items, and the form of each split ballot.

Decided by a seed text and nothing else, so that the same person meets the same page however often and wherever it is
opened; preview, page and storing ask the same function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, Protocol, TypeVar

from survey_app.conditions.rules import fields_of
from survey_app.questionnaires.definition import Item, ItemType, Option, Page, Questionnaire, Variant

Orders = Mapping[str, tuple[str, ...]]
PARTS = ("options", "rows", "items")


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


Asked = TypeVar("Asked", Questionnaire, Page)
Placed = TypeVar("Placed", bound=_Coded)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one person is shown where people are shown different things.

    `options` and `rows` hold codes in their order by item, `items` the same by page, `variants` the form by item.
    """

    options: Orders = field(default_factory=dict)
    rows: Orders = field(default_factory=dict)
    items: Orders = field(default_factory=dict)
    variants: Mapping[str, str] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        """Return the value as `Response.shown` keeps it, empty where everybody sees the same."""
        orders = {name: {code: list(order) for code, order in getattr(self, name).items()} for name in PARTS}
        data: dict[str, Any] = orders | {"variants": dict(self.variants)}
        return {name: value for name, value in data.items() if value}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Shown:
        """Return the value that `to_data` wrote."""
        orders = {name: {code: tuple(order) for code, order in data.get(name, {}).items()} for name in PARTS}
        return cls(**orders, variants=dict(data.get("variants", {})))


SAME_FOR_ALL = Shown()


def differs_between_people(questionnaire: Questionnaire) -> bool:
    """Return whether anything of the questionnaire is decided by chance."""
    return any(
        page.is_shuffled or any(item.is_shuffled or item.variants for item in page.items)
        for page in questionnaire.pages
    )


def arrange(questionnaire: Questionnaire, seed: str) -> Shown:
    """Return what the person with this seed is shown: every order and every variant equally likely."""
    pages = [page for page in questionnaire.pages if page.is_shuffled]
    items = [item for item in questionnaire.items if item.is_shuffled or item.variants]
    if not pages and not items:
        return SAME_FOR_ALL
    variants = {item.code: _variant(item, seed) for item in items if item.variants}
    moved = [item for item in items if item.is_shuffled or variants[item.code].is_reversed]
    return Shown(
        options={
            item.code: _codes(_arranged(item.options, _stays, item, seed, variants)) for item in moved if item.options
        },
        rows={
            item.code: _codes(_arranged(item.rows, _always_moves, item, seed, variants)) for item in moved if item.rows
        },
        items={page.code: _items_of(page, seed) for page in pages},
        variants={code: variant.code for code, variant in variants.items()},
    )


def groups_by_chance(questionnaire: Questionnaire, seed: str) -> dict[str, str]:
    """Return the group that each hidden value of chance has for the person with this seed, all equally likely."""
    drawn = [item for item in questionnaire.items if item.is_by_chance and item.options]
    return {item.code: item.options[_number(seed, "group", item.code) % len(item.options)].code for item in drawn}


def apply(asked: Asked, shown: Shown) -> Asked:
    """Return a questionnaire, or one page of it, as the person sees it; answers are read alike from either."""
    if shown == SAME_FOR_ALL:
        return asked
    if isinstance(asked, Questionnaire):
        return replace(asked, pages=tuple(_page(page, shown) for page in asked.pages))
    return _page(asked, shown)


def _page(page: Page, shown: Shown) -> Page:
    items = [_item(item, shown) for item in page.items]
    return replace(page, items=_in_order(items, shown.items.get(page.code, ())))


def _item(item: Item, shown: Shown) -> Item:
    variant = next((each for each in item.variants if each.code == shown.variants.get(item.code)), None)
    if variant is not None:
        item = replace(item, text=item.text | variant.text, hint=item.hint | variant.hint)
    options, rows = shown.options.get(item.code), shown.rows.get(item.code)
    if options:
        item = replace(item, options=_in_order(item.options, options))
    return replace(item, rows=_in_order(item.rows, rows)) if rows else item


def _in_order(things: Sequence[Placed], codes: Sequence[str]) -> tuple[Placed, ...]:
    """Return things in the order of their codes; what the order does not name keeps its own place at the end."""
    if not codes:
        return tuple(things)
    places = {code: place for place, code in enumerate(codes)}
    return tuple(sorted(things, key=lambda thing: places.get(thing.code, len(places))))


def _variant(item: Item, seed: str) -> Variant:
    return item.variants[_number(seed, "variant", item.code) % len(item.variants)]


def _arranged(
    things: Sequence[Placed],
    stays: Callable[[Any], bool],
    item: Item,
    seed: str,
    variants: Mapping[str, Variant],
) -> list[Placed]:
    """Return options or rows shuffled and turned round, those that stay in their places."""
    movable = [thing for thing in things if not stays(thing)]
    if item.is_shuffled:
        movable.sort(key=lambda thing: _number(seed, item.code, thing.code))
    if item.code in variants and variants[item.code].is_reversed:
        movable.reverse()
    rest = iter(movable)
    return [thing if stays(thing) else next(rest) for thing in things]


def _stays(option: Option) -> bool:
    return option.is_fixed or option.is_other or option.is_exclusive


def _always_moves(_row: object) -> bool:
    return False


def _items_of(page: Page, seed: str) -> tuple[str, ...]:
    """Return a page's items in their order: statements stay, and what an answer calls for stays behind its question."""
    groups = _groups(page)
    movable = [group for group in groups if group[0].type not in {ItemType.STATEMENT, ItemType.HIDDEN}]
    rest = iter(sorted(movable, key=lambda group: _number(seed, page.code, group[0].code)))
    placed = [next(rest) if group in movable else group for group in groups]
    return tuple(item.code for group in placed for item in group)


def _groups(page: Page) -> list[list[Item]]:
    groups: list[list[Item]] = []
    for item in page.items:
        fields = fields_of(item.show_if) if item.show_if else ()
        needed = {field.removeprefix("answer.") for field in fields}
        before = [group for group in groups if any(needed.intersection(each.measure_codes) for each in group)]
        groups = [group for group in groups if group not in before]
        groups.append([each for group in before for each in group] + [item])
    return groups


def _number(*words: str) -> int:
    """Return a number that only the words decide, alike in every process and evenly spread over 64 bits."""
    return int.from_bytes(blake2b("\0".join(words).encode("utf-8", "surrogatepass"), digest_size=8).digest())


def _codes(things: Iterable[_Coded]) -> tuple[str, ...]:
    return tuple(thing.code for thing in things)
