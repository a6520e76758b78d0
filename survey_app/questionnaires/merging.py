"""The merge fields that a text may hold, for choosing one: the closed list that `piping` fills in."""

from __future__ import annotations

from flask_babel import gettext as _

from survey_app.customers.vocabulary import list_attributes
from survey_app.questionnaires.definition import ItemType, Questionnaire, text_in
from survey_app.questionnaires.logic import asked_before
from survey_app.web.languages import interface_language

# Answers that read well inside a sentence.
TOLD = frozenset(ItemType) - {ItemType.STATEMENT, ItemType.CONTACT, ItemType.LIKERT, ItemType.SUM}


def merge_fields(questionnaire: Questionnaire, page: str, item: str = "") -> dict[str, dict[str, str]]:
    """Return by heading what may be inserted into the texts at a place: how it is written, and what it is."""
    customer = {
        "{customer.first_name|}": _("First name"),
        "{customer.name|}": _("Name"),
        "{customer.company|}": _("Company"),
        "{organisation}": _("Our organisation's name"),
    }
    customer |= {f"{{attribute.{each.code}|}}": each.label for each in list_attributes()}
    say = interface_language()
    answers = {
        f"{{answer.{each.code}|}}": text_in(each.text, say, questionnaire.languages) or each.code
        for each in asked_before(questionnaire, page, item)
        if each.type in TOLD
    }
    return {_("Customer"): customer} | ({_("Earlier answers"): answers} if answers else {})
