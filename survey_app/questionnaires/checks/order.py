"""Checks of the order of items: what comes first, and what is asked before the primary outcome."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from analysis.values import Role
from survey_app.questionnaires.checking import CheckFinding, Spot, hint
from survey_app.questionnaires.checks.wholes import roles_of
from survey_app.questionnaires.definition import UNASKED, Item, ItemType, Page, Questionnaire

ONE_CLICK = frozenset({ItemType.NPS, ItemType.CSAT, ItemType.CES})


def order_findings(questionnaire: Questionnaire) -> Iterator[CheckFinding]:
    """Yield hints about the first item and about drivers that stand before the outcome."""
    asked = [(page, item) for page in questionnaire.pages for item in page.items if item.type not in UNASKED]
    if asked:
        yield from _first(*asked[0])
    yield from _before_outcome(asked, questionnaire.primary_outcome)


def _first(page: Page, item: Item) -> Iterator[CheckFinding]:
    is_ready = item.type in ONE_CLICK and page.show_if is None and item.show_if is None
    if not is_ready:
        message = _(
            "The first question, “%(code)s”, cannot stand in the mail as one-click scores. A recommendation, "
            "satisfaction or effort score for everybody can.",
            code=item.code,
        )
        yield hint(message, Spot(page.code, item.code))


def _before_outcome(asked: list[tuple[Page, Item]], primary: Item | None) -> Iterator[CheckFinding]:
    items = [item for _page, item in asked]
    if primary is None or primary not in items:
        return
    before = [item for item in items[: items.index(primary)] if Role.DRIVER in roles_of(item)]
    if before:
        page = next(page for page, item in asked if item is primary)
        message = _(
            "“%(code)s” leads the reports but is asked after “%(drivers)s”: what was rated first colours the score. "
            "Ask it first.",
            code=primary.code,
            drivers=", ".join(item.code for item in before),
        )
        yield hint(message, Spot(page.code, primary.code))
