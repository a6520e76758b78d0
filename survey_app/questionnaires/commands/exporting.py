"""Writes a version in any format, the paper copy included, for whoever can wait for it: the command line."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import gettext as _

from survey_app.extensions import db, writing
from survey_app.jobs.operations import run_now
from survey_app.jobs.queries import find_newest
from survey_app.questionnaires.interchange.exporting import Exported
from survey_app.questionnaires.interchange.formats import FORMATS, IN_ONE_LANGUAGE, PAPER, in_language
from survey_app.questionnaires.interchange.reports import Report
from survey_app.questionnaires.models import Print, QuestionnaireVersion, Survey
from survey_app.questionnaires.printing import MAKE, order_print
from survey_app.questionnaires.queries import questionnaire_of


class ExportError(ValueError):
    """A version cannot be written so; the message says why."""


def write_format(survey: Survey, version: QuestionnaireVersion, form: str, language: str | None = None) -> Exported:
    """Return a version in a format; the paper copy is made by a worker, or here where none takes it."""
    questionnaire = questionnaire_of(version)
    chosen = language or questionnaire.languages[0]
    if chosen not in questionnaire.languages:
        raise ExportError(_("Choose one of the questionnaire's languages."))
    if form != PAPER:
        spoken = in_language(questionnaire, chosen) if form in IN_ONE_LANGUAGE else questionnaire
        return FORMATS[form].write(spoken)
    return Exported(_printed(survey, version, chosen), Report(PAPER))


def _printed(survey: Survey, version: QuestionnaireVersion, language: str) -> bytes:
    order = {"what": "questionnaire", "version_id": version.id, "language": language, "survey": survey.code}
    with writing():
        paper = order_print(survey, order | {"filename": f"{survey.code}-{language}"}, datetime.now(UTC))
        paper_id = paper.id
        db.session.commit()
    job = find_newest(MAKE, paper_id)
    if job is not None:
        run_now(job)
    done = db.session.get_one(Print, paper_id, populate_existing=True)
    if done.content is None:
        raise ExportError(done.failure or _("The worker could not make this paper."))
    return done.content
