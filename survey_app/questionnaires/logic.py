"""Every routing rule of a questionnaire in one list: what it decides, where it stands, which answers it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from survey_app.conditions.rules import Tree
from survey_app.questionnaires.checking import Spot
from survey_app.questionnaires.definition import Item, Page, Questionnaire
from survey_app.questionnaires.routing import answers_of

TreeChange = Callable[[Mapping[str, Any]], dict[str, Any]]


class RuleKind(StrEnum):
    """What a routing rule decides."""

    ITEM = "item"
    PAGE = "page"
    JUMP = "jump"
    QUOTA = "quota"


@dataclass(frozen=True, slots=True)
class Rule:
    """One routing rule: `subject` is the code of what is shown or counted, `to` where a jump leads."""

    kind: RuleKind
    subject: str
    tree: Tree | None
    spot: Spot
    to: str = ""


def rules_of(questionnaire: Questionnaire) -> Iterator[Rule]:
    """Yield all routing rules in the order in which people meet them."""
    for page in questionnaire.pages:
        spot = Spot(page.code)
        if page.show_if is not None:
            yield Rule(RuleKind.PAGE, page.code, page.show_if, spot)
        for item in page.items:
            if item.show_if is not None:
                yield Rule(RuleKind.ITEM, item.code, item.show_if, Spot(page.code, item.code))
        for jump in page.jumps:
            yield Rule(RuleKind.JUMP, page.code, jump.when, spot, jump.to)
    for quota in questionnaire.quotas:
        yield Rule(RuleKind.QUOTA, quota.code, quota.when, Spot())


def uses(questionnaire: Questionnaire) -> dict[str, list[Rule]]:
    """Return by item code the rules that look at its answers."""
    owners = {code: item.code for item in questionnaire.items for code in item.measure_codes}
    found: dict[str, list[Rule]] = {}
    for rule in rules_of(questionnaire):
        for code in sorted({owners[each] for each in answers_of(rule.tree) if each in owners}):
            found.setdefault(code, []).append(rule)
    return found


def asked_before(questionnaire: Questionnaire, page: str, item: str = "") -> list[Item]:
    """Return the items that come before a page, or before one of its items."""
    earlier: list[Item] = []
    for each in questionnaire.pages:
        if each.code == page and not item:
            break
        for other in each.items:
            if other.code == item:
                return earlier
            earlier.append(other)
    return earlier


def asked_until(questionnaire: Questionnaire, page: str) -> list[Item]:
    """Return the items up to the end of a page: what its jumps may look at."""
    earlier: list[Item] = []
    for each in questionnaire.pages:
        earlier.extend(each.items)
        if each.code == page:
            break
    return earlier


def with_trees(questionnaire: Questionnaire, change: TreeChange) -> Questionnaire:
    """Return the questionnaire with every condition replaced by what `change` makes of it."""

    def changed(tree: Mapping[str, Any] | None) -> dict[str, Any] | None:
        return None if tree is None else change(tree)

    def changed_page(page: Page) -> Page:
        items = tuple(replace(item, show_if=changed(item.show_if)) for item in page.items)
        jumps = tuple(replace(jump, when=changed(jump.when)) for jump in page.jumps)
        return replace(page, show_if=changed(page.show_if), items=items, jumps=jumps)

    quotas = tuple(replace(quota, when=change(quota.when)) for quota in questionnaire.quotas)
    return replace(questionnaire, pages=tuple(map(changed_page, questionnaire.pages)), quotas=quotas)
