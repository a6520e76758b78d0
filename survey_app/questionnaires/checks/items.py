"""Checks of single items: something to choose from, scales with balanced names, requirements that people can meet."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from survey_app.questionnaires.checking import CheckFinding, Fix, Repair, Spot, error, hint, warning
from survey_app.questionnaires.checks.scales import scale_findings
from survey_app.questionnaires.checks.sensitive import is_sensitive
from survey_app.questionnaires.definition import (
    CHOICES,
    WITH_OPTIONS,
    Item,
    ItemType,
    Page,
    Questionnaire,
    Texts,
)
from survey_app.questionnaires.item_parsing import KEYS

FEWEST_OPTIONS = 2
MOST_OPTIONS = 15
MOST_RANKED = 7
MOST_BATTERY_ROWS = 10


def item_findings(questionnaire: Questionnaire) -> Iterator[CheckFinding]:
    """Yield what is wrong with single items, and with batteries that share a page."""
    for page in questionnaire.pages:
        for item in page.items:
            spot = Spot(page.code, item.code)
            yield from _options(item, spot)
            yield from _groups(item, spot)
            yield from _rows(item, spot)
            yield from scale_findings(item, spot, questionnaire.languages)
            yield from _requirement(item, spot)
            yield from _orders(item, spot)
        yield from _batteries(page)


def _options(item: Item, spot: Spot) -> Iterator[CheckFinding]:
    n = len(item.options)
    if item.type not in WITH_OPTIONS:
        return
    if not n:
        yield error(_("“%(code)s” has no options to choose from.", code=item.code), spot)
    # One box to tick is a common way of agreeing.
    elif n < FEWEST_OPTIONS and item.type is not ItemType.MULTIPLE:
        yield warning(_("“%(code)s” has only one option.", code=item.code), spot)
    if item.type is ItemType.RANKING and n > MOST_RANKED:
        message = _(
            "“%(code)s” asks to rank %(n)s things; few people can order more than %(most)s.",
            code=item.code,
            n=n,
            most=MOST_RANKED,
        )
        yield warning(message, spot)
    if item.type in CHOICES and n > MOST_OPTIONS and not _counts(item):
        yield _many(item, spot)
    for text in _equal([option.text for option in item.options]):
        yield warning(_("“%(code)s” offers “%(text)s” twice.", code=item.code, text=text), spot)


def _counts(item: Item) -> bool:
    """Return whether the options are numbers in a row, such as ages or years: nobody looks for an "other" there."""
    n_numbers = sum(any(text[:1].isdigit() for text in option.text.values()) for option in item.options)
    # The last may say "or more", the first "none".
    return n_numbers >= len(item.options) - 2


def _groups(item: Item, spot: Spot) -> Iterator[CheckFinding]:
    if item.is_by_chance and len(item.options) < FEWEST_OPTIONS:
        yield error(_("“%(code)s” is assigned by chance and needs at least two groups.", code=item.code), spot)


def _many(item: Item, spot: Spot) -> CheckFinding:
    if any(option.is_other for option in item.options):
        return hint(
            _("“%(code)s” has %(n)s options; people read the first ones best.", code=item.code, n=len(item.options)),
            spot,
        )
    return warning(
        _(
            "“%(code)s” has %(n)s options and no “other”. Keep those that are chosen often and add “other”.",
            code=item.code,
            n=len(item.options),
        ),
        spot,
    )


def _rows(item: Item, spot: Spot) -> Iterator[CheckFinding]:
    if item.type is ItemType.LIKERT and not item.rows:
        yield error(_("“%(code)s” has no statements to rate. Add at least one.", code=item.code), spot)
    if len(item.rows) > MOST_BATTERY_ROWS:
        message = _("“%(code)s” has %(n)s statements in one battery; split it.", code=item.code, n=len(item.rows))
        yield warning(message, spot)
    for text in _equal([row.text for row in item.rows]):
        yield warning(_("“%(code)s” asks “%(text)s” twice.", code=item.code, text=text), spot)


def _requirement(item: Item, spot: Spot) -> Iterator[CheckFinding]:
    if not item.is_required:
        return
    if item.show_if:
        message = _("“%(code)s” is required, but only those who meet its condition are asked.", code=item.code)
        # Who is not asked is never held up by it: a matter of being clear about whom it is meant for.
        yield hint(message, spot, Fix(Repair.MAKE_OPTIONAL))
    has_way_out = item.allows_dont_know or item.allows_not_applicable or any(each.is_exclusive for each in item.options)
    if is_sensitive(item) and not has_way_out:
        repair = Repair.ALLOW_DONT_KNOW if "dont_know" in KEYS[item.type] else Repair.MAKE_OPTIONAL
        message = _(
            "“%(code)s” asks about something personal and must be answered. Offer a way not to say.", code=item.code
        )
        yield warning(message, spot, Fix(repair))


def _orders(item: Item, spot: Spot) -> Iterator[CheckFinding]:
    if item.is_shuffled and item.options and _n_moving(item) < FEWEST_OPTIONS:
        message = _("“%(code)s” is shuffled, but its options are fixed, so nothing moves.", code=item.code)
        yield warning(message, spot, Fix(Repair.DROP_SHUFFLE))
    forms = [(_whole(each.text, item.text), _whole(each.hint, item.hint), each.is_reversed) for each in item.variants]
    if any(form in forms[:place] for place, form in enumerate(forms)):
        message = _("“%(code)s” has variants that say the same, so there is nothing to compare.", code=item.code)
        yield warning(message, spot)


def _n_moving(item: Item) -> int:
    return sum(not (each.is_fixed or each.is_other or each.is_exclusive) for each in item.options)


def _whole(texts: Texts, otherwise: Texts) -> Texts:
    return otherwise | texts


def _equal(texts: list[Texts]) -> list[str]:
    """Return the words that stand twice in the same language, each once."""
    found: dict[str, None] = {}
    for language in {tag for each in texts for tag in each}:
        words = [each.get(language, "").casefold() for each in texts]
        found |= {
            each[language]: None
            for each in texts
            if words.count(each.get(language, "").casefold()) > 1 and each.get(language)
        }
    return list(found)[:1]


def _batteries(page: Page) -> Iterator[CheckFinding]:
    batteries = [item for item in page.items if item.type is ItemType.LIKERT]
    if len(batteries) > 1:
        message = _(
            "Page “%(page)s” holds %(n)s batteries; on a phone one is already a long page.",
            page=page.code,
            n=len(batteries),
        )
        yield hint(message, Spot(page.code, batteries[1].code))
