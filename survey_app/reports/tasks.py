"""What a worker does for a report that was asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from analysis.fieldwork import fieldwork
from analysis.values import as_data
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.queries import count_dispositions, count_held_back, list_campaigns, list_invited
from survey_app.customers.queries import reporting_labels
from survey_app.customers.vocabulary import attribute_kinds
from survey_app.datasets.codebooks import codebook_of
from survey_app.datasets.frames import dataset_of
from survey_app.extensions import db, mark_writing
from survey_app.jobs.running import JobRun
from survey_app.questionnaires.models import Survey
from survey_app.reports.computing import compute_result
from survey_app.reports.computing.composition import Invited, composition, invited
from survey_app.reports.computing.result import NoOutcomeError
from survey_app.reports.operations import store_failure, store_result
from survey_app.reports.queries import get_report
from survey_app.reports.rules import ReportRequest, request_of


def compute_report(run: JobRun) -> None:
    """Compute one report and store its result; the answers are read once, without holding the database meanwhile."""
    report = get_report(run.subject_id or 0)
    survey = db.session.get_one(Survey, report.survey_id)
    request = request_of(report.request)
    report_id = report.id
    dataset = dataset_of(survey.id, request.chosen, codebook_of(survey))
    campaigns = _mail_campaigns(survey, request)
    response_rates = _fieldwork(campaigns)
    asked = _invited(survey, campaigns)
    db.session.rollback()
    about_asking = {"fieldwork": response_rates, "composition": composition(asked) if asked else None}
    try:
        result = compute_result(dataset, request, run.report_progress)
    except NoOutcomeError:
        result = None
    mark_writing()
    report = get_report(report_id)
    if result is None:
        store_failure(report, "no-outcome")
    else:
        store_result(report, result | about_asking, datetime.now(UTC))
    db.session.commit()


def _mail_campaigns(survey: Survey, request: ReportRequest) -> list[Campaign]:
    """Return the survey's mail campaigns (of the chosen waves)."""
    waves = request.chosen.waves
    return [each for each in list_campaigns(survey) if each.mode == "mail" and (not waves or each.wave in waves)]


def _fieldwork(campaigns: list[Campaign]) -> dict[str, Any]:
    """Return what became of the invitations of these campaigns."""
    counts: dict[Any, int] = {}
    held_back: dict[Any, int] = {}
    for campaign in campaigns:
        for disposition, n in count_dispositions(campaign).items():
            counts[disposition] = counts.get(disposition, 0) + n
        for reason, n in count_held_back(campaign).items():
            held_back[reason] = held_back.get(reason, 0) + n
    data: dict[str, Any] = as_data(fieldwork(counts, held_back))
    return data


def _invited(survey: Survey, campaigns: list[Campaign]) -> Invited | None:
    """Return everybody these campaigns invited and who answered; an anonymous survey keeps apart who did."""
    if survey.identification == "anonymous" or not campaigns:
        return None
    known = attribute_kinds()
    kinds = {code: known[code] for code in reporting_labels()}
    return invited(list_invited(campaigns, kinds), kinds)
