"""Conditions that other tools write as expressions: read into a small tree of their own, then said as trees of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _

from survey_app.conditions.rules import FieldKind
from survey_app.questionnaires.interchange.answerables import (
    Answerable,
    Tree,
    UnsayableError,
    chosen,
    compared,
    known,
    only_chosen,
)
from survey_app.questionnaires.interchange.assembling import joined

DEEPEST = 24
MOST_TOKENS = 1000
SWAPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
LISTS = frozenset({"contains", "notcontains", "anyof", "allof", "noneof"})


@dataclass(frozen=True, slots=True)
class Token:
    """One sign or word: a `name` of a question, a `value` (text, number, truth), an `op`, a `word` or a bracket."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """Part of an expression: `kind` is name, value, list, call, compare, all, any, not, known, unknown or sum."""

    kind: str
    text: str = ""
    parts: tuple[Node, ...] = ()


@dataclass(slots=True)
class Parser:
    """Reads tokens by precedence: or, and, not, comparison, arithmetic, the rest."""

    tokens: Sequence[Token]
    place: int = 0
    depth: int = 0

    def whole(self) -> Node:
        """Return the whole expression; raise UnsayableError where it is none."""
        if len(self.tokens) > MOST_TOKENS:
            raise UnsayableError(_("The expression is too long."))
        found = self.expression()
        if self.place < len(self.tokens):
            raise UnsayableError(_("“%(text)s” is not expected there.", text=self.tokens[self.place].text[:40]))
        return found

    def expression(self) -> Node:
        """Return an expression of any sort."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise UnsayableError(_("The expression is nested too deeply."))
        found = self._joined("or", "any", lambda: self._joined("and", "all", self._negation))
        self.depth -= 1
        return found

    def _joined(self, word: str, kind: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self._takes("op", word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Node(kind, parts=tuple(parts))

    def _negation(self) -> Node:
        n_signs = 0
        while self._takes("op", "!"):
            n_signs += 1
        found = self._comparison()
        return Node("not", parts=(found,)) if n_signs % 2 else found

    def _comparison(self) -> Node:
        left = self._sum()
        token = self._next()
        if token.kind == "op" and token.text in {"known", "unknown"}:
            self.place += 1
            return Node(token.text, parts=(left,))
        if token.kind == "op" and (token.text in SWAPPED or token.text in LISTS):
            self.place += 1
            return Node("compare", token.text, (left, self._sum()))
        return left

    def _sum(self) -> Node:
        parts = [self._operand()]
        while self._next().kind == "sign":
            self.place += 1
            parts.append(self._operand())
        return parts[0] if len(parts) == 1 else Node("sum", parts=tuple(parts))

    def _operand(self) -> Node:
        token = self._next()
        self.place += 1
        if token.kind in {"name", "value"}:
            return Node(token.kind, token.text)
        if token == Token("sign", "-") and self._next().kind == "value":
            self.place += 1
            return Node("value", f"-{self.tokens[self.place - 1].text}")
        if token.text == "(" and token.kind == "bracket":
            found = self.expression()
            self._close(")")
            return found
        if token.text == "[" and token.kind == "bracket":
            return Node("list", parts=tuple(self._arguments("]")))
        if token.kind == "word" and self._takes("bracket", "("):
            return Node("call", token.text, tuple(self._arguments(")")))
        if token.kind == "word":
            return Node("value", token.text)
        raise UnsayableError(_("“%(text)s” is not expected there.", text=token.text[:40]))

    def _arguments(self, closing: str) -> list[Node]:
        found: list[Node] = []
        if self._takes("bracket", closing):
            return found
        found.append(self.expression())
        while self._takes("bracket", ","):
            found.append(self.expression())
        self._close(closing)
        return found

    def _next(self) -> Token:
        return self.tokens[self.place] if self.place < len(self.tokens) else Token("end", _("the end"))

    def _takes(self, kind: str, text: str) -> bool:
        token = self._next()
        is_it = token.kind == kind and token.text == text
        self.place += is_it
        return is_it

    def _close(self, closing: str) -> None:
        if not self._takes("bracket", closing):
            raise UnsayableError(_("A bracket is not closed."))


Names = Mapping[str, Answerable]
Call = Callable[["Saying", Node], Tree]


@dataclass(frozen=True, slots=True)
class Saying:
    """Says expressions as trees: what names stand for, and the functions of the other tool that can be said."""

    names: Names
    calls: Mapping[str, Call] = field(default_factory=dict)
    # Comparisons that only the other tool knows; None where they are none of those.
    compared: Callable[[Saying, Node], Tree | None] = lambda _saying, _node: None

    def tree(self, node: Node) -> Tree:
        """Return an expression as a condition; raise UnsayableError where there is none that says it."""
        if node.kind in {"all", "any"}:
            return joined(node.kind, [self.tree(each) for each in node.parts])
        if node.kind == "not":
            return {"not": self.tree(node.parts[0])}
        return self._single(node)

    def _single(self, node: Node) -> Tree:
        if node.kind in {"known", "unknown"}:
            return known(self.answerable(node.parts[0]), is_known=node.kind == "known")
        if node.kind == "compare":
            return self.compared(self, node) or self._compare(node)
        if node.kind == "call" and node.text in self.calls:
            return self.calls[node.text](self, node)
        if node.kind == "call":
            raise UnsayableError(_("The function “%(name)s” has no counterpart.", name=node.text[:40]))
        if node.kind == "name":
            return self.truth(self.answerable(node))
        if node.kind == "value" and node.text in {"true", "false"}:
            return {"all": []} if node.text == "true" else {"any": []}
        raise UnsayableError(_("It calculates, which conditions of ours do not."))

    def answerable(self, node: Node) -> Answerable:
        """Return what a name stands for; raise UnsayableError where nothing of this name is answered."""
        if node.kind != "name":
            raise UnsayableError(_("It calculates, which conditions of ours do not."))
        found = self.names.get(node.text) or self.names.get(node.text.casefold())
        if found is None:
            raise UnsayableError(_("It looks at “%(name)s”, which is not taken over.", name=node.text[:60]))
        return found

    def truth(self, target: Answerable) -> Tree:
        """Return whether an answer is true: yes where it can be yes, else any at all."""
        return chosen(target, "true") if "true" in target.values else known(target, is_known=True)

    def _compare(self, node: Node) -> Tree:
        left, right, word = node.parts[0], node.parts[1], node.text
        if left.kind in {"value", "list"} and right.kind == "name" and word in SWAPPED:
            left, right, word = right, left, SWAPPED[word]
        target = self.answerable(left)
        if right.kind not in {"value", "list"}:
            raise UnsayableError(_("It compares two answers with each other, which conditions of ours do not."))
        values = [each.text for each in right.parts] if right.kind == "list" else [right.text]
        return said(target, word, values)


def said(target: Answerable, word: str, values: list[str]) -> Tree:
    """Return a comparison with one native value or several; raise UnsayableError where it cannot be said."""
    if word in {"notcontains", "noneof"}:
        return {"not": said(target, "contains" if word == "notcontains" else "anyof", values)}
    natives = [native(target, each) for each in values]
    if word in {"anyof", "allof", "contains"} and (target.values or target.option):
        parts = [chosen(target, each) for each in natives]
        return joined("any" if word == "anyof" else "all", parts) if parts else {"any": []}
    if word in {"==", "!="} and len(natives) != 1 and target.kind is FieldKind.CHOICES:
        whole = only_chosen(target, natives) if natives else known(target, is_known=False)
        return whole if word == "==" else {"not": whole}
    if len(natives) != 1 or word not in {*SWAPPED, "contains"}:
        raise UnsayableError(_("“%(code)s” cannot be compared so.", code=target.code))
    return compared(target, word, natives[0])


def native(target: Answerable, value: str) -> str:
    """Return the native code of an answer as it is written in a condition: letters of either case, 1.0 as 1."""
    if value in target.values or not target.values:
        return value
    whole = value.removesuffix(".0")
    folded = {each.casefold(): each for each in target.values}
    return whole if whole in target.values else folded.get(value.casefold(), value)
