"""LimeSurvey's settings, texts of the whole survey, and what beside questions stands in its files."""

from __future__ import annotations

from collections import Counter

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Questionnaire, Texts
from survey_app.questionnaires.document import LONGEST_TEXT
from survey_app.questionnaires.interchange.limesurvey.computing import groups_of
from survey_app.questionnaires.interchange.limesurvey.orphans import enter_orphans
from survey_app.questionnaires.interchange.limesurvey.places import loss_of_setting
from survey_app.questionnaires.interchange.limesurvey.quotas import quota_text
from survey_app.questionnaires.interchange.limesurvey.reading import Reading
from survey_app.questionnaires.interchange.limesurvey.survey import Raw

_NOTHING = frozenset({"", "0", "N", "I", "E", "inherit", "-1", "a:0:{}", "[]", "{}"})
_KEYS = frozenset({"surveyls_survey_id", "surveyls_language"})


def shell_of(reading: Reading) -> Questionnaire:
    """Return the questionnaire without its pages: languages and the texts around the questions."""
    _enter_languages(reading)
    title = reading.title(_raw(reading, "surveyls_title"), "title")
    description = reading.texts(_raw(reading, "surveyls_description"), "description")
    welcome = reading.texts(_raw(reading, "surveyls_welcometext"), "welcome text")
    shell = Questionnaire(
        title={reading.main: next(iter(title.values()), "LimeSurvey")} | title,
        languages=tuple(reading.tags),
        pages=(),
        introduction=_together(description, welcome),
        thanks=reading.texts(_raw(reading, "surveyls_endtext"), "end text"),
        quota_full=quota_text(reading),
    )
    _enter_texts(reading)
    _enter_settings(reading)
    _enter_rest(reading)
    return shell


def _raw(reading: Reading, key: str) -> Raw:
    rows = reading.survey.tables.of("surveys_languagesettings")
    return {row.get("surveyls_language", ""): row[key] for row in rows if row.get(key)}


def _together(first: Texts, second: Texts) -> Texts:
    found = {tag: "\n\n".join(each for each in (first.get(tag), second.get(tag)) if each) for tag in (*first, *second)}
    return {tag: text[:LONGEST_TEXT] for tag, text in found.items()}


def _enter_languages(reading: Reading) -> None:
    survey = reading.survey
    for name in survey.languages:
        tag = survey.tags.get(name)
        count = sum(1 for question in survey.questions() if question.texts.get(name))
        if tag is None:
            reading.ledger.lost(
                "language", name, _("It is no language tag that is known, or too many stand before it.")
            )
            reading.ledger.lost("question text", name, "", count)
            continue
        message = "" if tag == name else _("It is called “%(tag)s” now.", tag=tag)
        (reading.ledger.changed if message else reading.ledger.kept)("language", name, message)
        reading.ledger.kept("question text", name, "", count)


def _enter_texts(reading: Reading) -> None:
    """Enter what stands beside each language's texts: mails, addresses, formats of dates."""
    taken = {
        "surveyls_title": _("It is the title."),
        "surveyls_description": _("It becomes the beginning of the introduction."),
        "surveyls_welcometext": _("It becomes the introduction."),
        "surveyls_endtext": _("It becomes the thanks."),
    }
    for row in reading.survey.tables.of("surveys_languagesettings"):
        language = row.get("surveyls_language", "")
        reading.ledger.kept("survey settings", language or "?", _("Its texts are told one by one."))
        for key, value in row.items():
            if value in _NOTHING or key in _KEYS:
                continue
            name = f"{key} ({language})"
            if key in taken:
                reading.ledger.kept("survey text", name, taken[key])
            elif "email" in key:
                reading.ledger.lost("mail text", name, _("Mails are written with the campaign."))
            else:
                reading.ledger.lost("setting", name, loss_of_setting(key, value))


def _enter_settings(reading: Reading) -> None:
    usual = 0
    for key, value in reading.survey.settings.items():
        if value in _NOTHING:
            usual += 1
        elif key in {"sid", "gsid", "language", "additional_languages"}:
            reading.ledger.kept("setting", key)
        elif key == "anonymized":
            reading.ledger.changed("setting", key, _("Choose “anonymous” for the survey before it is published."))
        elif key == "format":
            _enter_format(reading, value)
        else:
            reading.ledger.lost("setting", key, loss_of_setting(key, value))
    reading.ledger.kept("setting", _("settings at their default"), "", usual)


def _enter_format(reading: Reading, value: str) -> None:
    if value == "G":
        reading.ledger.kept("setting", "format", _("One group a page."))
    else:
        reading.ledger.changed("setting", "format", _("Every group becomes a page."))


def _enter_rest(reading: Reading) -> None:
    """Enter rows of tables that nothing above reads."""
    tables, ledger = reading.survey.tables, reading.ledger
    ledger.changed("text", "*", _("Characters that no text may hold are left out."), tables.n_forbidden)
    by_chance = {each.qid for each in reading.survey.questions() if groups_of(each)}
    for row in tables.of("defaultvalues"):
        name = f"question {row.get('qid', '')}"
        if row.get("qid", "") in by_chance:
            ledger.changed("default", name, _("Its number by chance becomes a group by chance."))
        else:
            ledger.lost("default", name, _("Questions begin unanswered."))
    for row in tables.of("assessments"):
        ledger.lost("assessment", row.get("name") or row.get("id", ""), _("Scores are reported, not shown at the end."))
    enter_orphans(reading)
    known = {
        "surveys",
        "surveys_languagesettings",
        "groups",
        "group_l10ns",
        "questions",
        "subquestions",
        "question_l10ns",
    }
    known |= {"answers", "answer_l10ns", "question_attributes", "conditions", "defaultvalues", "assessments"}
    known |= {"quota", "quota_members", "quota_languagesettings", "defaultvalue_l10ns"}
    others = Counter({name: len(rows) for name, rows in tables.rows.items() if name not in known})
    others.update(tables.others)
    for name, count in others.items():
        ledger.lost("table", name, _("Nothing of this is part of a questionnaire."), count)
