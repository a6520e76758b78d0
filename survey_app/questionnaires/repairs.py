"""The repairs that findings offer, as pure functions of a questionnaire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask_babel import gettext as _

from survey_app.questionnaires.checking import Fix, Repair, Spot
from survey_app.questionnaires.definition import Item, Page, Questionnaire, Texts
from survey_app.questionnaires.editing import GoneError, delete_page, find_item, find_page, taken_codes
from survey_app.questionnaires.scales import usual_labels
from survey_app.questionnaires.wording_codes import free_code

CONSENT = {
    "en": "You may keep these details with my customer record and use them to contact me about my answers.",
    "vi": "Quý công ty được lưu các thông tin này vào hồ sơ của tôi và dùng để liên hệ với tôi về câu trả lời.",
    "es": "Pueden guardar estos datos en mi ficha de cliente y usarlos para contactarme acerca de mis respuestas.",
}
NOTICE = {
    "en": "Together with your answers we keep some details about you that we already know from our customer records.",
    "vi": "Cùng với câu trả lời, chúng tôi lưu một số thông tin về quý khách đã có trong hồ sơ khách hàng.",
    "es": "Junto con sus respuestas guardamos algunos datos suyos que ya constan en nuestra ficha de cliente.",
}


def repair_labels() -> dict[Repair, str]:
    """Return what the button of every repair says."""
    return {
        Repair.USUAL_LABELS: _("Use the usual end labels"),
        Repair.MAKE_OPTIONAL: _("Make it optional"),
        Repair.ALLOW_DONT_KNOW: _("Offer “don't know”"),
        Repair.DROP_CONDITION: _("Drop the condition"),
        Repair.DROP_JUMP: _("Drop the jump"),
        Repair.DROP_QUOTA: _("Drop the quota"),
        Repair.DROP_PAGE: _("Delete the page"),
        Repair.DROP_SHUFFLE: _("Do not shuffle"),
        Repair.FREE_CODE: _("Give it a free code"),
        Repair.ADD_CONSENT: _("Add a sentence to agree to"),
        Repair.ADD_NOTICE: _("Add a notice to the introduction"),
        Repair.MAKE_PRIMARY: _("Make it the primary outcome"),
    }


def repaired(questionnaire: Questionnaire, fix: Fix, spot: Spot) -> Questionnaire:
    """Return the questionnaire with a repair done; raise GoneError where the place is not there any more."""
    whole = _OF_WHOLE.get(fix.repair)
    if whole is not None:
        return whole(questionnaire, fix, spot)
    if spot.item:
        page, item = find_item(questionnaire, spot.item)
        return _with_item(questionnaire, page, item, _OF_ITEM[fix.repair](item, questionnaire.languages))
    return _with_page(questionnaire, replace(find_page(questionnaire, spot.page), show_if=None))


def _drop_jump(questionnaire: Questionnaire, fix: Fix, spot: Spot) -> Questionnaire:
    page = find_page(questionnaire, spot.page)
    if fix.detail not in {str(number) for number in range(len(page.jumps))}:
        raise GoneError(fix.detail)
    jumps = tuple(jump for number, jump in enumerate(page.jumps) if str(number) != fix.detail)
    return _with_page(questionnaire, replace(page, jumps=jumps))


def _drop_quota(questionnaire: Questionnaire, fix: Fix, _spot: Spot) -> Questionnaire:
    return replace(questionnaire, quotas=tuple(each for each in questionnaire.quotas if each.code != fix.detail))


def _drop_page(questionnaire: Questionnaire, _fix: Fix, spot: Spot) -> Questionnaire:
    return delete_page(questionnaire, spot.page)


def _free_code(questionnaire: Questionnaire, fix: Fix, spot: Spot) -> Questionnaire:
    """Give the item, or the row, that stands last under a code another one."""
    page = find_page(questionnaire, spot.page)
    item = next((each for each in reversed(page.items) if each.code == spot.item), None)
    if item is None:
        raise GoneError(spot.item)
    free = free_code(fix.detail, taken_codes(questionnaire))
    if item.code == fix.detail:
        return _with_item(questionnaire, page, item, replace(item, code=free))
    rows = tuple(replace(row, code=free) if row.code == fix.detail else row for row in item.rows)
    return _with_item(questionnaire, page, item, replace(item, rows=rows))


def _add_notice(questionnaire: Questionnaire, _fix: Fix, _spot: Spot) -> Questionnaire:
    present = questionnaire.introduction
    notice = _in(NOTICE, questionnaire.languages)
    joined = {tag: "\n\n".join(each for each in (present.get(tag), text) if each) for tag, text in notice.items()}
    return replace(questionnaire, introduction=present | joined)


def _make_primary(questionnaire: Questionnaire, _fix: Fix, spot: Spot) -> Questionnaire:
    find_item(questionnaire, spot.item)
    pages = tuple(
        replace(page, items=tuple(replace(item, is_primary=item.code == spot.item) for item in page.items))
        for page in questionnaire.pages
    )
    return replace(questionnaire, pages=pages)


def _usual_labels(item: Item, languages: tuple[str, ...]) -> Item:
    if item.scale is None:
        return item
    usual = usual_labels(item.scale, item.type, languages)
    labels = {point: usual.get(point, {}) | item.scale.labels.get(point, {}) for point in item.scale.points}
    return replace(item, scale=replace(item.scale, labels={point: texts for point, texts in labels.items() if texts}))


def _in(texts: Texts, languages: tuple[str, ...]) -> Texts:
    """Return the texts in those of the languages that have them; the main one reads English for want of its own."""
    main = languages[0]
    return {main: texts.get(main, texts["en"])} | {tag: texts[tag] for tag in languages if tag in texts}


def _with_item(questionnaire: Questionnaire, page: Page, old: Item, new: Item) -> Questionnaire:
    return _with_page(questionnaire, replace(page, items=tuple(new if each is old else each for each in page.items)))


def _with_page(questionnaire: Questionnaire, new: Page) -> Questionnaire:
    return replace(questionnaire, pages=tuple(new if each.code == new.code else each for each in questionnaire.pages))


_OF_WHOLE: dict[Repair, Callable[[Questionnaire, Fix, Spot], Questionnaire]] = {
    Repair.DROP_JUMP: _drop_jump,
    Repair.DROP_QUOTA: _drop_quota,
    Repair.DROP_PAGE: _drop_page,
    Repair.FREE_CODE: _free_code,
    Repair.ADD_NOTICE: _add_notice,
    Repair.MAKE_PRIMARY: _make_primary,
}
_OF_ITEM: dict[Repair, Callable[[Item, tuple[str, ...]], Item]] = {
    Repair.USUAL_LABELS: _usual_labels,
    Repair.MAKE_OPTIONAL: lambda item, _languages: replace(item, is_required=False),
    Repair.ALLOW_DONT_KNOW: lambda item, _languages: replace(item, allows_dont_know=True),
    Repair.DROP_CONDITION: lambda item, _languages: replace(item, show_if=None),
    Repair.DROP_SHUFFLE: lambda item, _languages: replace(item, is_shuffled=False),
    Repair.ADD_CONSENT: lambda item, languages: replace(item, consent=_in(CONSENT, languages) | item.consent),
}
