"""Cuts drafts to what a questionnaire can hold: batteries and pages into pieces, the rest lost by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Row
from survey_app.questionnaires.interchange.accounting import Ledger
from survey_app.questionnaires.interchange.drafts import DraftItem, DraftPage
from survey_app.questionnaires.item_parsing import MOST_OPTIONS, MOST_ROWS
from survey_app.questionnaires.parsing import MOST_ITEMS, MOST_PAGES

LONGEST_CODE = 60


def within_bounds(pages: list[DraftPage], ledger: Ledger) -> list[DraftPage]:
    """Return the pages with batteries cut into pieces, at most so many pages, items and options."""
    codes = {code for page in pages for each in page.items for code in _codes(each)}
    for page in pages:
        page.items = [piece for each in page.items for piece in _pieces(_fewer_options(each, ledger), codes)]
    return _fewer_items(_fewer_pages(pages, ledger), ledger)


def _codes(draft: DraftItem) -> list[str]:
    return [draft.item.code, *(row.code for row in draft.item.rows)]


def _fewer_options(draft: DraftItem, ledger: Ledger) -> DraftItem:
    surplus = draft.item.options[MOST_OPTIONS:]
    if surplus:
        message = _(
            "An item has at most %(n)s options; the %(more)s after them are left out.",
            n=MOST_OPTIONS,
            more=len(surplus),
        )
        ledger.changed("limit", draft.name, message)
        draft.item = replace(draft.item, options=draft.item.options[:MOST_OPTIONS])
    return draft


def _pieces(draft: DraftItem, codes: set[str]) -> Iterator[DraftItem]:
    """Yield a battery as batteries of rows that share their conditions, in the order of the rows."""
    groups: list[list[Row]] = []
    last: object = None
    for row in draft.item.rows:
        own = draft.row_conditions.get(row.code, ())
        if not groups or own != last or len(groups[-1]) >= MOST_ROWS:
            groups.append([])
        groups[-1].append(row)
        last = own
    if len(groups) <= 1 and not draft.row_conditions:
        yield draft
        return
    for number, rows in enumerate(groups, start=1):
        code = draft.item.code if number == 1 else _new_code(draft.item.code, number, codes)
        item = replace(draft.item, code=code, rows=tuple(rows))
        own = draft.row_conditions.get(rows[0].code, ())
        yield DraftItem(item, draft.name, (*draft.conditions, *own))


def _new_code(code: str, number: int, codes: set[str]) -> str:
    found = code
    while found in codes:
        ending = f"_part{number}"
        found = f"{code[: LONGEST_CODE - len(ending)]}{ending}"
        number += 1
    codes.add(found)
    return found


def _fewer_pages(pages: list[DraftPage], ledger: Ledger) -> list[DraftPage]:
    """Return at most so many pages: those after them stand on the last one, with their conditions on the items."""
    kept, surplus = pages[:MOST_PAGES], pages[MOST_PAGES:]
    for page in surplus:
        message = _("A questionnaire has at most %(n)s pages; this one is joined to the last.", n=MOST_PAGES)
        ledger.changed("limit", page.code, message)
        for each in page.items:
            each.conditions = (*page.conditions, *each.conditions)
        kept[-1].items.extend(page.items)
        kept[-1].jumps.extend(page.jumps)
        kept[-1].conditions = ()
    return kept


def _fewer_items(pages: list[DraftPage], ledger: Ledger) -> list[DraftPage]:
    left = MOST_ITEMS
    surplus: list[DraftItem] = []
    for page in pages:
        for each in page.items[left:]:
            ledger.lost(
                "limit", each.name, _("A questionnaire has at most %(n)s items; this one is left out.", n=MOST_ITEMS)
            )
            surplus.append(each)
        page.items = page.items[:left]
        left -= len(page.items)
    _lose_conditions(surplus, pages, ledger)
    return pages


def _lose_conditions(surplus: list[DraftItem], pages: list[DraftPage], ledger: Ledger) -> None:
    """Enter the conditions of items that are left out, unless an item that stays has them too."""
    told = {name for page in pages for each in page.items for wanted in each.conditions for name in wanted.names}
    for each in surplus:
        rows = (wanted for own in each.row_conditions.values() for wanted in own)
        for wanted in (*each.conditions, *rows):
            for name in wanted.names:
                if name not in told:
                    told.add(name)
                    ledger.lost("condition", name, wanted.loss(_("Its item is left out.")))
