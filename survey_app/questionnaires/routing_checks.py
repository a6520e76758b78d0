"""Checks of conditions: they may look only at earlier answers, and compare them with what can be answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from survey_app.conditions.rules import Tree, check, comparisons
from survey_app.questionnaires.checking import CheckFinding, Spot, error, warning
from survey_app.questionnaires.definition import Item, Page, Questionnaire
from survey_app.questionnaires.routing import ANSWER, answer_kinds, answers_of


def condition_findings(questionnaire: Questionnaire) -> Iterator[CheckFinding]:
    """Yield what is wrong with the conditions of pages and items."""
    everything = {code: item for item in questionnaire.items for code in item.measure_codes}
    asked: list[Item] = []
    for page in questionnaire.pages:
        if page.show_if is not None:
            yield from _findings(page.show_if, Spot(page.code), asked, everything)
        yield from _on_page(page, asked, everything)
        asked.extend(page.items)


def _on_page(page: Page, asked: list[Item], everything: Mapping[str, Item]) -> Iterator[CheckFinding]:
    """Yield the findings about a page's items; each may look at those before it on the page, too."""
    here: list[Item] = []
    for item in page.items:
        spot = Spot(page.code, item.code)
        if item.show_if is not None:
            yield from _findings(item.show_if, spot, [*asked, *here], everything)
        if answers_of(item.show_if) & {code for each in here for code in each.measure_codes}:
            yield warning(
                _(
                    "“%(code)s” depends on an answer on the same page, so the page is shown a second time with it. "
                    "A page of its own is smoother.",
                    code=item.code,
                ),
                spot,
            )
        here.append(item)


def _findings(tree: Tree, spot: Spot, asked: list[Item], everything: Mapping[str, Item]) -> Iterator[CheckFinding]:
    earlier = {code for item in asked for code in item.measure_codes}
    for code in sorted(answers_of(tree) - earlier):
        yield error(_unknown(code, is_later=code in everything), spot)
    if answers_of(tree) <= earlier:
        for comparison in comparisons(tree):
            yield from _comparison(comparison, spot, asked)


def _unknown(code: str, *, is_later: bool) -> str:
    if is_later:
        return _(
            "The condition looks at “%(code)s”, which is not answered yet at that point. Move it behind “%(code)s”.",
            code=code,
        )
    return _("The condition looks at “%(code)s”, but nothing with this code is asked.", code=code)


def _comparison(comparison: Tree, spot: Spot, asked: list[Item]) -> Iterator[CheckFinding]:
    field = comparison["field"]
    # Whether a field of the customer exists is known only when a campaign begins.
    if not field.startswith(ANSWER):
        return
    problems = check(comparison, answer_kinds(asked))
    yield from (error(problem.message, spot) for problem in problems)
    item = next(each for each in asked if field.removeprefix(ANSWER) in each.measure_codes)
    if not problems and "value" in comparison:
        value = comparison["value"]
        yield from _values(item, value if isinstance(value, list) else [value], spot)


def _values(item: Item, values: list[Any], spot: Spot) -> Iterator[CheckFinding]:
    if item.options:
        known = {option.code for option in item.options}
        for each in (each for each in values if each not in known):
            yield error(_("“%(code)s” has no option “%(option)s”.", code=item.code, option=each), spot)
    elif item.scale and not all(item.scale.low <= each <= item.scale.high for each in values):
        yield warning(
            _("The condition compares “%(code)s” with a number that is not on its scale.", code=item.code), spot
        )
