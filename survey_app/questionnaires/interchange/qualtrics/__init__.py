"""Surveys of Qualtrics (`.qsf`) as questionnaires of ours, with their logic.

docs/interchange/qualtrics.md says what becomes of each type and feature.
"""

from __future__ import annotations

from flask_babel import gettext as _

from survey_app.questionnaires.findings import Finding, QuestionnaireError
from survey_app.questionnaires.interchange.accounting import Ledger
from survey_app.questionnaires.interchange.assembling import assembled
from survey_app.questionnaires.interchange.drafts import Draft, DraftItem
from survey_app.questionnaires.interchange.outcomes import with_outcome
from survey_app.questionnaires.interchange.pipes import without_early_fields
from survey_app.questionnaires.interchange.qualtrics.blocks import add_display_logic
from survey_app.questionnaires.interchange.qualtrics.chances import read_way
from survey_app.questionnaires.interchange.qualtrics.flow import read_flow
from survey_app.questionnaires.interchange.qualtrics.losses import lose_rest
from survey_app.questionnaires.interchange.qualtrics.piping import enter_pipes, with_pipes
from survey_app.questionnaires.interchange.qualtrics.questions import convert
from survey_app.questionnaires.interchange.qualtrics.quotas import read_quotas
from survey_app.questionnaires.interchange.qualtrics.reading import Reading
from survey_app.questionnaires.interchange.qualtrics.settings import shell_of
from survey_app.questionnaires.interchange.qualtrics.steps import LAST, every, fields_set
from survey_app.questionnaires.interchange.qualtrics.survey import Survey, read_survey, text
from survey_app.questionnaires.interchange.reports import Imported
from survey_app.questionnaires.parsing import parse, to_data

__all__ = ["read_qualtrics"]


def read_qualtrics(data: bytes) -> Imported:
    """Return the survey in a file and the report on it; raise QuestionnaireError where there is none to read."""
    reading = Reading(read_survey(data), Ledger())
    shell = shell_of(reading)
    read_way(reading)
    drafts = _drafts(reading)
    asked = frozenset(drafts)
    quotas = read_quotas(reading)
    pages = read_flow(reading, drafts)
    lose_rest(reading, asked)
    if not any(page.items for page in pages):
        raise QuestionnaireError([Finding("", _("This file holds no question that can be taken over."))])
    questionnaire = assembled(Draft(shell, pages, quotas), reading.ledger)
    questionnaire = without_early_fields(with_pipes(reading, questionnaire), reading.ledger)
    questionnaire = with_outcome(questionnaire, reading.ledger)
    # What was put together must be a questionnaire like any other.
    return Imported(parse(to_data(questionnaire)), reading.ledger.report("qualtrics"))


def _drafts(reading: Reading) -> dict[str, list[DraftItem]]:
    """Return the items of every question that the flow reaches, in its order, with their display logic."""
    survey = reading.survey
    # A block that stands several times is met at its last place.
    places = {id_: step.place for step in every(reading.steps) if (id_ := text(step.data.get("ID"))) in survey.blocks}
    asked = {qid: place for id_, place in places.items() for qid in _questions_in(survey, id_)}
    drafts = {qid: convert(reading, survey.questions[qid]) for qid in asked}
    # Logic and piped text may name any of them, so that all must be known before.
    for step in every(reading.steps):
        for name, _value in fields_set(step):
            reading.field(name)
    for qid, items in drafts.items():
        reading.place = asked[qid]
        add_display_logic(reading, qid, items)
        enter_pipes(reading, survey.questions[qid], is_kept=bool(items))
    reading.place = LAST
    return drafts


def _questions_in(survey: Survey, block: str) -> list[str]:
    ids = [text(each.get("QuestionID")) for each in survey.blocks[block].elements if each.get("Type") == "Question"]
    return [each for each in ids if each in survey.questions]
