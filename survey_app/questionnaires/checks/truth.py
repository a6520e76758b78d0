"""Whether a condition can hold, and whether it can fail: decided by trying every case that makes a difference.

Each field is given all values that the comparisons could tell apart (the scale's points, the options, the numbers at
and beside every bound), so that no claim is a guess; where the cases would be too many, nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from math import prod
from typing import Any

from survey_app.conditions.rules import Tree, comparisons, evaluate
from survey_app.questionnaires.checks.values import Values, values_of
from survey_app.questionnaires.definition import Item
from survey_app.questionnaires.routing import ANSWER

MOST_CASES = 4096


class Verdict(StrEnum):
    """What can be said of a condition."""

    NEVER = "never"
    SOMETIMES = "sometimes"
    ALWAYS = "always"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Asked:
    """An item as it stands when a condition looks at it, and whether its answer is known by then for certain.

    `gates` are the conditions under which it was asked at all.
    """

    item: Item
    is_certain: bool = False
    gates: tuple[Tree, ...] = ()


Known = Mapping[str, Asked]


def verdict(tree: Tree, known: Known) -> Verdict:
    """Return whether a condition holds never, always or sometimes; UNSURE where trying all cases is too much."""
    domains = _domains(tree, known)
    if domains is None or prod(len(values) for values in domains.values()) > MOST_CASES:
        return Verdict.UNSURE
    found: set[bool] = set()
    for case in product(*domains.values()):
        found.add(evaluate(tree, dict(zip(domains, case, strict=True))))
        if len(found) > 1:
            return Verdict.SOMETIMES
    return Verdict.ALWAYS if True in found else Verdict.NEVER


def verdict_within(tree: Tree, outer: Iterable[Tree | None], known: Known) -> Verdict:
    """Return the verdict on a condition where others hold as well, and where answers exist only if they were asked."""
    around = [each for each in outer if each is not None]
    codes = {each["field"].removeprefix(ANSWER) for part in (tree, *around) for each in comparisons(part)}
    gates = [_known_only_if(code, known[code].gates) for code in sorted(codes) if code in known and known[code].gates]
    found = verdict({"all": [tree, *around, *gates]}, known) if around or gates else Verdict.UNSURE
    return Verdict.NEVER if found is Verdict.NEVER else Verdict.SOMETIMES


def _known_only_if(code: str, gates: tuple[Tree, ...]) -> dict[str, Any]:
    return {"any": [{"field": ANSWER + code, "op": "is_unknown"}, {"all": list(gates)}]}


def _domains(tree: Tree, known: Known) -> dict[str, Values] | None:
    """Return the values to try for every field, one of each kind that the comparisons tell apart."""
    by_field: dict[str, list[Tree]] = {}
    for each in comparisons(tree):
        by_field.setdefault(each["field"], []).append(each)
    domains: dict[str, Values] = {}
    for field, compared in by_field.items():
        asked = known.get(field.removeprefix(ANSWER)) if field.startswith(ANSWER) else None
        values = values_of(asked.item if asked else None, compared)
        if values is None:
            return None
        domains[field] = _distinct(field, compared, values if asked and asked.is_certain else [None, *values])
    return domains


def _distinct(field: str, compared: Sequence[Tree], values: Values) -> Values:
    found: dict[tuple[bool, ...], Any] = {}
    for value in values:
        found.setdefault(tuple(evaluate(each, {field: value}) for each in compared), value)
    return list(found.values())
