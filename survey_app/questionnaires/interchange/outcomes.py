"""Guesses which item an imported survey is about, since other tools don't say."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _

from analysis.values import Role
from survey_app.questionnaires.definition import SCALED, Item, ItemType, Questionnaire
from survey_app.questionnaires.interchange.accounting import Ledger

# What can be the primary outcome, the likeliest first.
_LIKELY = (ItemType.NPS, ItemType.CSAT, ItemType.CES)


def with_outcome(questionnaire: Questionnaire, ledger: Ledger) -> Questionnaire:
    """Return the questionnaire with roles: the likeliest primary outcome, what may explain it, the open words."""
    items = questionnaire.items
    primary = next((each for kind in _LIKELY for each in items if each.type is kind), None)
    if primary:
        ledger.changed(
            "role",
            primary.code,
            _(
                "“%(code)s” is taken for the primary outcome. Choose another if reports should lead with it.",
                code=primary.code,
            ),
        )
    pages = tuple(
        replace(page, items=tuple(_with_role(each, primary) for each in page.items)) for page in questionnaire.pages
    )
    return replace(questionnaire, pages=pages)


def _with_role(item: Item, primary: Item | None) -> Item:
    if item is primary:
        return replace(item, role=Role.OUTCOME, is_primary=True)
    if item.type in SCALED and primary:
        rows = tuple(replace(row, role=Role.DRIVER) for row in item.rows)
        return replace(item, role=Role.DRIVER, rows=rows)
    return replace(item, role=Role.VERBATIM) if item.type is ItemType.TEXT and not item.is_short else item
