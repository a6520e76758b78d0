"""Checks of texts by language: what is missing, what changed since it was translated, whether merge fields match."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from survey_app.questionnaires.checking import CheckFinding, Setting, Spot, error, warning
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.language_names import language_name
from survey_app.questionnaires.page_words.speech import ready_words
from survey_app.questionnaires.texts import Wording, wordings
from survey_app.questionnaires.translation import FieldFault, field_fault, gaps_of
from survey_app.web.languages import spoken


def language_findings(questionnaire: Questionnaire, setting: Setting) -> Iterator[CheckFinding]:
    """Yield what is wrong with the texts in the main language and with their translations."""
    main, *others = questionnaire.languages
    for wording in wordings(questionnaire):
        if wording.is_needed and not wording.texts.get(main):
            message = _("%(place)s: the text in the main language is missing.", place=wording.label)
            yield error(message, wording.spot)
        yield from _fields(wording, main, others)
    for gap in gaps_of(questionnaire, setting.sources):
        if gap.n_missing:
            yield warning(_missing(gap.n_missing, gap.language), Spot(language=gap.language))
        if gap.n_words:
            yield warning(_words_missing(questionnaire, gap.n_words, gap.language), Spot(language=gap.language))
        if gap.n_stale:
            yield warning(_stale(gap.n_stale, gap.language), Spot(language=gap.language))


def fault_sentence(place: str, language: str, fault: FieldFault) -> str:
    """Return which merge fields of a translation are not those of the main text, in words."""
    lost, added = (", ".join(f"{{{name}}}" for name in names) for names in (fault.lost, fault.added))
    if lost and added:
        return _(
            "%(place)s (%(language)s): %(lost)s is lost in the translation, and %(added)s stands only there.",
            place=place,
            language=language,
            lost=lost,
            added=added,
        )
    if lost:
        return _(
            "%(place)s (%(language)s): %(lost)s is lost in the translation.", place=place, language=language, lost=lost
        )
    return _(
        "%(place)s (%(language)s): %(added)s stands only in the translation.",
        place=place,
        language=language,
        added=added,
    )


def _fields(wording: Wording, main: str, others: list[str]) -> Iterator[CheckFinding]:
    source = wording.texts.get(main, "")
    for language in others:
        target = wording.texts.get(language, "")
        fault = field_fault(source, target) if target and ("{" in source or "{" in target) else None
        if fault:
            yield error(fault_sentence(wording.label, language, fault), wording.spot)


def _missing(n: int, language: str) -> str:
    return ngettext(
        "%(n)s text is not translated into %(language)s; the main language stands in its place.",
        "%(n)s texts are not translated into %(language)s; the main language stands in their place.",
        n,
        n=n,
        language=language_name(language),
    )


def _words_missing(questionnaire: Questionnaire, n: int, language: str) -> str:
    others = [tag for tag in questionnaire.languages if tag != language and _has_page_words(tag)]
    return ngettext(
        "%(n)s word of the page, such as Continue, is missing in %(language)s; people read it in %(instead)s.",
        "%(n)s words of the page, such as Continue, are missing in %(language)s; people read them in %(instead)s.",
        n,
        n=n,
        language=language_name(language),
        instead=language_name(next(iter(others), "en")),
    )


def _has_page_words(tag: str) -> bool:
    return bool(spoken(tag) or ready_words(tag))


def _stale(n: int, language: str) -> str:
    return ngettext(
        "%(n)s text changed since it was translated into %(language)s.",
        "%(n)s texts changed since they were translated into %(language)s.",
        n,
        n=n,
        language=language_name(language),
    )
