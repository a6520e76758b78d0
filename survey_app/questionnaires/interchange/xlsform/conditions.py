"""The expressions of an XLSForm (XPath with `${names}`) as conditions, and constraints as bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Bounds, Item, ItemType
from survey_app.questionnaires.detail_parsing import LONGEST_NUMBER
from survey_app.questionnaires.interchange.answerables import Answerable, Tree, UnsayableError, chosen
from survey_app.questionnaires.interchange.drafts import Wanted
from survey_app.questionnaires.interchange.expressions import Call, Node, Parser, Saying, Token, native

LONGEST = 20_000
SELF = "."
_TOKEN = re.compile(
    r"""\s+
    |\$\{\s*(?P<name>[^{}\s]{1,300})\s*\}
    |(?P<text>'[^']*'|"[^"]*"|\u2018[^\u2019]*\u2019|\u201c[^\u201d]*\u201d)
    |(?P<number>\d+(?:\.\d+)?|\.\d+)
    |(?P<op>!=|>=|<=|[=<>])
    |(?P<self>\.(?![./\w]))
    |(?P<bracket>[(),])
    |(?P<word>[A-Za-z_][\w.:-]*)
    |(?P<sign>[-+*|])
    """,
    re.VERBOSE,
)
_SIGNS = {"div", "mod"}
_SIDES = {">=": "lowest", ">": "lowest", "<=": "highest", "<": "highest"}
_TURNED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}


def read_expression(source: str) -> Node:
    """Return what an expression says; raise UnsayableError where it says nothing of its grammar."""
    if len(source) > LONGEST:
        raise UnsayableError(_("The expression is too long."))
    return Parser(list(_tokens(source))).whole()


def wanted(name: str, expression: str, names: dict[str, Answerable]) -> Wanted:
    """Return an expression as a condition, with the reason where none of ours says it."""
    try:
        return Wanted((name,), Saying(names, CALLS).tree(read_expression(expression)))
    except UnsayableError as error:
        return Wanted((name,), problem=f"{error} [{expression[:200]}]")


@dataclass(frozen=True, slots=True)
class Bounded:
    """An item with the bounds of a constraint; they are not exact where the limit itself was excluded."""

    item: Item
    is_exact: bool


def bounded(item: Item, constraint: str) -> Bounded | None:
    """Return a number or date with the bounds that a constraint says, None where it says anything else."""
    if item.type not in {ItemType.NUMBER, ItemType.DATE}:
        return None
    try:
        node = read_expression(constraint)
    except UnsayableError:
        return None
    sides: dict[str, Any] = {}
    for part in node.parts if node.kind == "all" else (node,):
        side = _side(part, item)
        if side is None:
            return None
        sides.setdefault(*side)
    bounds = replace(item.bounds, **sides)
    is_exact = item.type is ItemType.NUMBER and not item.bounds.decimals
    is_exact = is_exact or not re.search(r"[<>](?!=)", constraint)
    return Bounded(replace(item, bounds=bounds), is_exact) if _is_sound(bounds, item.type) else None


def _tokens(source: str) -> Iterator[Token]:
    place = 0
    while place < len(source):
        found = _TOKEN.match(source, place)
        if found is None:
            raise UnsayableError(_("“%(text)s” is not expected there.", text=source[place : place + 20]))
        place = found.end()
        if found.lastgroup:
            yield _token(found.lastgroup, found[found.lastgroup])


def _token(kind: str, text: str) -> Token:
    if kind == "self":
        return Token("name", SELF)
    if kind == "text":
        return Token("value", text[1:-1])
    if kind == "number":
        return Token("value", text)
    if kind == "op":
        return Token("op", "==" if text == "=" else text)
    if kind == "word" and text in {"and", "or"}:
        return Token("op", text)
    return Token("sign" if text in _SIGNS else kind, text)


def _selected(saying: Saying, node: Node) -> Tree:
    if len(node.parts) != 2 or node.parts[1].kind != "value":  # noqa: PLR2004 - a question and one of its answers
        raise UnsayableError(_("The function “%(name)s” has no counterpart.", name=node.text))
    target = saying.answerable(node.parts[0])
    return chosen(target, native(target, node.parts[1].text))


def _not(saying: Saying, node: Node) -> Tree:
    if len(node.parts) != 1:
        raise UnsayableError(_("The function “%(name)s” has no counterpart.", name=node.text))
    return {"not": saying.tree(node.parts[0])}


def _always(_saying: Saying, node: Node) -> Tree:
    return {"all": []} if node.text == "true" else {"any": []}


CALLS: dict[str, Call] = {"selected": _selected, "not": _not, "true": _always, "false": _always}


def _side(node: Node, item: Item) -> tuple[str, str] | None:
    """Return which bound a comparison of the answer with a fixed value sets."""
    if node.kind != "compare" or len(node.parts) != 2:  # noqa: PLR2004 - its two sides
        return None
    left, right, word = node.parts[0], node.parts[1], node.text
    if left.kind == "value" and right == Node("name", SELF):
        left, right, word = right, left, _TURNED.get(word, "")
    if left != Node("name", SELF) or word not in _SIDES:
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
