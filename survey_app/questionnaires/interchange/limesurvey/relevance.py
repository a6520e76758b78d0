"""Relevance equations as condition trees: comparisons of answers, and, or, not, is_empty; nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.answerables import Answerable, Tree, UnsayableError, compared, known
from survey_app.questionnaires.interchange.assembling import joined
from survey_app.questionnaires.interchange.limesurvey.expressions import (
    COMPARISONS,
    Call,
    Constant,
    Expression,
    Variable,
    parsed,
)

_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
ALWAYS: Tree = {"all": []}
NEVER: Tree = {"any": []}
# Functions that hand their only argument on: ours compare by the answer's own kind anyway.
_THROUGH = frozenset({"intval", "floatval", "strval", "trim", "abs"})
_TRUE = frozenset({"1", "true", "True"})
_SUFFIXES = frozenset({"", "NAOK", "value", "code", "shown", "valueNAOK"})
Answerables = Mapping[str, Answerable]


def is_trivial(source: str) -> bool:
    """Return whether a relevance equation always holds, as LimeSurvey writes where there is no condition."""
    bare = "".join(source.split())
    n_opened = len(bare) - len(bare.lstrip("("))
    return bare in {"", "(" * n_opened + "1" + ")" * n_opened}


def condition(source: str, answerables: Answerables) -> Tree:
    """Return an equation as a tree; raise UnsayableError where it says more than trees can."""
    return _tree(parsed(source), answerables)


def _tree(found: Expression, answerables: Answerables) -> Tree:
    if isinstance(found, Constant):
        return ALWAYS if found.text in _TRUE else NEVER
    if isinstance(found, Variable):
        return known(_answerable(found, answerables), is_known=True)
    if found.name in {"&&", "||"}:
        word = "all" if found.name == "&&" else "any"
        return joined(word, [_tree(each, answerables) for each in found.arguments])
    if found.name == "!" and len(found.arguments) == 1:
        return {"not": _tree(found.arguments[0], answerables)}
    return _function(found, answerables)


def _function(found: Call, answerables: Answerables) -> Tree:
    if found.name in COMPARISONS:
        return _comparison(found, answerables)
    argument = _plain(found.arguments[0]) if len(found.arguments) == 1 else None
    if found.name in {"is_empty", "empty"} and isinstance(argument, Variable):
        return known(_answerable(argument, answerables), is_known=False)
    if found.name in {"count", "checked"} and isinstance(argument, Variable):
        return known(_answerable(argument, answerables), is_known=True)
    raise UnsayableError(_("The function or sign “%(name)s” has no counterpart.", name=found.name[:60]))


def _comparison(found: Call, answerables: Answerables) -> Tree:
    left, right = (_plain(each) for each in found.arguments)
    sign = found.name
    if isinstance(left, Constant) and isinstance(right, Variable):
        left, right, sign = right, left, _TURNED.get(sign, sign)
    if not isinstance(left, Variable) or not isinstance(right, Constant):
        raise UnsayableError(_("Only the answer to one question can be compared with a fixed value."))
    target, value = _answerable(left, answerables), right.text
    # What is shown is the answer's label; where there are no labels, it is the value itself.
    if left.suffix == "shown":
        value = target.labels.get(value, value)
    return compared(target, sign, value)


def _plain(found: Expression) -> Expression:
    while isinstance(found, Call) and found.name in _THROUGH and len(found.arguments) == 1:
        found = found.arguments[0]
    return found


def _answerable(found: Variable, answerables: Answerables) -> Answerable:
    target = answerables.get(found.name)
    if target is None:
        raise UnsayableError(_("Nothing that is taken over answers “%(name)s”.", name=found.name[:60]))
    if found.suffix not in _SUFFIXES:
        raise UnsayableError(_("“.%(suffix)s” of an answer has no counterpart.", suffix=found.suffix[:60]))
    return target
