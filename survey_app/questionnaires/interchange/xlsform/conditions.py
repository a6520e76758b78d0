"""The expressions of an XLSForm (XPath with `${names}`) as conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.answerables import Answerable, Tree, UnsayableError, chosen
from survey_app.questionnaires.interchange.drafts import Wanted
from survey_app.questionnaires.interchange.expressions import SWAPPED, Call, Node, Parser, Saying, Token, native

LONGEST = 20_000
SELF = "."
_TOKEN = re.compile(
    r"""\s+
    |\$\{\s*(?P<name>[^{}\s]{1,300})\s*\}
    |(?P<text>'[^']*'|"[^"]*"|\u2018[^\u2019]*\u2019|\u201c[^\u201d]*\u201d)
    |(?P<number>\d+(?:\.\d+)?|\.\d+)
    |(?P<op>!=|>=|<=|[=<>])
    |(?P<path>(?:\.{1,2}/|/)[\w./-]*\w)
    |(?P<self>\.(?![./\w]))
    |(?P<bracket>[(),])
    |(?P<word>[A-Za-z_][\w.:-]*)
    |(?P<sign>[-+*|])
    """,
    re.VERBOSE,
)
_SIGNS = {"div", "mod"}
COUNTS = frozenset({"count-selected", "string-length"})


def read_expression(source: str) -> Node:
    """Return what an expression says; raise UnsayableError where it says nothing of its grammar."""
    if len(source) > LONGEST:
        raise UnsayableError(_("The expression is too long."))
    return Parser(list(_tokens(source))).whole()


def wanted(name: str, expression: str, names: dict[str, Answerable]) -> Wanted:
    """Return an expression as a condition, with the reason where none of ours says it."""
    try:
        return Wanted((name,), Saying(names, CALLS, _compared).tree(read_expression(expression)))
    except UnsayableError as error:
        return Wanted((name,), problem=f"{error} [{expression[:200]}]")


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
    if kind in {"self", "path"}:
        # However a path begins, its last step is the question's name.
        return Token("name", SELF if kind == "self" else text.rpartition("/")[2])
    if kind in {"text", "number"}:
        return Token("value", text[1:-1] if kind == "text" else text)
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


def _compared(saying: Saying, node: Node) -> Tree | None:
    """Return a comparison of how much was answered with a number: more than nothing, or nothing."""
    left, right, word = node.parts[0], node.parts[1], node.text
    if right.kind == "call":
        left, right, word = right, left, SWAPPED.get(word, "")
    is_count = left.kind == "call" and left.text in COUNTS and len(left.parts) == 1
    if not is_count or right.kind != "value" or right.text not in {"0", "1"}:
        return None
    known = {("0", ">"): True, ("0", "!="): True, ("1", ">="): True, ("0", "=="): False, ("1", "<"): False}
    is_known = known.get((right.text, word))
    if is_known is None:
        return None
    return {"field": saying.answerable(left.parts[0]).name, "op": "is_known" if is_known else "is_unknown"}


CALLS: dict[str, Call] = {"selected": _selected, "not": _not, "true": _always, "false": _always}
