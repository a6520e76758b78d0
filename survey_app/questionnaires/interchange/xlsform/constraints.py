"""What an XLSForm checks of an answer: bounds, lengths, how many are chosen, options that stand alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from survey_app.questionnaires.definition import Bounds, Item, ItemType
from survey_app.questionnaires.detail_parsing import LONGEST_NUMBER
from survey_app.questionnaires.interchange.answerables import UnsayableError
from survey_app.questionnaires.interchange.codes import code_from
from survey_app.questionnaires.interchange.expressions import SWAPPED, Node
from survey_app.questionnaires.interchange.xlsform.conditions import SELF, read_expression
from survey_app.questionnaires.item_parsing import LONGEST_ANSWER

ANSWER = Node("name", SELF)
COUNTED = frozenset({ItemType.MULTIPLE, ItemType.RANKING})
_SIDES = {">=": "lowest", ">": "lowest", "<=": "highest", "<": "highest"}
_WHOLE = re.compile(r"\d{1,5}")


@dataclass(frozen=True, slots=True)
class Checked:
    """An item that checks what a constraint says; not exactly so where the limit itself was excluded."""

    item: Item
    is_exact: bool = True


def checked(item: Item, constraint: str) -> Checked | None:
    """Return an item with what a constraint checks, None where it checks anything that ours do not."""
    try:
        node = read_expression(constraint)
    except UnsayableError:
        return None
    if item.type in {ItemType.NUMBER, ItemType.DATE}:
        return _bounded(item, node, constraint)
    found: Item | None = item
    for part in node.parts if node.kind == "all" else (node,):
        found = _part(found, part) if found else None
    return Checked(found) if found and _is_countable(found) else None


def _part(item: Item, node: Node) -> Item | None:
    alone = _alone(item, node) if item.type is ItemType.MULTIPLE else None
    if alone:
        named = (replace(each, is_exclusive=each.is_exclusive or each.code == alone) for each in item.options)
        return replace(item, options=tuple(named))
    word, limit = _counted(node, "string-length" if item.type is ItemType.TEXT else "count-selected")
    highest = limit if word == "<=" else limit - 1 if word == "<" else None
    lowest = limit if word == ">=" else limit + 1 if word == ">" else None
    if item.type is ItemType.TEXT and highest and highest <= LONGEST_ANSWER:
        return replace(item, max_length=highest)
    if item.type not in COUNTED or not (highest or lowest):
        return None
    return replace(item, fewest=lowest or item.fewest, most=highest or item.most)


def _is_countable(item: Item) -> bool:
    if item.type not in COUNTED:
        return True
    fewest, most, n_options = item.fewest or 1, item.most or len(item.options), len(item.options)
    return 1 <= fewest <= most <= n_options


def _counted(node: Node, name: str) -> tuple[str, int]:
    """Return the comparison of how much was answered with a number."""
    if node.kind != "compare":
        return "", 0
    left, right, word = node.parts[0], node.parts[1], node.text
    if right.kind == "call":
        left, right, word = right, left, SWAPPED.get(word, "")
    is_it = left == Node("call", name, (ANSWER,)) and right.kind == "value" and _WHOLE.fullmatch(right.text)
    return (word, int(right.text)) if is_it else ("", 0)


def _alone(item: Item, node: Node) -> str | None:
    """Return the option that a constraint allows alone only: not(selected(., 'none') and count-selected(.) > 1)."""
    if node.kind == "not" or (node.kind == "call" and node.text == "not" and len(node.parts) == 1):
        parts = list(_parts(node.parts[0], "all"))
        chosen, several = [_chosen(each) for each in parts], [_counted(each, "count-selected") for each in parts]
        is_it = len(parts) == 2 and any(each in {(">", 1), (">=", 2), ("!=", 1)} for each in several)  # noqa: PLR2004 - the option and the count
    else:
        parts = list(_parts(node, "any"))
        chosen = [_chosen(each.parts[0]) for each in parts if each.kind == "call" and each.text == "not" and each.parts]
        single = [_counted(each, "count-selected") for each in parts]
        is_it = len(parts) == 2 and any(each in {("==", 1), ("<=", 1), ("<", 2)} for each in single)  # noqa: PLR2004 - the same
    native = next(filter(None, chosen), None)
    code = code_from(native, "o", may_begin_with_digit=True) if native else ""
    return code if is_it and code in {option.code for option in item.options} else None


def _parts(node: Node, kind: str) -> Iterator[Node]:
    yield from node.parts if node.kind == kind else (node,)


def _chosen(node: Node) -> str | None:
    """Return the option whose choice a condition asks for."""
    is_it = node.kind == "call" and node.text == "selected" and len(node.parts) == 2  # noqa: PLR2004 - the answer and an option
    return node.parts[1].text if is_it and node.parts[0] == ANSWER and node.parts[1].kind == "value" else None


def _bounded(item: Item, node: Node, constraint: str) -> Checked | None:
    sides: dict[str, Any] = {}
    for part in _parts(node, "all"):
        side = _side(part, item)
        if side is None:
            return None
        sides.setdefault(*side)
    bounds = replace(item.bounds, **sides)
    is_exact = item.type is ItemType.NUMBER and not item.bounds.decimals
    is_exact = is_exact or not re.search(r"[<>](?!=)", constraint)
    return Checked(replace(item, bounds=bounds), is_exact) if _is_sound(bounds, item.type) else None


def _side(node: Node, item: Item) -> tuple[str, str] | None:
    """Return which bound a comparison of the answer with a fixed value sets."""
    if node.kind != "compare":
        return None
    left, right, word = node.parts[0], node.parts[1], node.text
    if left.kind == "value" and right == ANSWER:
        left, right, word = right, left, SWAPPED.get(word, "")
    if left != ANSWER or word not in _SIDES:
        return None
    value = _day(right) if item.type is ItemType.DATE else _number(right, word, item)
    return (_SIDES[word], value) if value else None


def _number(node: Node, word: str, item: Item) -> str | None:
    """Return a bound; among whole numbers "more than 5" is "at least 6"."""
    if node.kind != "value" or len(node.text) > LONGEST_NUMBER - 2 or not re.fullmatch(r"-?\d+(\.\d+)?", node.text):
        return None
    if word in {">=", "<="} or item.bounds.decimals:
        return node.text
    if "." in node.text:
        return None
    return str(int(node.text) + (1 if word == ">" else -1))


def _day(node: Node) -> str | None:
    source = node.parts[0] if node.kind == "call" and node.text == "date" and len(node.parts) == 1 else node
    try:
        return date.fromisoformat(source.text).isoformat() if source.kind == "value" else None
    except ValueError:
        return None


def _is_sound(bounds: Bounds, kind: ItemType) -> bool:
    if bounds.lowest is None or bounds.highest is None:
        return True
    return bounds.lowest <= bounds.highest if kind is ItemType.DATE else float(bounds.lowest) <= float(bounds.highest)
