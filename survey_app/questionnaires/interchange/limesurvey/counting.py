"""LimeSurvey's counts of answers, as conditions that name every combination that reaches the count."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import comb

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.answerables import Tree, UnsayableError, number
from survey_app.questionnaires.interchange.limesurvey.trees import ALWAYS, NEVER, all_of, any_of, not_so

# A condition of ours holds no more comparisons than somebody can still read.
MOST_NAMED = 40
_HOLDS: dict[str, Callable[[int, float], bool]] = {
    "==": lambda count, limit: count == limit,
    "!=": lambda count, limit: count != limit,
    "<": lambda count, limit: count < limit,
    "<=": lambda count, limit: count <= limit,
    ">": lambda count, limit: count > limit,
    ">=": lambda count, limit: count >= limit,
}


def counted(trees: list[Tree], sign: str, limit: str) -> Tree:
    """Return whether so many of some conditions hold; raise UnsayableError where that takes too many words."""
    wanted = number(limit)
    allowed = [_HOLDS[sign](count, wanted) for count in range(len(trees) + 1)]
    runs = []
    for first, holds in enumerate(allowed):
        if holds and (first == 0 or not allowed[first - 1]):
            last = next((each for each in range(first, len(allowed)) if not allowed[each]), len(allowed))
            runs.append(all_of([_at_least(trees, first), not_so(_at_least(trees, last))]))
    return any_of(runs)


def _at_least(trees: list[Tree], fewest: int) -> Tree:
    if fewest <= 0:
        return ALWAYS
    if fewest > len(trees):
        return NEVER
    if comb(len(trees), fewest) * fewest > MOST_NAMED:
        raise UnsayableError(_("It counts among too many answers."))
    return any_of([all_of(list(each)) for each in combinations(trees, fewest)])
