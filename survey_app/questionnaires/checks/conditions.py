"""Checks of one condition: it may look only at earlier answers, compare them with what can be answered, and matter."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from survey_app.conditions.rules import FieldKind, Tree, check, comparisons
from survey_app.questionnaires.checking import CheckFinding, Fix, Level, Spot, error, warning
from survey_app.questionnaires.checks.truth import Asked, Verdict, verdict, verdict_within
from survey_app.questionnaires.definition import Item
from survey_app.questionnaires.routing import ANSWER, answer_kinds, answers_of


@dataclass(frozen=True, slots=True)
class Placed:
    """A condition, where it stands, what would mend it, and what else holds there.

    `never` and `always` say in words what it means where it can never hold, or never fail.
    """

    tree: Tree
    spot: Spot
    fix: Fix
    never: str
    always: str = ""
    outer: tuple[Tree | None, ...] = ()


@dataclass(slots=True)
class Earlier:
    """What has been asked up to a place, by measure code, and every code that is asked anywhere."""

    everywhere: Collection[str]
    asked: dict[str, Asked] = field(default_factory=dict)
    kinds: dict[str, FieldKind] = field(default_factory=dict)

    def add(self, item: Item, asked: Asked) -> None:
        """Note that an item has been asked."""
        self.asked |= dict.fromkeys(item.measure_codes, asked)
        self.kinds |= answer_kinds([item])

    def settle(self, sure: Mapping[str, Asked]) -> None:
        """Replace what was noted of items, once their page has been answered."""
        self.asked |= sure


def condition_findings(placed: Placed, earlier: Earlier) -> Iterator[CheckFinding]:
    """Yield what is wrong with a condition; whether it can hold is asked only where it can be understood."""
    missing = sorted(answers_of(placed.tree) - earlier.asked.keys())
    for code in missing:
        yield error(_unknown(code, is_later=code in earlier.everywhere), placed.spot, placed.fix)
    if missing:
        return
    wrong = [each for tree in comparisons(placed.tree) for each in _comparison(tree, placed, earlier)]
    yield from wrong
    if all(each.level is not Level.ERROR for each in wrong):
        yield from _reach(placed, earlier)


def _unknown(code: str, *, is_later: bool) -> str:
    if is_later:
        return _(
            "The condition looks at “%(code)s”, which is not answered yet at that point. Move it behind “%(code)s”.",
            code=code,
        )
    return _("The condition looks at “%(code)s”, but nothing with this code is asked.", code=code)


def _comparison(tree: Tree, placed: Placed, earlier: Earlier) -> Iterator[CheckFinding]:
    # Whether a field of the customer exists is known only when a campaign begins.
    if not tree["field"].startswith(ANSWER):
        return
    problems = check(tree, earlier.kinds)
    yield from (error(problem.message, placed.spot, placed.fix) for problem in problems)
    if not problems and "value" in tree:
        item = earlier.asked[tree["field"].removeprefix(ANSWER)].item
        value = tree["value"]
        yield from _values(item, value if isinstance(value, list) else [value], placed)


def _values(item: Item, values: list[Any], placed: Placed) -> Iterator[CheckFinding]:
    if item.options:
        known = {option.code for option in item.options}
        for each in (each for each in values if each not in known):
            message = _("“%(code)s” has no option “%(option)s”.", code=item.code, option=each)
            yield error(message, placed.spot, placed.fix)
    elif item.scale and not all(item.scale.low <= each <= item.scale.high for each in values):
        message = _("The condition compares “%(code)s” with a number that is not on its scale.", code=item.code)
        yield warning(message, placed.spot)


def _reach(placed: Placed, earlier: Earlier) -> Iterator[CheckFinding]:
    found = verdict(placed.tree, earlier.asked)
    if found is Verdict.ALWAYS and placed.always:
        yield warning(placed.always, placed.spot, placed.fix)
    elif found is Verdict.NEVER:
        yield warning(placed.never, placed.spot, placed.fix)
    elif found is Verdict.SOMETIMES and verdict_within(placed.tree, placed.outer, earlier.asked) is Verdict.NEVER:
        message = _("%(message)s Other conditions on the way there exclude it.", message=placed.never)
        yield warning(message, placed.spot, placed.fix)
