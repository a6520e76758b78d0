"""Checks of personal data: people are told, and an anonymous survey asks for nothing that says who somebody is."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from survey_app.questionnaires.checking import CheckFinding, Fix, Repair, Setting, Spot, error, warning
from survey_app.questionnaires.checks.sensitive import is_personal
from survey_app.questionnaires.definition import Item, ItemType, Questionnaire
from survey_app.questionnaires.piping import CUSTOMER, fields_in
from survey_app.questionnaires.texts import wordings


def privacy_findings(questionnaire: Questionnaire, setting: Setting) -> Iterator[CheckFinding]:
    """Yield what is wrong with how personal data are asked for."""
    for page in questionnaire.pages:
        for item in (each for each in page.items if is_personal(each)):
            spot = Spot(page.code, item.code)
            if setting.is_anonymous:
                yield error(_refused(item), spot)
            elif not _is_told(item, questionnaire):
                yield _untold(item, spot)
    if setting.is_anonymous:
        yield from _named_customers(questionnaire)


def _refused(item: Item) -> str:
    if item.type is ItemType.CONTACT:
        return _(
            "This survey is anonymous, so “%(code)s” may not ask for contact details. Take it out, or choose another "
            "way of identification before the first publication.",
            code=item.code,
        )
    return _(
        "This survey is anonymous, so the hidden value “%(code)s” may not carry a name or an address.", code=item.code
    )


def _is_told(item: Item, questionnaire: Questionnaire) -> bool:
    """Return whether people read, before or beside it, what becomes of such details."""
    main = questionnaire.languages[0]
    texts = item.consent if item.type is ItemType.CONTACT else questionnaire.introduction
    return bool(texts.get(main))


def _untold(item: Item, spot: Spot) -> CheckFinding:
    if item.type is ItemType.CONTACT:
        message = _("“%(code)s” asks for contact details without saying what they are for.", code=item.code)
        return warning(message, spot, Fix(Repair.ADD_CONSENT))
    message = _("“%(code)s” carries personal data along, and the introduction says nothing of it.", code=item.code)
    return warning(message, spot, Fix(Repair.ADD_NOTICE))


def _named_customers(questionnaire: Questionnaire) -> Iterator[CheckFinding]:
    for wording in wordings(questionnaire):
        named = sorted({field for text in wording.texts.values() for field in fields_in(text)} & set(CUSTOMER))
        if named:
            fields = ", ".join(f"{{{name}}}" for name in named)
            message = _(
                "%(place)s calls people by %(fields)s, and an anonymous survey that knows a name is not believed.",
                place=wording.label,
                fields=fields,
            )
            yield warning(message, wording.spot)
