"""SurveyJS expressions as tokens: `{name} = 'x' and {other} anyof ['a', 'b']`, with all their spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.answerables import UnsayableError
from survey_app.questionnaires.interchange.expressions import Node, Parser, Token

LONGEST = 20_000
_TOKEN = re.compile(
    r"""\s+
    |(?P<name>\{[^{}]{1,300}\})
    |(?P<text>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")
    |(?P<number>\d+(?:\.\d+)?)(?![\w.-])
    |(?P<op><>|!=|>=|<=|==|&&|\|\||\*=|[=<>!])
    |(?P<sign>[-+*/%^])
    |(?P<bracket>[()\[\],])
    |(?P<word>[^\s{}()\[\],'"=<>!&|*/%^+]+)
    """,
    re.VERBOSE,
)
OPERATORS = {
    "=": "==",
    "==": "==",
    "equal": "==",
    "equals": "==",
    "<>": "!=",
    "!=": "!=",
    "notequal": "!=",
    "notequals": "!=",
    ">": ">",
    "greater": ">",
    ">=": ">=",
    "greaterorequal": ">=",
    "<": "<",
    "less": "<",
    "<=": "<=",
    "lessorequal": "<=",
    "&&": "and",
    "and": "and",
    "||": "or",
    "or": "or",
    "!": "!",
    "negate": "!",
    "not": "!",
    "*=": "contains",
    "contain": "contains",
    "contains": "contains",
    "notcontain": "notcontains",
    "notcontains": "notcontains",
    "anyof": "anyof",
    "allof": "allof",
    "noneof": "noneof",
    "empty": "unknown",
    "notempty": "known",
}


def read_expression(source: str) -> Node:
    """Return what an expression says; raise UnsayableError where it says nothing of its grammar."""
    if len(source) > LONGEST:
        raise UnsayableError(_("The expression is too long."))
    return Parser(list(_tokens(source))).whole()


def _tokens(source: str) -> Iterator[Token]:
    place = 0
    while place < len(source):
        found = _TOKEN.match(source, place)
        if found is None:
            raise UnsayableError(_("“%(text)s” is not expected there.", text=source[place : place + 20]))
        place = found.end()
        if found.lastgroup:
            yield _token(found.lastgroup, found[0])


def _token(kind: str, text: str) -> Token:
    if kind == "name":
        # A sign before the name says that the value is taken as it is.
        return Token("name", text[1:-1].strip().removeprefix("#"))
    if kind == "text":
        return Token("value", re.sub(r"\\(.)", r"\1", text[1:-1]))
    if kind == "number":
        return Token("value", text)
    word = text.lower()
    if kind in {"op", "word"} and word in OPERATORS:
        return Token("op", OPERATORS[word])
    return Token(kind, word if word in {"true", "false"} else text)
