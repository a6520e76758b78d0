"""Conditions on embedded fields: on values that the flow gives them, else on what the link or the record says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import nan

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.accounting import brief
from survey_app.questionnaires.interchange.answerables import Tree, UnsayableError
from survey_app.questionnaires.interchange.assembling import joined
from survey_app.questionnaires.interchange.qualtrics.chances import COMPUTED
from survey_app.questionnaires.interchange.qualtrics.reading import Reading
from survey_app.questionnaires.interchange.qualtrics.steps import Chance, Given, PartOf, Step

ALWAYS: Tree = {"all": []}
NEVER: Tree = {"any": []}
MOST_CASES = 60
MOST_PARTS = 200
Test = Callable[[str], bool]
Gate = Callable[[Step], Tree]
# When a case applies, and whether the comparison holds then.
Case = tuple[Tree, Tree]


def told(reading: Reading, name: str, test: Test, gate: Gate, base: Callable[[], Tree]) -> Tree:
    """Return whether a field's value passes a test here: the last value given before decides, else `base` does."""
    given = [each for each in reading.givens.get(name.casefold(), ()) if each.place < reading.place]
    if len(given) > MOST_CASES:
        raise UnsayableError(_("“%(field)s” is given its value at too many places.", field=brief(name, 60)))
    cases = list(_cases(given, test, gate))
    sure = max((number for number, (when, _holds) in enumerate(cases) if when == ALWAYS), default=-1)
    tree = cases[sure][1] if sure >= 0 else base()
    for when, holds in cases[sure + 1 :]:
        tree = either(both(when, holds), both(other(when), tree))
    if _size(tree) > MOST_PARTS:
        raise UnsayableError(_("“%(field)s” is given its value at too many places.", field=brief(name, 60)))
    return tree


def holds(value: str, operator: str, wanted: str) -> bool:
    """Return whether a value that the file gives passes one of Qualtrics' comparisons."""
    if operator in {"EqualTo", "Is", "NotEqualTo", "IsNot"}:
        is_equal = value == wanted or _float(value) == _float(wanted)
        return is_equal == (operator in {"EqualTo", "Is"})
    if operator in {"Empty", "Selected"}:
        return bool(value) == (operator == "Selected")
    if operator == "Contains":
        return wanted in value
    orders: dict[str, Callable[[float, float], bool]] = {
        "GreaterThan": float.__gt__,
        "GreaterThanOrEqual": float.__ge__,
        "LessThan": float.__lt__,
        "LessThanOrEqual": float.__le__,
    }
    if operator not in orders:
        raise UnsayableError(_("The comparison “%(word)s” has no counterpart.", word=brief(operator or "?", 60)))
    return orders[operator](_float(value), _float(wanted))


def both(*trees: Tree) -> Tree:
    """Return whether all trees hold, the shorter where one is sure."""
    if NEVER in trees:
        return NEVER
    return joined("all", [each for each in trees if each != ALWAYS])


def either(*trees: Tree) -> Tree:
    """Return whether any tree holds, the shorter where one is sure."""
    if ALWAYS in trees:
        return ALWAYS
    return joined("any", [each for each in trees if each != NEVER])


def other(tree: Tree) -> Tree:
    """Return whether a tree does not hold."""
    if tree in (ALWAYS, NEVER):
        return NEVER if tree == ALWAYS else ALWAYS
    return tree["not"] if set(tree) == {"not"} else {"not": tree}


def _cases(given: list[Given], test: Test, gate: Gate) -> Iterable[Case]:
    """Yield when each value applies and whether it passes; the parts of one randomiser make one case."""
    number = 0
    while number < len(given):
        first = given[number]
        last = first.within[-1] if first.within else None
        same = [first]
        if isinstance(last, PartOf) and last.chance:
            while number + len(same) < len(given) and _are_alike(first, given[number + len(same)]):
                same.append(given[number + len(same)])
            yield _of_parts(last.chance, same, test, gate)
        else:
            yield _gates(first.within, gate), _passes(first, test)
        number += len(same)


def _are_alike(first: Given, second: Given) -> bool:
    one, two = first.within[-1], second.within[-1] if second.within else None
    return (
        first.within[:-1] == second.within[:-1]
        and isinstance(one, PartOf)
        and isinstance(two, PartOf)
        and one.chance is two.chance
    )


def _of_parts(chance: Chance, given: list[Given], test: Test, gate: Gate) -> Case:
    by_part = {each.within[-1].number: each for each in given if isinstance(each.within[-1], PartOf)}
    passing, applying = [], []
    for code, parts in chance.groups.items():
        here = [by_part[part] for part in parts if part in by_part]
        if len(here) > 1:
            raise UnsayableError(_("Several parts of a randomiser give it a value; the last one shown decides."))
        applying += [code for _each in here]
        passing += [code for each in here if _is_sure(_passes(each, test))]
    when = ALWAYS if len(applying) == len(chance.groups) else chance.of(applying)
    met = ALWAYS if len(passing) == len(applying) else chance.of(passing) if passing else NEVER
    return both(_gates(given[0].within[:-1], gate), when), met


def _is_sure(tree: Tree) -> bool:
    if tree not in (ALWAYS, NEVER):
        raise UnsayableError(_("It is drawn by chance within a randomiser."))
    return tree == ALWAYS


def _passes(given: Given, test: Test) -> Tree:
    if given.drawn:
        fit = [code for code, value in given.drawn.values.items() if test(value)]
        return NEVER if not fit else ALWAYS if len(fit) == len(given.drawn.values) else given.drawn.of(fit)
    if any(sign in given.value for sign in COMPUTED):
        raise UnsayableError(_("Its value “%(value)s” is worked out on the way.", value=brief(given.value, 60)))
    return ALWAYS if test(given.value) else NEVER


def _gates(within: tuple[Step | PartOf, ...], gate: Gate) -> Tree:
    trees = []
    for each in within:
        if isinstance(each, Step):
            trees.append(gate(each))
        elif each.chance is None:
            raise UnsayableError(_("A randomiser with too many parts decides."))
        else:
            trees.append(each.chance.asks(each.number))
    return both(*trees)


def _float(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return nan


def _size(tree: Tree) -> int:
    """Return how many parts a tree has, as far as that matters."""
    n, level = 0, [tree]
    while level and n <= MOST_PARTS:
        n += len(level)
        level = [
            child
            for each in level
            for key in ("all", "any", "not")
            if key in each
            for child in (each[key] if isinstance(each[key], list) else [each[key]])
        ]
    return n
