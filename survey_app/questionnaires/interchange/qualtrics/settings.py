"""Qualtrics' options and what beside questions and flow stands in its files."""

from __future__ import annotations

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.interchange.accounting import brief, fitting, plain
from survey_app.questionnaires.interchange.qualtrics.reading import Reading
from survey_app.questionnaires.interchange.qualtrics.survey import mapping, sequence, text
from survey_app.questionnaires.parsing import LONGEST_TITLE

_NOTHING = frozenset({"", "no", "none", "false", "off", "default", "defaultmessage", "http://", "0", "notext"})
# Elements whose parts are entered one by one.
_TOLD = frozenset({"BL", "FL", "SQ", "SO", "QO", "QG"})
# What Qualtrics keeps for itself: counters, previews, the set of responses.
_EMPTY = frozenset({"PL", "PROJ", "STAT", "QC", "RS", "BR", "SCO"})
_OWN = frozenset({"SurveyTitle", "SurveyMetaDescription", "SurveyCreationDate", "SurveyName", "AvailableLanguages"})


def shell_of(reading: Reading) -> Questionnaire:
    """Return the questionnaire without its pages: title and languages."""
    ledger, entry = reading.ledger, reading.survey.entry
    name = text(entry.get("SurveyName")) or text(reading.survey.options.get("SurveyTitle")) or "Qualtrics"
    title = fitting({reading.main: plain(name, ledger, "title")}, LONGEST_TITLE, ledger, "title")
    ledger.kept("title", brief(name))
    if description := text(entry.get("SurveyDescription")):
        ledger.lost("setting", "SurveyDescription", brief(plain(description, ledger, "SurveyDescription")))
    for language in reading.languages:
        tag = reading.tags.get(language)
        if tag is None:
            ledger.lost("language", language, _("It is no language tag that is known, or too many stand before it."))
        elif tag.casefold() == language.casefold():
            ledger.kept("language", language)
        else:
            ledger.changed("language", language, _("It is called “%(tag)s” now.", tag=tag))
    _enter_elements(reading)
    _enter_options(reading)
    return Questionnaire(title=title or {reading.main: "Qualtrics"}, languages=tuple(reading.tags.values()), pages=())


def _enter_elements(reading: Reading) -> None:
    ledger, survey = reading.ledger, reading.survey
    for kind, count in survey.kinds.items():
        if kind in _TOLD:
            ledger.kept("element", kind, _("Its parts are told one by one."), count)
        elif kind in _EMPTY:
            ledger.lost("element", kind, _("Nothing of this is part of a questionnaire."), count)
        elif kind == "TR":
            ledger.lost("element", kind, _("Triggers (mails, tickets): make alert rules of them."), count)
        else:
            ledger.lost("element", kind, _("This part of the file is not known."), count)
    for each in survey.repeated:
        ledger.lost("repeated id", each, _("Another one has the same id; only the first is taken over."))
    for each in sequence(survey.scoring.get("ScoringCategories")):
        message = _("Scores are computed by the reports, not by categories of points.")
        ledger.lost("scoring", text(mapping(each).get("Name")) or "?", message)


def _enter_options(reading: Reading) -> None:
    usual = 0
    for key, value in reading.survey.options.items():
        shown = text(value) if not isinstance(value, dict | list) else ("…" if value else "")
        if shown.lower() in _NOTHING or value is False or key in _OWN:
            usual += 1
        elif key == "AnonymizeResponse":
            message = _("Choose “anonymous” for the survey before it is published.")
            reading.ledger.changed("setting", key, message)
        elif key in {"Password", "EOSRedirectURL"} or "URL" in key:
            reading.ledger.lost("setting", key, _("Nobody is sent on to another address, and no password is asked."))
        elif key in {"Header", "Footer", "CustomStyles", "Skin", "SkinLibrary", "SkinType"}:
            reading.ledger.lost("setting", key, _("Appearance: choose logo and colours of the brand."))
        else:
            reading.ledger.lost("setting", key, _("“%(value)s” has no counterpart.", value=brief(shown, 60)))
    reading.ledger.kept("setting", _("settings at their default"), "", usual)
