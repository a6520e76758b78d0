"""Any questionnaire: valid documents of every item type with conditions, jumps, quotas and orders, and answers to them.

`questionnaires()` and `documents()` are hypothesis strategies; `answers_to(questionnaire)` draws what people could say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from survey_app.conditions.rules import OPERATORS_OF, VALUELESS, FieldKind
from survey_app.questionnaires.definition import Item, ItemType, Questionnaire
from survey_app.questionnaires.parsing import parse
from survey_app.questionnaires.routing import answer_kinds

Document = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]
LANGUAGES = ("en", "vi", "es", "ar")
WORDS = ("Why?", "Vì sao?", "¿Por qué?", "a < b & c", "100 %", "{customer.first_name|you}", "{x}", "لماذا؟", "“so”")
DAYS = ("2026-01-31", "2024-02-29", "1999-12-31")
MOST_PAGES = 5
MOST_ON_A_PAGE = 3
TYPES = [each for each in ItemType if each is not ItemType.NPS]


@dataclass
class _Making:
    """A document on its way: how to draw, its languages, and what was asked so far."""

    draw: Draw
    languages: tuple[str, ...]
    asked: list[Item] = field(default_factory=list)
    n_codes: int = 0

    def code(self, stem: str) -> str:
        self.n_codes += 1
        return f"{stem}{self.n_codes}"

    def flag(self) -> bool:
        return bool(self.draw(st.booleans()))

    def one_of(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def number(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(low, high)))

    def texts(self) -> dict[str, str]:
        """Return a text in the main language, and in some of the others."""
        others = [tag for tag in self.languages[1:] if self.flag()]
        return {tag: self.one_of(*WORDS) for tag in (self.languages[0], *others)}


@st.composite
def documents(draw: Draw, *, most_pages: int = MOST_PAGES) -> Document:
    """Return the written form of any valid questionnaire; its first item is the primary outcome."""
    making = _Making(draw, LANGUAGES[: draw(st.integers(1, len(LANGUAGES)))])
    n_pages = making.number(1, most_pages)
    pages = [_page(making, number, n_pages) for number in range(n_pages)]
    extras = {
        name: making.texts() for name in ("introduction", "thanks", "screened_out", "quota_full") if making.flag()
    }
    document = {"title": making.texts(), "languages": list(making.languages), "pages": pages} | extras
    quotas = [_quota(making, number) for number in range(making.number(0, 2))]
    return document | ({"quotas": quotas} if quotas else {})


def questionnaires(*, most_pages: int = MOST_PAGES) -> st.SearchStrategy[Questionnaire]:
    """Return any valid questionnaire."""
    return documents(most_pages=most_pages).map(parse)


def _page(making: _Making, number: int, n_pages: int) -> Document:
    page: Document = {"code": f"page{number}"}
    if number and making.flag():
        page["show_if"] = _condition(making)
    if making.flag():
        page["title"] = making.texts()
    page["items"] = [_outcome(making)] if number == 0 else []
    page["items"] += [_item(making) for _each in range(making.number(0 if number else 1, MOST_ON_A_PAGE))]
    if making.flag():
        page["shuffle"] = True
    jumps = [_jump(making, number, n_pages) for _each in range(making.number(0, 2))]
    return page | ({"jumps": jumps} if jumps else {})


def _jump(making: _Making, number: int, n_pages: int) -> Document:
    to = making.one_of("end", "screen_out", *(f"page{later}" for later in range(number + 1, n_pages)))
    return {"to": to} | ({"when": _condition(making)} if making.number(0, 5) else {})


def _quota(making: _Making, number: int) -> Document:
    return {"code": f"quota{number}", "when": _condition(making), "limit": making.number(0, 100)}


def _outcome(making: _Making) -> Document:
    return _done(making, {"code": "nps", "type": "nps", "role": "outcome", "primary": True, "text": making.texts()})


def _item(making: _Making) -> Document:
    kind = making.one_of(*TYPES)
    item: Document = {"code": making.code("item"), "type": kind.value}
    if kind is not ItemType.HIDDEN or making.flag():
        item["text"] = making.texts()
    if kind is not ItemType.HIDDEN and making.asked and making.flag():
        item["show_if"] = _condition(making)
    return _done(making, item | _PARTS.get(kind, _nothing)(making) | _common(making, kind))


def _done(making: _Making, item: Document) -> Document:
    """Note what was asked, so that later conditions may look at it."""
    read = parse({"title": "x", "languages": list(making.languages), "pages": [{"code": "p", "items": [item]}]})
    making.asked.extend(read.items)
    return item


def _common(making: _Making, kind: ItemType) -> Document:
    flags: dict[str, bool] = {}
    if kind not in {ItemType.HIDDEN, ItemType.STATEMENT}:
        flags["required"] = making.flag()
        if kind not in {ItemType.TEXT, ItemType.CONTACT}:
            flags |= {"not_applicable": making.flag(), "dont_know": making.flag()}
    return {name: True for name, is_set in flags.items() if is_set}


def _nothing(_making: _Making) -> Document:
    return {}


def _options(making: _Making, *, has_special: bool) -> Document:
    options = [{"code": making.code("o"), "text": making.texts()} for _each in range(making.number(2, 5))]
    if has_special and making.flag():
        options[-1]["other"] = True
    if making.flag():
        options[0]["fixed"] = True
    return {"options": options, "shuffle": making.flag()}


def _multiple(making: _Making) -> Document:
    return _options(making, has_special=True)


def _ranking(making: _Making) -> Document:
    parts = _options(making, has_special=False)
    most = making.number(1, len(parts["options"]))
    return parts | ({"fewest": making.number(1, most), "most": most} if making.flag() else {})


def _sum(making: _Making) -> Document:
    return _options(making, has_special=False) | {"total": making.one_of(10, 100), "unit": making.texts()}


def _battery(making: _Making) -> Document:
    rows = [{"code": making.code("row"), "text": making.texts()} for _each in range(making.number(1, 3))]
    return {"rows": rows, "role": "driver", "shuffle": making.flag()}


def _variants(making: _Making) -> Document:
    if making.flag():
        return {}
    return {"variants": [{"code": "a", "text": making.texts()}, {"code": "b", "reversed": True}]}


def _contact(making: _Making) -> Document:
    fields = making.draw(st.lists(st.sampled_from(["name", "email", "phone", "language"]), min_size=1, unique=True))
    return {"contact_fields": fields, "consent": making.texts()}


def _number(making: _Making) -> Document:
    return {"lowest": making.number(-5, 0), "highest": making.number(1, 50), "decimals": making.one_of(0, 2)}


def _hidden(making: _Making) -> Document:
    if making.flag():
        return {"source": "random", "options": [{"code": "a", "text": making.texts()}, {"code": "b"}]}
    return {"source": making.one_of("customer.language", "attribute.plan")} if making.flag() else {}


_PARTS: dict[ItemType, Callable[[_Making], Document]] = {
    ItemType.CSAT: lambda making: {"scale": {"low": 1, "high": making.number(3, 10)}} | _variants(making),
    ItemType.LIKERT: _battery,
    ItemType.SINGLE: _multiple,
    ItemType.MULTIPLE: _multiple,
    ItemType.RANKING: _ranking,
    ItemType.SUM: _sum,
    ItemType.NUMBER: _number,
    ItemType.DATE: lambda making: {"lowest": "1990-01-01"} if making.flag() else {},
    ItemType.TEXT: lambda making: {"short": making.flag(), "role": "verbatim"},
    ItemType.CONTACT: _contact,
    ItemType.HIDDEN: _hidden,
}


def _condition(making: _Making, level: int = 0) -> Document:
    """Return a condition on what was asked so far."""
    group = making.one_of("comparison", "comparison", "all", "any", "not") if level < 2 else "comparison"
    if group == "comparison":
        return _comparison(making)
    if group == "not":
        return {"not": _condition(making, level + 1)}
    return {group: [_condition(making, level + 1) for _each in range(making.number(1, 2))]}


def _comparison(making: _Making) -> Document:
    kinds = answer_kinds([item for item in making.asked if item.measure_codes])
    name = making.one_of(*sorted(kinds))
    item = next(each for each in making.asked if name.removeprefix("answer.") in each.measure_codes)
    op = making.one_of(*OPERATORS_OF[kinds[name]])
    if op in VALUELESS:
        return {"field": name, "op": op}
    value = _compared(making, item, kinds[name])
    return {"field": name, "op": op, "value": [value] if op == "one_of" else value}


def _compared(making: _Making, item: Item, kind: FieldKind) -> Any:
    if item.options:
        return making.one_of(*(option.code for option in item.options))
    if kind is FieldKind.DATE:
        return making.one_of(*DAYS)
    if kind is FieldKind.NUMBER:
        points = item.scale.points if item.scale else range(50)
        return making.one_of(*points)
    return making.one_of("fast", "gold")


@st.composite
def answers_to(draw: Draw, questionnaire: Questionnaire) -> dict[str, Any]:
    """Return answers to some of the items, asked or not; every one of them could stand."""
    return {
        code: draw(_answer(item))
        for item in questionnaire.items
        for code in item.measure_codes
        if draw(st.integers(0, 3))
    }


def _answer(item: Item) -> st.SearchStrategy[Any]:
    if item.scale is not None:
        return st.sampled_from(list(item.scale.points))
    return _ANSWERS[item.type](item)


def _codes(item: Item) -> list[str]:
    return [option.code for option in item.options if not option.is_other]


def _chosen(item: Item) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(_codes(item)), min_size=1, unique=True).map(
        lambda chosen: [code for code in _codes(item) if code in chosen]
    )


def _ranked(item: Item) -> st.SearchStrategy[list[str]]:
    most = item.most or len(item.options)
    return st.permutations(_codes(item)).map(lambda order: order[:most])


def _shared(item: Item) -> st.SearchStrategy[dict[str, int]]:
    return st.sampled_from(_codes(item)).map(
        lambda favourite: {code: item.total if code == favourite else 0 for code in _codes(item)}
    )


def _details(item: Item) -> st.SearchStrategy[dict[str, Any]]:
    said = {"name": "Lan", "email": "lan@example.org", "phone": "+84 90 123 4567", "language": "vi"}
    details: dict[str, Any] = {each.value: said[each.value] for each in item.contact_fields}
    return st.just(details | {"consent": True})


_ANSWERS: dict[ItemType, Callable[[Item], st.SearchStrategy[Any]]] = {
    ItemType.SINGLE: lambda item: st.sampled_from(_codes(item)),
    ItemType.MULTIPLE: _chosen,
    ItemType.RANKING: _ranked,
    ItemType.SUM: _shared,
    ItemType.NUMBER: lambda item: st.integers(int(item.bounds.lowest or 0), int(item.bounds.highest or 50)),
    ItemType.DATE: lambda _item: st.sampled_from(DAYS),
    ItemType.TEXT: lambda item: st.sampled_from(
        ["fast", "Chậm quá", "slow and late" if item.is_short else "slow\nand late"]
    ),
    ItemType.CONTACT: _details,
    ItemType.HIDDEN: lambda item: st.sampled_from(_codes(item) or ["gold", "shop 7"]),
}
