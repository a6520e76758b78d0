"""Checks of the questionnaire as a whole: something is asked, one outcome leads, no code stands twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from flask_babel import gettext as _

from analysis.values import Role
from survey_app.questionnaires.changes import codes_of
from survey_app.questionnaires.checking import CheckFinding, Fix, Repair, Spot, error, warning
from survey_app.questionnaires.definition import Item, ItemType, Questionnaire
from survey_app.questionnaires.rendering.hidden import ADDRESS_NAMES


def whole_findings(questionnaire: Questionnaire) -> Iterator[CheckFinding]:
    """Yield what is wrong with the questionnaire as a whole, its empty pages and its codes."""
    yield from _roles_played(questionnaire)
    yield from _repeated(questionnaire)
    yield from _unreachable_values(questionnaire)
    for page in questionnaire.pages:
        # A page without items may stand for a fork: its jumps count all the same.
        if not page.items and not page.jumps:
            message = _("Page “%(page)s” is empty and will be left out.", page=page.code)
            yield warning(message, Spot(page.code), _dropped(questionnaire))


def _dropped(questionnaire: Questionnaire) -> Fix | None:
    return Fix(Repair.DROP_PAGE) if len(questionnaire.pages) > 1 else None


def _roles_played(questionnaire: Questionnaire) -> Iterator[CheckFinding]:
    roles = [role for item in questionnaire.items for role in roles_of(item)]
    if not any(item.measure_codes for item in questionnaire.items):
        yield error(_("Nothing is asked yet. Add an item."))
    elif Role.OUTCOME not in roles:
        yield warning(_("No item has the role outcome, so reports have no headline."))
    elif questionnaire.primary_outcome is None:
        yield _without_primary(questionnaire)
    if Role.DRIVER in roles and Role.OUTCOME not in roles:
        yield warning(_("There are drivers but no outcome that they could explain."))


def roles_of(item: Item) -> list[Role]:
    """Return the roles that an item, or the rows of a battery, play."""
    roles = [row.role for row in item.rows] if item.rows else [item.role]
    return [role for role in roles if role is not None]


def _without_primary(questionnaire: Questionnaire) -> CheckFinding:
    spots = [Spot(page.code, item.code) for page in questionnaire.pages for item in page.items if _may_lead(item)]
    message = _("Choose which outcome is the primary one: reports lead with it.")
    return error(message, spots[0], Fix(Repair.MAKE_PRIMARY)) if spots else error(message)


def _may_lead(item: Item) -> bool:
    return item.role is Role.OUTCOME and not item.rows


def _repeated(questionnaire: Questionnaire) -> Iterator[CheckFinding]:
    """Yield an error for every code that stands twice; reading a file refuses them, too."""
    counts = Counter(code for item in questionnaire.items for code in codes_of(item))
    met: set[str] = set()
    for page in questionnaire.pages:
        for item in page.items:
            again = [code for code in codes_of(item) if counts[code] > 1 and code in met]
            met.update(codes_of(item))
            for code in again:
                message = _("The code “%(code)s” stands more than once, so that answers would be mixed.", code=code)
                yield error(message, Spot(page.code, item.code), Fix(Repair.FREE_CODE, code))


def _unreachable_values(questionnaire: Questionnaire) -> Iterator[CheckFinding]:
    """Yield an error for every hidden value whose name in the link means something else already."""
    for page in questionnaire.pages:
        for item in page.items:
            if item.type is ItemType.HIDDEN and not item.source and item.code in ADDRESS_NAMES:
                message = _(
                    "The link uses “%(code)s” for a purpose of its own, so no hidden value can come under that name. "
                    "Give it another code.",
                    code=item.code,
                )
                yield error(message, Spot(page.code, item.code))
