"""Relevance equations as condition trees: comparisons and counts of answers, and, or, not, if; nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _

from survey_app.conditions.rules import FieldKind
from survey_app.questionnaires.interchange.answerables import Answerable, Tree, UnsayableError, compared, known
from survey_app.questionnaires.interchange.limesurvey.counting import counted
from survey_app.questionnaires.interchange.limesurvey.customers import attribute_named
from survey_app.questionnaires.interchange.limesurvey.expressions import (
    COMPARISONS,
    Call,
    Constant,
    Expression,
    Variable,
    parsed,
)
from survey_app.questionnaires.interchange.limesurvey.trees import ALWAYS, NEVER, all_of, any_of, not_so

_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
# Functions that hand their only argument on: ours compare by the answer's own kind anyway.
_THROUGH = frozenset({"intval", "floatval", "strval", "trim"})
_FALSE = frozenset({"", "0"})
_ONE = "1"
_BOOLEAN = COMPARISONS | {"&&", "||", "!", "is_empty", "empty"}
_SUFFIXES = frozenset({"", "NAOK", "value", "code", "shown", "valueNAOK"})
# "that.Q1" stands for all answers of a question with subquestions.
THAT = "that."
MOST_STEPS = 2000


@dataclass(frozen=True, slots=True)
class Scope:
    """What equations may name: answers, what equation questions compute, the subquestions of a question."""

    answerables: Mapping[str, Answerable]
    equations: Mapping[str, Expression] = field(default_factory=dict)
    families: Mapping[str, list[str]] = field(default_factory=dict)


def is_trivial(source: str) -> bool:
    """Return whether a relevance equation always holds, as LimeSurvey writes where there is no condition."""
    bare = "".join(source.split())
    n_opened = len(bare) - len(bare.lstrip("("))
    return bare in {"", "(" * n_opened + "1" + ")" * n_opened}


def condition(source: str, scope: Scope) -> tuple[Tree, bool]:
    """Return an equation as a tree, and whether it compares words that are shown.

    Raise UnsayableError where it says more than trees can.
    """
    teller = _Teller(scope)
    return teller.tree(parsed(source)), teller.compares_words


class _Teller:
    """Says expressions as trees; what an equation question computes is said where its name stands."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.compares_words = False
        self._n_steps = 0
        self._inside: list[str] = []

    def tree(self, found: Expression) -> Tree:
        """Return when an expression is true."""
        self._n_steps += 1
        if self._n_steps > MOST_STEPS:
            raise UnsayableError(_("The expression is too long."))
        if isinstance(found, Constant):
            return NEVER if found.text in _FALSE else ALWAYS
        if isinstance(found, Variable):
            return self._variable(found)
        if found.name in {"&&", "||"}:
            parts = [self.tree(each) for each in found.arguments]
            return all_of(parts) if found.name == "&&" else any_of(parts)
        if found.name == "!":
            return not_so(self.tree(found.arguments[0]))
        return self._comparison(found) if found.name in COMPARISONS else self._function(found)

    def _variable(self, found: Variable) -> Tree:
        if found.name in self.scope.equations:
            self._enter(found.name)
            tree = self.tree(self.scope.equations[found.name])
            self._inside.pop()
            return tree
        target = self._answerable(found)
        answered = known(target, is_known=True)
        if "0" in target.values or (target.kind is FieldKind.NUMBER and not target.values):
            return all_of([answered, not_so(compared(target, "==", "0"))])
        return answered

    def _enter(self, name: str) -> None:
        if name in self._inside:
            raise UnsayableError(_("The equation “%(name)s” computes with itself.", name=name[:60]))
        self._inside.append(name)

    def _function(self, found: Call) -> Tree:
        if found.name == "if" and len(found.arguments) == len(("when", "then", "else")):
            when, then, other = (self.tree(each) for each in found.arguments)
            return _branches(when, then, other)
        argument = _plain(found.arguments[0]) if len(found.arguments) == 1 else None
        if found.name in {"is_empty", "empty"} and isinstance(argument, Variable):
            return known(self._answerable(argument), is_known=False)
        if found.name in {"checked", "strlen"} and isinstance(argument, Variable):
            return known(self._answerable(argument), is_known=True)
        if found.name in {"count", "countif"}:
            return counted(self._each(found), ">", "0")
        raise UnsayableError(_("The function or sign “%(name)s” has no counterpart.", name=found.name[:60]))

    def _comparison(self, found: Call) -> Tree:
        left, right = (_plain(each) for each in found.arguments)
        sign = found.name
        if isinstance(left, Constant) and not isinstance(right, Constant):
            left, right, sign = right, left, _TURNED.get(sign, sign)
        if not isinstance(right, Constant):
            raise UnsayableError(_("Only the answer to one question can be compared with a fixed value."))
        return self._compared(left, sign, right.text)

    def _compared(self, left: Expression, sign: str, value: str) -> Tree:
        """Return how an expression compares with a fixed value."""
        left = _plain(left)
        if isinstance(left, Constant):
            return _fixed(left.text, sign, value)
        if isinstance(left, Variable) and left.name in self.scope.equations:
            self._enter(left.name)
            tree = self._compared(self.scope.equations[left.name], sign, value)
            self._inside.pop()
            return tree
        if isinstance(left, Variable):
            return self._answer(left, sign, value)
        return self._result(left, sign, value)

    def _result(self, left: Call, sign: str, value: str) -> Tree:
        """Return how the result of a function compares with a fixed value."""
        if left.name in {"count", "countif"}:
            return counted(self._each(left), sign, value)
        if left.name == "if" and len(left.arguments) == len(("when", "then", "else")):
            then, other = (self._compared(each, sign, value) for each in left.arguments[1:])
            return _branches(self.tree(left.arguments[0]), then, other)
        if left.name in _BOOLEAN and value == _ONE and sign in {"==", "!="}:
            return self.tree(left) if sign == "==" else not_so(self.tree(left))
        if left.name == "strlen" and isinstance(_plain(left.arguments[0]) if left.arguments else None, Variable):
            return _length(self.tree(left), sign, value)
        raise UnsayableError(_("The function or sign “%(name)s” has no counterpart.", name=left.name[:60]))

    def _answer(self, found: Variable, sign: str, value: str) -> Tree:
        target = self._answerable(found)
        # What is shown is the answer's label; where there are no labels, it is the value itself.
        if found.suffix == "shown" and target.labels:
            self.compares_words = True
            value = target.labels.get(value, value)
        return compared(target, sign, value)

    def _each(self, found: Call) -> list[Tree]:
        """Return what a function counts: answers that are given, or that are a fixed value."""
        arguments = list(found.arguments)
        value = arguments.pop(0) if found.name == "countif" and arguments else None
        if value is not None and not isinstance(value, Constant):
            raise UnsayableError(_("Only the answer to one question can be compared with a fixed value."))
        trees = []
        for each in self._spread(arguments):
            target = self._answerable(each)
            trees.append(known(target, is_known=True) if value is None else compared(target, "==", value.text))
        return trees

    def _spread(self, arguments: list[Expression]) -> list[Variable]:
        """Return variables one by one, those of `that.Q1` too."""
        found: list[Variable] = []
        for each in map(_plain, arguments):
            if not isinstance(each, Variable):
                raise UnsayableError(_("Only answers can be counted."))
            if not each.name.startswith(THAT):
                found.append(each)
                continue
            family = self.scope.families.get(each.name.removeprefix(THAT), [])
            if not family:
                raise UnsayableError(_("Nothing that is taken over answers “%(name)s”.", name=each.name[:60]))
            found += [Variable(name, each.suffix) for name in family]
        return found

    def _answerable(self, found: Variable) -> Answerable:
        target = self.scope.answerables.get(found.name) or attribute_named(found.name)
        if target is None:
            raise UnsayableError(_("Nothing that is taken over answers “%(name)s”.", name=found.name[:60]))
        if found.suffix not in _SUFFIXES:
            raise UnsayableError(_("“.%(suffix)s” of an answer has no counterpart.", suffix=found.suffix[:60]))
        return target


def _branches(when: Tree, then: Tree, other: Tree) -> Tree:
    return any_of([all_of([when, then]), all_of([not_so(when), other])])


def _fixed(left: str, sign: str, right: str) -> Tree:
    """Return whether two fixed values are equal; by order nobody compares them."""
    if sign not in {"==", "!="}:
        raise UnsayableError(_("The comparison “%(word)s” has no counterpart.", word=sign))
    return ALWAYS if (left == right) is (sign == "==") else NEVER


def _length(answered: Tree, sign: str, value: str) -> Tree:
    """Return whether something is written at all, as far as a length asks for that."""
    if (sign, value) in {(">", "0"), ("!=", "0"), (">=", "1")}:
        return answered
    if (sign, value) in {("==", "0"), ("<", "1"), ("<=", "0")}:
        return not_so(answered)
    raise UnsayableError(_("The length of an answer has no counterpart."))


def _plain(found: Expression) -> Expression:
    while isinstance(found, Call) and found.name in _THROUGH and len(found.arguments) == 1:
        found = found.arguments[0]
    return found
