"""The landing page: every survey with its headline, as last computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from survey_app.datasets.filters import ResponseFilter
from survey_app.datasets.queries import count_completions
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.queries import list_surveys
from survey_app.reports.operations import request_report
from survey_app.reports.presenting.page import ReportPage, report_page
from survey_app.reports.rules import ReportRequest


@dataclass(frozen=True, slots=True)
class SurveyCard:
    """One survey on the landing page; `page` is None until a worker has computed it."""

    survey: Survey
    n: int
    page: ReportPage | None
    computed_at: datetime | None


def survey_cards(now: datetime) -> list[SurveyCard]:
    """Return all surveys that have answers, asking for the reports that are missing or out of date."""
    return [card for card in (_card(survey, now) for survey in list_surveys()) if card is not None]


def _card(survey: Survey, now: datetime) -> SurveyCard | None:
    n = count_completions(survey.id, ResponseFilter())
    if not n:
        return None
    report = request_report(survey, ReportRequest(), now)
    return SurveyCard(survey, n, _page(report.result), report.computed_at)


def _page(result: dict[str, Any] | None) -> ReportPage | None:
    return report_page(result) if result and result["n"] else None
