"""Pure decisions about answering: where a request came from, which language to speak, which page comes next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from werkzeug.datastructures import LanguageAccept

from analysis.values import MissingReason
from survey_app.campaigns.mail.one_tap import first_scored
from survey_app.conditions.rules import evaluate, fields_of
from survey_app.questionnaires.definition import Item, ItemType, Page, Questionnaire
from survey_app.questionnaires.rendering.course import Course, Known, is_asked, places_of

# Answers of surveys that promise secrecy are shown only among those of at least this many people.
PRIVACY_BASE = 5


def language_of_page(questionnaire: Questionnaire, wanted: Iterable[str | None], accepted: LanguageAccept) -> str:
    """Return the language to speak: the first wanted one that the questionnaire has, else what the browser asks for."""
    languages = questionnaire.languages
    for tag in wanted:
        if not tag:
            continue
        for each in (tag, tag.split("-")[0]):
            if each in languages:
                return each
    return accepted.best_match(languages) or languages[0]


def may_go_on(questionnaire: Questionnaire, index: int, known: Known) -> bool:
    """Return whether a page may come after this one, whatever is answered on it."""
    here = {f"answer.{code}" for item in questionnaire.pages[index].items for code in item.measure_codes}

    def may_be_asked(asked: Item | Page) -> bool:
        return is_asked(asked, known) or not here.isdisjoint(fields_of(asked.show_if))

    later = questionnaire.pages[_nearest_next(questionnaire, index, known, here) :]
    return any(
        may_be_asked(page) and any(item.is_visible and may_be_asked(item) for item in page.items) for page in later
    )


def _nearest_next(questionnaire: Questionnaire, index: int, known: Known, here: Collection[str]) -> int:
    """Return the first page that may follow, given that the answers of this page are open."""
    places = places_of(questionnaire)
    nearest = len(questionnaire.pages)
    for jump in questionnaire.pages[index].jumps:
        is_open = not fields_of(jump.when).isdisjoint(here)
        if is_open or evaluate(jump.when, known):
            nearest = min(nearest, max(places.get(jump.to, 0), index + 1))
        if not is_open and evaluate(jump.when, known):
            return nearest
    return index + 1


def preselected(questionnaire: Questionnaire, score: str | None) -> dict[str, list[str]]:
    """Return the score clicked in a mail as typed into the first item, where that item's scale has it."""
    item = first_scored(questionnaire) if score is not None else None
    if score is None or item is None or item.scale is None:
        return {}
    return {item.code: [score]} if score in map(str, item.scale.points) else {}


def personal_codes(questionnaire: Questionnaire) -> set[str]:
    """Return the items whose answers could tell whose they are: contact details, and values of the record."""
    return {
        item.code
        for item in questionnaire.items
        if item.type is ItemType.CONTACT
        or (item.type is ItemType.HIDDEN and item.source is not None and not item.is_by_chance)
    }


def without_personal(questionnaire: Questionnaire, course: Course) -> Course:
    """Return a way without what could tell whose answers these are."""
    gone = personal_codes(questionnaire) & course.values.keys()
    values = {code: value for code, value in course.values.items() if code not in gone}
    return replace(course, values=values, missing=course.missing | dict.fromkeys(gone, MissingReason.NOT_ASKED.value))


def outcome_value(item: Item | None, answers: Mapping[str, object]) -> float | None:
    """Return the primary outcome's answer as a number, or None where there is none."""
    value = answers.get(item.code) if item else None
    return float(value) if isinstance(value, int) else None
