"""What conditions of other tools look at, and comparisons with it as trees of ours."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import Any

from flask_babel import gettext as _

from survey_app.conditions.rules import FieldKind
from survey_app.questionnaires.routing import ANSWER

Tree = dict[str, Any]
OPERATORS = {
    "==": "is",
    "!=": "is_not",
    "<": "less_than",
    "<=": "at_most",
    ">": "more_than",
    ">=": "at_least",
    "contains": "contains",
}
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
LARGEST_NUMBER = 1e15
LONGEST_WORD = 300


class UnsayableError(ValueError):
    """A condition of another tool that no tree of ours says; the message says why."""


@dataclass(frozen=True, slots=True)
class Answerable:
    """An answer that conditions may look at.

    `values` are the native codes of its answers with ours; `labels` the native codes by what is shown; `option` is set
    where the native variable stands for one option of a choice.
    """

    code: str
    kind: FieldKind
    values: dict[str, str | int] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    option: str | None = None

    @property
    def name(self) -> str:
        """Return the field's name in trees."""
        return ANSWER + self.code


def known(target: Answerable, *, is_known: bool) -> Tree:
    """Return whether there is an answer."""
    if target.option is not None:
        word = "is" if target.kind is FieldKind.CHOICE else "contains"
        chosen = {"field": target.name, "op": word, "value": target.option}
        return chosen if is_known else {"not": chosen}
    return {"field": target.name, "op": "is_known" if is_known else "is_unknown"}


def chosen(target: Answerable, native: str) -> Tree:
    """Return whether one of the answers was chosen; raise UnsayableError where there is none of this code."""
    if native not in target.values:
        raise UnsayableError(_("“%(code)s” has no answer “%(answer)s”.", code=target.code, answer=native[:60]))
    word = "contains" if target.kind is FieldKind.CHOICES else "is"
    return {"field": target.name, "op": word, "value": target.values[native]}


def compared(target: Answerable, word: str, value: str) -> Tree:
    """Return a comparison with a native value; raise UnsayableError where it cannot be said.

    Unlike ours, the other tools' "is not" holds for an unanswered question, so it becomes "not (is)".
    """
    if word == "!=":
        return {"not": compared(target, "==", value)} if value else known(target, is_known=True)
    if word == "==" and not value:
        return known(target, is_known=False)
    if target.option is not None:
        return _option(target, word, value)
    if target.values:
        return _chosen_alone(target, value) if word == "==" else _ordered(target, word, value)
    return _free(target, word, value)


def only_chosen(target: Answerable, natives: Sequence[str]) -> Tree:
    """Return whether these answers of a choice of several were chosen, and none beside them."""
    wanted = [chosen(target, each) for each in natives]
    named = {each["value"] for each in wanted}
    others = dict.fromkeys(value for value in target.values.values() if value not in named)
    rest = [{"field": target.name, "op": "contains", "value": value} for value in others]
    return {"all": [*wanted, *([{"not": {"any": rest}}] if rest else [])]}


def _chosen_alone(target: Answerable, native: str) -> Tree:
    """Return whether the answer is this one: elsewhere a choice of several equals it only where it stands alone."""
    return only_chosen(target, [native]) if target.kind is FieldKind.CHOICES else chosen(target, native)


def _free(target: Answerable, word: str, value: str) -> Tree:
    """Return a comparison of an answer that is typed in."""
    if target.kind is FieldKind.NUMBER:
        return {"field": target.name, "op": _word(word, "contains"), "value": number(value)}
    if target.kind is FieldKind.DATE:
        return {"field": target.name, "op": _word(word, "contains"), "value": _day(value)}
    return _text(target, word, value)


def number(value: str) -> int | float:
    """Return a number; raise UnsayableError where the text is none."""
    try:
        found = float(value)
    except ValueError:
        found = float("nan")
    if not isfinite(found) or abs(found) >= LARGEST_NUMBER:
        raise UnsayableError(_("“%(value)s” is no number.", value=value[:60]))
    return int(found) if found == int(found) else found


def _option(target: Answerable, word: str, value: str) -> Tree:
    if word == "==" and value in {"Y", "1"}:
        return known(target, is_known=True)
    if word == "==" and value == "N":
        return known(target, is_known=False)
    raise UnsayableError(_("An option is either chosen or not; “%(value)s” is neither.", value=value[:60]))


def _ordered(target: Answerable, word: str, value: str) -> Tree:
    """Return a comparison of codes that are numbers as the list of answers for which it holds."""
    if word not in _ORDER or target.kind is FieldKind.CHOICES:
        raise UnsayableError(_("“%(code)s” cannot be compared so.", code=target.code))
    limit = number(value)
    ours = [each for native, each in target.values.items() if _is_number(native) and _ORDER[word](float(native), limit)]
    if not ours:
        return {"any": []}
    return _run_of_points(target, ours) or {"field": target.name, "op": "one_of", "value": ours}


def _run_of_points(target: Answerable, ours: list[str | int]) -> Tree | None:
    """Return the points from one end of a scale as one comparison; None where they are no such run."""
    points = sorted(value for value in target.values.values() if isinstance(value, int))
    wanted = sorted(value for value in ours if isinstance(value, int))
    if len(points) < len(target.values) or len(wanted) < len(ours):
        return None
    if wanted == points[: len(wanted)]:
        return {"field": target.name, "op": "at_most", "value": wanted[-1]}
    is_end = wanted == points[-len(wanted) :]
    return {"field": target.name, "op": "at_least", "value": wanted[0]} if is_end else None


def _is_number(native: str) -> bool:
    try:
        return isfinite(float(native))
    except ValueError:
        return False


def _text(target: Answerable, word: str, value: str) -> Tree:
    if target.kind is not FieldKind.TEXT or word not in {"==", "contains"} or not 0 < len(value) <= LONGEST_WORD:
        raise UnsayableError(_("“%(code)s” cannot be compared so.", code=target.code))
    return {"field": target.name, "op": OPERATORS[word], "value": value}


def _word(word: str, forbidden: str) -> str:
    if word == forbidden or word not in OPERATORS:
        raise UnsayableError(_("The comparison “%(word)s” has no counterpart.", word=word[:60]))
    return OPERATORS[word]


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        raise UnsayableError(_("“%(value)s” is no day such as 2026-01-31.", value=value[:60])) from None
