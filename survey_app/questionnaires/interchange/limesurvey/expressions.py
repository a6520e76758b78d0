"""LimeSurvey's expressions: read into a tree of words, as far as conditions need."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.answerables import UnsayableError

LONGEST = 5000
DEEPEST = 40
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>\d+(?:\.\d+)?(?![\w.]))
      | (?P<text>"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+')
      | (?P<name>[A-Za-z_][\w]*(?:[.:\#][\w]+)*|\d+X\d+X[\w]+(?:\.[\w]+)?)
      | (?P<sign>\|\||&&|==|!=|<>|<=|>=|[-+*/<>!(),=])
    )""",
    re.VERBOSE,
)
_WORDS = {"and": "&&", "or": "||", "not": "!", "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_SAME = {"<>": "!="}
COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class Constant:
    """A text or number that stands in the expression."""

    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """The answer to a question, with what is asked of it (`NAOK`, `shown`, `value`, `code`)."""

    name: str
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the answers; operators are calls by their sign."""

    name: str
    arguments: tuple[Expression, ...]


Expression = Constant | Variable | Call


def parsed(source: str) -> Expression:
    """Return the expression that a text holds; raise UnsayableError where it is none or too long."""
    if len(source) > LONGEST:
        raise UnsayableError(_("The expression is longer than %(n)s characters.", n=LONGEST))
    reader = _Reader(_tokens(source))
    found = reader.either(0)
    if reader.next():
        raise _unclear(reader.next())
    return found


def _unclear(where: str) -> UnsayableError:
    return UnsayableError(_("The expression cannot be read at “%(where)s”.", where=where[:40]))


def _tokens(source: str) -> list[tuple[str, str]]:
    found, position, text = [], 0, source.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match or not match.lastgroup:
            raise _unclear(text[position:])
        kind, value = match.lastgroup, match[match.lastgroup]
        if kind == "name" and value.lower() in _WORDS:
            kind, value = "sign", _WORDS[value.lower()]
        found.append((kind, _SAME.get(value, value) if kind == "sign" else value))
        position = match.end()
    return found


class _Reader:
    """Reads by falling precedence: or, and, comparison, sum, product, not."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.position = 0

    def next(self) -> str:
        """Return what comes next, or nothing at the end."""
        return self.tokens[self.position][1] if self.position < len(self.tokens) else ""

    def _sign(self, *signs: str) -> str:
        """Step over one of some signs and return it, or nothing."""
        if self.position < len(self.tokens) and self.tokens[self.position] in [("sign", each) for each in signs]:
            self.position += 1
            return self.tokens[self.position - 1][1]
        return ""

    def either(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise UnsayableError(_("The expression is nested too deeply."))
        return self._chain(("||",), lambda: self._chain(("&&",), lambda: self._comparison(depth)))

    def _chain(self, signs: tuple[str, ...], read: Callable[[], Expression]) -> Expression:
        parts, found = [read()], ""
        while sign := self._sign(*signs):
            found = sign
            parts.append(read())
        return Call(found, tuple(parts)) if found else parts[0]

    def _comparison(self, depth: int) -> Expression:
        left = self._sum(depth)
        # A single "=" sets a value in LimeSurvey; nobody means that in a condition, but nobody can be sure.
        if sign := self._sign(*COMPARISONS):
            return Call(sign, (left, self._sum(depth)))
        return left

    def _sum(self, depth: int) -> Expression:
        left = self._unary(depth)
        while sign := self._sign("+", "-", "*", "/"):
            left = Call(sign, (left, self._unary(depth)))
        return left

    def _unary(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise UnsayableError(_("The expression is nested too deeply."))
        if self._sign("!"):
            return Call("!", (self._unary(depth + 1),))
        if self._sign("-"):
            inner = self._unary(depth + 1)
            return Constant(f"-{inner.text}") if isinstance(inner, Constant) else Call("-", (inner,))
        return self._primary(depth)

    def _primary(self, depth: int) -> Expression:
        if self._sign("("):
            inner = self.either(depth + 1)
            self._expect(")")
            return inner
        if self.position >= len(self.tokens):
            raise _unclear(_("its end"))
        kind, value = self.tokens[self.position]
        self.position += 1
        if kind == "number":
            return Constant(value)
        if kind == "text":
            return Constant(re.sub(r"\\(.)", r"\1", value[1:-1]))
        if kind == "name":
            return self._call(value, depth) if self._sign("(") else _variable(value)
        raise _unclear(value)

    def _call(self, name: str, depth: int) -> Expression:
        arguments: list[Expression] = []
        if self._sign(")"):
            return Call(name.lower(), ())
        arguments.append(self.either(depth + 1))
        while self._sign(","):
            arguments.append(self.either(depth + 1))
        self._expect(")")
        return Call(name.lower(), tuple(arguments))

    def _expect(self, sign: str) -> None:
        if not self._sign(sign):
            raise _unclear(self.next() or _("its end"))


def _variable(name: str) -> Variable:
    """Return a variable; in `that.Q1.NAOK` the name of the question comes behind the first dot."""
    first, _dot, rest = name.partition(".")
    if first == "that" and rest:
        question, _dot, suffix = rest.partition(".")
        return Variable(f"that.{question}", suffix)
    return Variable(first, rest)
