"""The manager's pages: all surveys at a glance, and the report of one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _

from survey_app.campaigns.labels import DISPOSITIONS
from survey_app.customers.queries import reporting_labels
from survey_app.datasets.codebooks import codebook_of
from survey_app.extensions import db, mark_writing
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.queries import find_survey
from survey_app.reports.models import Report
from survey_app.reports.operations import TooManyReportsError, request_report
from survey_app.reports.overview import survey_cards
from survey_app.reports.presenting import ballots, composition, evidence, names, shown
from survey_app.reports.presenting.page import report_page
from survey_app.reports.rules import ReportRequest, read_request
from survey_app.reports.verbatims import (
    VerbatimFilter,
    filter_choices,
    may_show_verbatims,
    page_of_verbatims,
    verbatim_items,
)
from survey_app.web.access import requires
from survey_app.web.storable import page_number

blueprint = Blueprint("reports", __name__)


@blueprint.get("/reports")
@requires("reports.view")
def index() -> str | tuple[str, int]:
    """Show every survey with its headline."""
    _begin_writing()
    try:
        cards = survey_cards(datetime.now(UTC))
    except TooManyReportsError:
        return _busy()
    db.session.commit()
    return render_template("reports/index.html", cards=cards, shown=shown)


@blueprint.get("/reports/<code>")
@requires("reports.view")
def show(code: str) -> str | tuple[str, int]:
    """Show the report of a survey under the filter in the address; ask a worker where it is not computed yet."""
    wanted = _request()
    _begin_writing()
    survey = find_survey(code)
    if survey is None:
        abort(404)
    try:
        report = request_report(survey, wanted, datetime.now(UTC))
    except TooManyReportsError:
        return _busy()
    db.session.commit()
    return render_template("reports/show.html", **_view(survey, report, wanted))


@blueprint.get("/reports/<code>/state")
@requires("reports.view")
def state(code: str) -> dict[str, Any]:
    """Say whether the report has been computed, for the page that waits."""
    wanted = _request()
    survey = find_survey(code)
    if survey is None:
        abort(404)
    report = db.session.scalar(db.select(Report).filter_by(survey_id=survey.id, request_key=wanted.key))
    return {"state": report.state if report else "unknown"}


def _view(survey: Survey, report: Report, wanted: ReportRequest) -> dict[str, Any]:
    result = report.result
    n = result["n"] if result else 0
    return {
        "survey": survey,
        "report": report,
        "wanted": wanted,
        "page": report_page(result) if result and n else None,
        "n": n,
        "choices": filter_choices(survey),
        "chips": [(name, value, _address(survey, wanted.without(name, value))) for name, value in _parts(wanted)],
        "verbatims": _verbatims(survey, wanted, n),
        "attributes": reporting_labels(),
        "shown": shown,
        "names": names,
        "evidence": evidence,
        "composition": composition,
        "ballots": ballots,
        "disposition_names": DISPOSITIONS,
        "state_url": url_for("reports.state", code=survey.code, **_query(wanted)),
    }


def _verbatims(survey: Survey, wanted: ReportRequest, n: int) -> dict[str, Any]:
    items = verbatim_items(codebook_of(survey))
    if not items or not may_show_verbatims(survey, n):
        return {"items": (), "withheld": bool(items) and n > 0}
    chosen = request.args.get("comments", items[0])
    part = VerbatimFilter(
        item=chosen if chosen in items else items[0],
        lowest=request.args.get("score_from", type=float),
        highest=request.args.get("score_to", type=float),
    )
    pages = page_of_verbatims(survey, wanted.chosen, part, request.args.get("page", 1, type=page_number))
    return {"items": items, "part": part, "pages": pages, "withheld": False}


def _request() -> ReportRequest:
    try:
        return read_request(request.args)
    except ValueError:
        abort(400, _("The address names a filter that does not exist. Open the report anew and choose there."))


def _begin_writing() -> None:
    """Take the write lock: asking for a report is the one row that reading a page may add."""
    db.session.rollback()
    mark_writing()


def _busy() -> tuple[str, int]:
    return render_template("reports/busy.html"), 503


def _parts(wanted: ReportRequest) -> list[tuple[str, str]]:
    return wanted.chosen.parameters


def _query(wanted: ReportRequest) -> dict[str, Any]:
    query: dict[str, Any] = {}
    for name, value in wanted.parameters:
        query.setdefault(name, []).append(value)
    return query


def _address(survey: Survey, wanted: ReportRequest) -> str:
    return url_for("reports.show", code=survey.code, **_query(wanted))
