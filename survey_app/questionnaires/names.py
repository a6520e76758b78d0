"""What types, roles and ways of identification are called, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from analysis.values import Role
from survey_app.customers.segments import field_labels
from survey_app.questionnaires.definition import (
    END,
    SCREEN_OUT,
    ContactField,
    Item,
    ItemType,
    Look,
    Questionnaire,
    text_in,
)
from survey_app.questionnaires.operands import Operand
from survey_app.questionnaires.routing import ANSWER
from survey_app.web.languages import NAMES


def type_names() -> dict[str, str]:
    """Return the name of every item type, in the order of the palette."""
    return {
        ItemType.NPS: _("Recommendation, 0 to 10 (NPS)"),
        ItemType.CSAT: _("Satisfaction (CSAT)"),
        ItemType.CES: _("Effort, 1 to 7 (CES)"),
        ItemType.LIKERT: _("Battery of ratings"),
        ItemType.SINGLE: _("Choice of one"),
        ItemType.MULTIPLE: _("Choice of several"),
        ItemType.RANKING: _("Ranking"),
        ItemType.SUM: _("Sharing out a total"),
        ItemType.NUMBER: _("Number"),
        ItemType.DATE: _("Date"),
        ItemType.TEXT: _("Open text"),
        ItemType.CONTACT: _("Contact details"),
        ItemType.STATEMENT: _("Text without a question"),
        ItemType.HIDDEN: _("Hidden value"),
    }


def role_names() -> dict[str, str]:
    """Return the name of every role."""
    return {
        Role.OUTCOME: _("Outcome"),
        Role.DRIVER: _("Driver"),
        Role.PROFILE: _("Profile"),
        Role.VERBATIM: _("Verbatim"),
    }


def role_hints() -> dict[str, str]:
    """Return what each role is for."""
    return {
        Role.OUTCOME: _("what you want to improve; reports lead with it"),
        Role.DRIVER: _("what may explain the outcome"),
        Role.PROFILE: _("who answers, to compare groups"),
        Role.VERBATIM: _("the customer's own words"),
    }


def identification_names() -> dict[str, str]:
    """Return the name of every way in which answers are tied to people."""
    return {
        "identified": _("Identified: staff see who answered"),
        "confidential": _("Confidential: linked to the customer, but hidden from staff"),
        "anonymous": _("Anonymous: nobody can tell who answered"),
    }


def condition_labels(questionnaire: Questionnaire, language: str) -> Mapping[str, str]:
    """Return what fields and values are called in sentences about conditions."""
    return field_labels() | answer_labels(questionnaire, language)


def answer_labels(questionnaire: Questionnaire, language: str) -> dict[str, str]:
    """Return what answers are called in sentences about conditions: all that is known where there is no database."""
    labels = {f"customer.language={tag}": name for tag, name in NAMES.items()}
    for item in questionnaire.items:
        labels |= _labels_of(item, language, questionnaire.languages)
    return labels


def _labels_of(item: Item, language: str, languages: tuple[str, ...]) -> dict[str, str]:
    wordings = {row.code: row.text for row in item.rows} or {item.code: item.text}
    labels = {ANSWER + code: f"“{text_in(texts, language, languages) or code}”" for code, texts in wordings.items()}
    named = {f"{ANSWER}{item.code}={each.code}": text_in(each.text, language, languages) for each in item.options}
    return labels | {key: text for key, text in named.items() if text}


def palette_names() -> dict[str, str]:
    """Return the short name of every item type, for the palette and the outline."""
    return {
        ItemType.NPS: _("Recommendation (NPS)"),
        ItemType.CSAT: _("Satisfaction"),
        ItemType.CES: _("Effort"),
        ItemType.LIKERT: _("Battery of ratings"),
        ItemType.SINGLE: _("Choice of one"),
        ItemType.MULTIPLE: _("Choice of several"),
        ItemType.RANKING: _("Ranking"),
        ItemType.SUM: _("Sharing out a total"),
        ItemType.NUMBER: _("Number"),
        ItemType.DATE: _("Date"),
        ItemType.TEXT: _("Open text"),
        ItemType.CONTACT: _("Contact details"),
        ItemType.STATEMENT: _("Statement"),
        ItemType.HIDDEN: _("Hidden value"),
    }


def look_names() -> dict[str, str]:
    """Return the name of every way in which the points of a satisfaction scale are drawn."""
    return {Look.NUMBERS: _("Numbers"), Look.STARS: _("Stars"), Look.FACES: _("Faces")}


def contact_names() -> dict[str, str]:
    """Return the name of every detail that a contact item may ask for."""
    return {
        ContactField.NAME: _("Name"),
        ContactField.EMAIL: _("Mail address"),
        ContactField.PHONE: _("Telephone"),
        ContactField.LANGUAGE: _("Language"),
    }


def source_names(known: Mapping[str, Operand]) -> dict[str, str]:
    """Return the customer's fields from which a hidden value may come, by name."""
    return {name: each.label for name, each in known.items() if name.startswith(("customer.", "attribute."))}


def jump_names(questionnaire: Questionnaire, language: str) -> dict[str, str]:
    """Return what pages and the two ends are called where jumps lead to them."""
    names = {
        page.code: _(
            "Page %(number)s: %(title)s",
            number=number,
            title=text_in(page.title, language, questionnaire.languages) or page.code,
        )
        for number, page in enumerate(questionnaire.pages, start=1)
    }
    return names | {END: _("End: thanks"), SCREEN_OUT: _("Out: not counted")}
