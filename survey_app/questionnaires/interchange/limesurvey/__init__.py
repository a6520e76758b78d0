"""Surveys of LimeSurvey (`.lss`, database versions of about 130 and later) as questionnaires of ours.

docs/interchange/limesurvey.md says what becomes of each type and feature.
"""

from __future__ import annotations

from flask_babel import gettext as _

from survey_app.questionnaires.findings import Finding, QuestionnaireError
from survey_app.questionnaires.interchange.accounting import Ledger
from survey_app.questionnaires.interchange.assembling import assembled
from survey_app.questionnaires.interchange.drafts import Draft
from survey_app.questionnaires.interchange.limesurvey.pages import read_pages
from survey_app.questionnaires.interchange.limesurvey.piping import with_pipes
from survey_app.questionnaires.interchange.limesurvey.quotas import read_quotas
from survey_app.questionnaires.interchange.limesurvey.reading import Reading
from survey_app.questionnaires.interchange.limesurvey.settings import shell_of
from survey_app.questionnaires.interchange.limesurvey.survey import read_survey
from survey_app.questionnaires.interchange.limesurvey.tables import read_tables
from survey_app.questionnaires.interchange.outcomes import with_outcome
from survey_app.questionnaires.interchange.pipes import without_early_fields
from survey_app.questionnaires.interchange.reports import Imported
from survey_app.questionnaires.parsing import parse, to_data

__all__ = ["read_limesurvey"]


def read_limesurvey(data: bytes) -> Imported:
    """Return the survey in a file and the report on it; raise QuestionnaireError where there is none to read."""
    survey = read_survey(read_tables(data))
    reading = Reading(survey, Ledger())
    shell = shell_of(reading)
    pages = read_pages(reading)
    if not pages:
        raise QuestionnaireError([Finding("", _("This file holds no question that can be taken over."))])
    questionnaire = assembled(Draft(shell, pages, read_quotas(reading)), reading.ledger)
    questionnaire = without_early_fields(with_pipes(reading, questionnaire), reading.ledger)
    questionnaire = with_outcome(questionnaire, reading.ledger)
    # What was put together must be a questionnaire like any other.
    return Imported(parse(to_data(questionnaire)), reading.ledger.report("limesurvey"))
