"""What a designer does to a questionnaire, as pure functions: add, move, duplicate, delete."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from survey_app.questionnaires.definition import Item, Page, Questionnaire
from survey_app.questionnaires.wording_codes import free_code


class GoneError(LookupError):
    """The page or item to change does not exist any more."""


def find_page(questionnaire: Questionnaire, code: str) -> Page:
    """Return the page with this code; raise GoneError when there is none."""
    for page in questionnaire.pages:
        if page.code == code:
            return page
    raise GoneError(code)


def find_item(questionnaire: Questionnaire, code: str) -> tuple[Page, Item]:
    """Return the item with this code and its page; raise GoneError when there is none."""
    for page in questionnaire.pages:
        for item in page.items:
            if item.code == code:
                return page, item
    raise GoneError(code)


def taken_codes(questionnaire: Questionnaire) -> set[str]:
    """Return every code of an item or row."""
    return {code for item in questionnaire.items for code in (item.code, *(row.code for row in item.rows))}


def add_page(questionnaire: Questionnaire, after: str = "") -> tuple[Questionnaire, str]:
    """Add an empty page behind another (or at the end); return the questionnaire and the page's code."""
    codes = [page.code for page in questionnaire.pages]
    code = free_code(f"page{len(codes) + 1}", codes)
    position = codes.index(after) + 1 if after in codes else len(codes)
    pages = [*questionnaire.pages]
    pages.insert(position, Page(code=code, items=()))
    return replace(questionnaire, pages=tuple(pages)), code


def delete_page(questionnaire: Questionnaire, code: str) -> Questionnaire:
    """Delete a page with its items; the last page that remains is only emptied."""
    page = find_page(questionnaire, code)
    if len(questionnaire.pages) == 1:
        return replace(questionnaire, pages=(replace(page, items=()),))
    return replace(questionnaire, pages=tuple(each for each in questionnaire.pages if each.code != code))


def move_page(questionnaire: Questionnaire, code: str, step: int) -> Questionnaire:
    """Move a page one place forward or back."""
    pages = [*questionnaire.pages]
    place = pages.index(find_page(questionnaire, code))
    target = min(max(place + step, 0), len(pages) - 1)
    pages.insert(target, pages.pop(place))
    return replace(questionnaire, pages=tuple(pages))


def move_page_to(questionnaire: Questionnaire, code: str, before: str = "") -> Questionnaire:
    """Move a page before another (or to the end)."""
    page = find_page(questionnaire, code)
    if before == code:
        return questionnaire
    others = [each for each in questionnaire.pages if each is not page]
    place = next((place for place, each in enumerate(others) if each.code == before), len(others))
    return replace(questionnaire, pages=(*others[:place], page, *others[place:]))


def duplicate_page(questionnaire: Questionnaire, code: str) -> tuple[Questionnaire, str]:
    """Put a copy of a page with its items behind it, all with codes of their own; return the copy's code."""
    page = find_page(questionnaire, code)
    codes = [each.code for each in questionnaire.pages]
    taken = taken_codes(questionnaire)
    items = []
    for item in page.items:
        items.append(with_free_codes(replace(item, is_primary=False), taken))
        taken |= {items[-1].code, *(row.code for row in items[-1].rows)}
    copy = replace(page, code=free_code(code, codes), items=tuple(items))
    place = codes.index(code) + 1
    pages = (*questionnaire.pages[:place], copy, *questionnaire.pages[place:])
    return replace(questionnaire, pages=pages), copy.code


def add_item(questionnaire: Questionnaire, page_code: str, item: Item, after: str = "") -> Questionnaire:
    """Add an item to a page, behind another item (or at the end)."""

    def added(items: tuple[Item, ...]) -> tuple[Item, ...]:
        places = [place for place, each in enumerate(items, start=1) if each.code == after]
        place = places[0] if places else len(items)
        return (*items[:place], item, *items[place:])

    return _with_items(questionnaire, page_code, added)


def delete_item(questionnaire: Questionnaire, code: str) -> Questionnaire:
    """Delete an item."""
    page, item = find_item(questionnaire, code)
    return _with_items(questionnaire, page.code, lambda items: tuple(each for each in items if each is not item))


def duplicate_item(questionnaire: Questionnaire, code: str) -> tuple[Questionnaire, str]:
    """Put a copy with codes of its own behind an item; return the questionnaire and the copy's code."""
    page, item = find_item(questionnaire, code)
    taken = taken_codes(questionnaire)
    copy = with_free_codes(replace(item, is_primary=False), taken)
    return add_item(questionnaire, page.code, copy, after=code), copy.code


def with_free_codes(item: Item, taken: Collection[str]) -> Item:
    """Return the item with codes, its rows' included, that are not taken."""
    used = set(taken)
    rows = []
    code = free_code(item.code, used)
    used.add(code)
    for row in item.rows:
        rows.append(replace(row, code=free_code(row.code, used)))
        used.add(rows[-1].code)
    return replace(item, code=code, rows=tuple(rows))


def move_item(questionnaire: Questionnaire, code: str, step: int) -> Questionnaire:
    """Move an item one place forward or back; at the edge of its page it goes to the neighbouring one."""
    page, item = find_item(questionnaire, code)
    place = page.items.index(item)
    if 0 <= place + step < len(page.items):
        items = [*page.items]
        items.insert(place + step, items.pop(place))
        return _with_items(questionnaire, page.code, lambda _old: tuple(items))
    neighbour = questionnaire.pages.index(page) + step
    if not 0 <= neighbour < len(questionnaire.pages):
        return questionnaire
    target = questionnaire.pages[neighbour]
    emptied = delete_item(questionnaire, code)
    placed = (*target.items, item) if step < 0 else (item, *target.items)
    return _with_items(emptied, target.code, lambda _old: placed)


def move_item_to(questionnaire: Questionnaire, code: str, page_code: str, before: str = "") -> Questionnaire:
    """Move an item to a page, before another of its items (or to the end)."""
    _page, item = find_item(questionnaire, code)
    find_page(questionnaire, page_code)
    if before == code:
        return questionnaire

    def placed(items: tuple[Item, ...]) -> tuple[Item, ...]:
        place = next((place for place, each in enumerate(items) if each.code == before), len(items))
        return (*items[:place], item, *items[place:])

    return _with_items(delete_item(questionnaire, code), page_code, placed)


def _with_items(
    questionnaire: Questionnaire, page_code: str, change: Callable[[tuple[Item, ...]], tuple[Item, ...]]
) -> Questionnaire:
    find_page(questionnaire, page_code)
    pages = (
        replace(page, items=change(page.items)) if page.code == page_code else page for page in questionnaire.pages
    )
    return replace(questionnaire, pages=tuple(pages))
