"""Every text of a questionnaire as one list: what a translation table shows and a check looks through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from survey_app.questionnaires.checking import WHOLE, Spot
from survey_app.questionnaires.definition import Item, ItemType, Page, Questionnaire, Scale, Texts, Variant
from survey_app.questionnaires.page_words.keys import KEYS


@dataclass(frozen=True, slots=True)
class Wording:
    """One text: `key` names it for good, on whichever page its item stands; `label` says in words where it is."""

    key: str
    label: str
    texts: Texts
    spot: Spot = WHOLE
    is_needed: bool = False


Change = Callable[[str, Texts], Texts]
# Before the keys of the words that pages say beside the questionnaire's own texts (see `page_words`).
PAGE_WORDS = "interface"


def wordings(questionnaire: Questionnaire) -> Iterator[Wording]:
    """Yield all texts, empty ones too, in the order in which people meet them."""
    yield Wording("title", _("Title"), questionnaire.title, is_needed=True)
    yield Wording("introduction", _("Introduction"), questionnaire.introduction)
    for page in questionnaire.pages:
        yield Wording(f"{page.code}/title", _("Page %(code)s", code=page.code), page.title, Spot(page.code))
        for item in page.items:
            yield from _of_item(item, Spot(page.code, item.code))
    yield Wording("thanks", _("Thanks"), questionnaire.thanks)
    yield Wording("screened_out", _("Thanks to whom is screened out"), questionnaire.screened_out)
    yield Wording("quota_full", _("Thanks when a quota is full"), questionnaire.quota_full)


def with_texts(questionnaire: Questionnaire, change: Change) -> Questionnaire:
    """Return the questionnaire with every text replaced by what `change` makes of its key and its texts."""
    return replace(
        questionnaire,
        title=change("title", questionnaire.title),
        introduction=change("introduction", questionnaire.introduction),
        thanks=change("thanks", questionnaire.thanks),
        screened_out=change("screened_out", questionnaire.screened_out),
        quota_full=change("quota_full", questionnaire.quota_full),
        interface=_changed_words(questionnaire.interface, change),
        pages=tuple(_changed_page(page, change) for page in questionnaire.pages),
    )


def own_page_words(questionnaire: Questionnaire) -> Iterator[Wording]:
    """Yield the words of pages that the questionnaire itself carries."""
    for key, texts in questionnaire.interface.items():
        yield Wording(f"{PAGE_WORDS}/{key}", _("Words of the page: %(key)s", key=key), texts)


def _changed_words(words: dict[str, Texts], change: Change) -> dict[str, Texts]:
    changed = {key: change(f"{PAGE_WORDS}/{key}", words.get(key, {})) for key in KEYS}
    return {key: texts for key, texts in changed.items() if any(texts.values())}


def _of_item(item: Item, spot: Spot) -> Iterator[Wording]:
    key = item.code
    is_needed = item.type is not ItemType.HIDDEN
    yield Wording(f"{key}/text", _("“%(code)s”", code=item.code), item.text, spot, is_needed=is_needed)
    yield Wording(f"{key}/hint", _("“%(code)s”, hint", code=item.code), item.hint, spot)
    for point in item.scale.points if item.scale else ():
        label = _("“%(code)s”, scale point %(point)s", code=item.code, point=point)
        texts = item.scale.labels.get(point, {}) if item.scale else {}
        yield Wording(f"{key}/scale/{point}", label, texts, spot)
    for option in item.options:
        label = _("“%(code)s”, option %(option)s", code=item.code, option=option.code)
        yield Wording(f"{key}/option/{option.code}", label, option.text, spot, is_needed=is_needed)
    for row in item.rows:
        label = _("“%(code)s”, statement %(row)s", code=item.code, row=row.code)
        yield Wording(f"{key}/row/{row.code}", label, row.text, spot, is_needed=True)
    yield from _of_details(key, item, spot)


def _of_details(key: str, item: Item, spot: Spot) -> Iterator[Wording]:
    if item.unit:
        yield Wording(f"{key}/unit", _("“%(code)s”, unit", code=item.code), item.unit, spot)
    if item.type is ItemType.CONTACT:
        yield Wording(f"{key}/consent", _("“%(code)s”, consent", code=item.code), item.consent, spot, is_needed=True)
    for variant in item.variants:
        label = _("“%(code)s”, variant %(variant)s", code=item.code, variant=variant.code)
        yield Wording(f"{key}/variant/{variant.code}/text", label, variant.text, spot)
        if variant.hint:
            yield Wording(f"{key}/variant/{variant.code}/hint", label, variant.hint, spot)


def _changed_page(page: Page, change: Change) -> Page:
    return replace(
        page,
        title=change(f"{page.code}/title", page.title),
        items=tuple(_changed_item(item.code, item, change) for item in page.items),
    )


def _changed_item(key: str, item: Item, change: Change) -> Item:
    return replace(
        item,
        text=change(f"{key}/text", item.text),
        hint=change(f"{key}/hint", item.hint),
        scale=_changed_scale(key, item.scale, change) if item.scale else None,
        options=tuple(replace(each, text=change(f"{key}/option/{each.code}", each.text)) for each in item.options),
        rows=tuple(replace(each, text=change(f"{key}/row/{each.code}", each.text)) for each in item.rows),
        unit=change(f"{key}/unit", item.unit),
        consent=change(f"{key}/consent", item.consent),
        variants=tuple(_changed_variant(f"{key}/variant/{each.code}", each, change) for each in item.variants),
    )


def _changed_variant(key: str, variant: Variant, change: Change) -> Variant:
    return replace(variant, text=change(f"{key}/text", variant.text), hint=change(f"{key}/hint", variant.hint))


def _changed_scale(key: str, scale: Scale, change: Change) -> Scale:
    changed = {point: change(f"{key}/scale/{point}", scale.labels.get(point, {})) for point in scale.points}
    return replace(scale, labels={point: texts for point, texts in changed.items() if texts})
