"""Our questionnaires as SurveyJS JSON, with a report of what SurveyJS cannot say."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item, ItemType, Page, Questionnaire
from survey_app.questionnaires.interchange.accounting import Ledger
from survey_app.questionnaires.interchange.exporting import (
    NEVER,
    Condition,
    Exported,
    page_conditions,
    sayable,
    screened_out_when,
)
from survey_app.questionnaires.interchange.surveyjs.asking import native_values, question
from survey_app.questionnaires.interchange.surveyjs.speaking import Speaking, as_json, filled

FORMAT = "surveyjs"


def write_surveyjs(questionnaire: Questionnaire) -> Exported:
    """Return a questionnaire as SurveyJS JSON."""
    ledger = Ledger()
    speaking = _speaking(questionnaire, ledger)
    shown = page_conditions(questionnaire, ledger)
    pages = [_page(page, shown[page.code], speaking) for page in questionnaire.pages]
    head = {
        "locale": speaking.locale,
        "title": speaking.text(questionnaire.title),
        "description": speaking.text(questionnaire.introduction),
        "completedHtml": speaking.text(questionnaire.thanks, is_html=True),
        "completedHtmlOnCondition": _screened_out(questionnaire, speaking),
    }
    for quota in questionnaire.quotas:
        ledger.lost("quota", quota.code, _("SurveyJS has nothing like it."))
    if questionnaire.quota_full:
        ledger.lost("text", "quota_full", _("SurveyJS has nothing like it."))
    return Exported(as_json(filled(head) | {"pages": pages}), ledger.report(FORMAT))


def _speaking(questionnaire: Questionnaire, ledger: Ledger) -> Speaking:
    sayable_items = [item for item in questionnaire.items if item.type is not ItemType.HIDDEN]
    names = {code: name for item in sayable_items for code, name in _names(item)}
    values = {item.code: native_values(item) for item in questionnaire.items}
    items = {code: item for item in questionnaire.items for code in item.measure_codes}
    return Speaking(questionnaire, names, values, items, ledger)


def _names(item: Item) -> list[tuple[str, str]]:
    if item.rows:
        return [(row.code, f"{item.code}.{row.code}") for row in item.rows]
    # Several fields under one title have names of their own, so that nothing is called by the item's.
    return [] if item.type in {ItemType.SUM, ItemType.CONTACT} else [(code, code) for code in item.measure_codes]


def _page(page: Page, shown: Condition | None, speaking: Speaking) -> dict[str, Any]:
    elements = [found for item in page.items if (found := _element(item, speaking)) is not None]
    head = {
        "name": page.code,
        "title": speaking.text(page.title),
        "visibleIf": _visible_if(page.code, shown, speaking),
        "questionsOrder": "random" if page.is_shuffled else "",
    }
    return filled(head) | {"elements": elements}


def _element(item: Item, speaking: Speaking) -> dict[str, Any] | None:
    found = question(item, speaking)
    if found is None:
        return None
    expression = _visible_if(item.code, item.show_if, speaking)
    return found | ({"visibleIf": expression} if expression else {})


def _visible_if(name: str, condition: Condition | None, speaking: Speaking) -> str:
    if condition is None:
        return ""
    if sayable(condition, speaking.names):
        speaking.ledger.kept("condition", f"{name}.visibleIf")
        return speaking.expression(condition)
    message = _("It looks at what SurveyJS does not know, or is too long; this is always shown there.")
    speaking.ledger.lost("condition", f"{name}.visibleIf", message)
    return ""


def _screened_out(questionnaire: Questionnaire, speaking: Speaking) -> list[dict[str, Any]]:
    condition = screened_out_when(questionnaire)
    if not questionnaire.screened_out:
        return []
    if condition == NEVER or not sayable(condition, speaking.names):
        speaking.ledger.lost("text", "screened_out", _("When it is shown cannot be said there."))
        return []
    words = speaking.text(questionnaire.screened_out, is_html=True)
    return [{"expression": speaking.expression(condition), "html": words}]
