"""Checks of merge fields: they name something that is known by then, and have words for those of whom it is not."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from survey_app.questionnaires.checking import WHOLE, CheckFinding, Setting, Spot, error, warning
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.piping import ANSWER, CUSTOMER, ORGANISATION, fields_in, unknown_fields
from survey_app.questionnaires.texts import Wording, wordings

ATTRIBUTE = "attribute."
AT_THE_END = frozenset({"thanks", "screened_out", "quota_full"})


def merge_field_findings(questionnaire: Questionnaire, setting: Setting) -> Iterator[CheckFinding]:
    """Yield errors for fields that mean nothing where they stand, warnings for those without a fallback."""
    codes = {code for item in questionnaire.items for code in item.measure_codes}
    earlier = _codes_before(questionnaire)
    for wording in wordings(questionnaire):
        text = "\n".join(wording.texts.values())
        if "{" in text:
            before = codes if wording.key in AT_THE_END else earlier[wording.spot]
            yield from _fields(wording, text, _known(text, before, setting))
            yield from _bare(wording, text)


def _codes_before(questionnaire: Questionnaire) -> dict[Spot, frozenset[str]]:
    """Return which answers are known when a page is shown, for it and all its items."""
    met: frozenset[str] = frozenset()
    found = {WHOLE: met}
    for page in questionnaire.pages:
        found |= dict.fromkeys([Spot(page.code), *(Spot(page.code, item.code) for item in page.items)], met)
        met |= {code for item in page.items for code in item.measure_codes}
    return found


def _known(text: str, before: frozenset[str] | set[str], setting: Setting) -> set[str]:
    named = fields_in(text)
    attributes = {each for each in named if each.startswith(ATTRIBUTE)}
    if setting.attributes is not None:
        attributes = {each for each in attributes if each.removeprefix(ATTRIBUTE) in setting.attributes}
    answers = {each for each in named if each.startswith(ANSWER) and each.removeprefix(ANSWER) in before}
    return {*CUSTOMER, ORGANISATION, *attributes, *answers}


def _fields(wording: Wording, text: str, known: set[str]) -> Iterator[CheckFinding]:
    for name in unknown_fields(text, known):
        if name.startswith(ANSWER):
            message = _(
                "%(place)s: {%(field)s} names no answer that is known by then.", place=wording.label, field=name
            )
        else:
            message = _(
                "%(place)s: {%(field)s} is no merge field, so people would read the braces.",
                place=wording.label,
                field=name,
            )
        yield error(message, wording.spot)


def _bare(wording: Wording, text: str) -> Iterator[CheckFinding]:
    bare = [name for name in fields_in(text) if name != ORGANISATION and f"{{{name}}}" in text]
    if bare:
        message = _(
            "%(place)s: {%(field)s} has no words for whom it is not known. Write {%(field)s|…} with them.",
            place=wording.label,
            field=bare[0],
        )
        yield warning(message, wording.spot)
