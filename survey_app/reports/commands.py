"""`survey-app reports …`: the figures of a report on the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from survey_app.extensions import db, writing
from survey_app.jobs.models import Job
from survey_app.jobs.operations import run_now
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.queries import find_survey
from survey_app.reports.models import Report
from survey_app.reports.operations import request_report
from survey_app.reports.presenting import ballots, shown
from survey_app.reports.presenting.page import ReportPage, report_page
from survey_app.reports.presenting.shown import Data
from survey_app.reports.rules import ReportRequest, read_request
from survey_app.web.filters import number

reports = AppGroup("reports", help="Reports: figures with base, interval and test.")


@reports.command("show")
@click.argument("code", metavar="SURVEY")
@click.option("--filter", "filters", multiple=True, metavar="NAME=VALUE", help="As in the page's address: wave=2017.")
@click.option("--outcome", help="The item that the report is about; the primary outcome unless told otherwise.")
@click.option("--by", type=click.Choice(["week", "month", "wave"]), help="How time is cut.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole result as JSON.")
def show(code: str, filters: tuple[str, ...], outcome: str | None, by: str | None, *, as_json: bool) -> None:
    """Show the report of SURVEY, computing it first where that is needed."""
    survey = find_survey(code)
    if survey is None:
        click.echo(f"There is no survey {code}.", err=True)
        raise SystemExit(3)
    report = _computed(survey, _wanted(filters, outcome, by))
    if report.result is None:
        click.echo(f"The report could not be computed: {report.error or 'the worker gave up'}.", err=True)
        raise SystemExit(1)
    if as_json:
        click.echo(json.dumps(_whole(survey, report), ensure_ascii=False, indent=2))
        return
    if not report.result["n"]:
        click.echo("No answers under this filter.", err=True)
        raise SystemExit(3)
    _tell(report_page(report.result))


def _wanted(filters: tuple[str, ...], outcome: str | None, by: str | None) -> ReportRequest:
    pairs = [(name, value) for name, _, value in (each.partition("=") for each in filters)]
    pairs += [("outcome", outcome)] if outcome else []
    pairs += [("by", by)] if by else []
    try:
        return read_request(MultiDict(pairs))
    except ValueError as error:
        raise click.UsageError(f"A filter is not understood: {error}.") from error


def _computed(survey: Survey, wanted: ReportRequest) -> Report:
    with writing():
        db.session.rollback()
        report = request_report(survey, wanted, datetime.now(UTC))
        db.session.commit()
        job = db.session.get(Job, report.job_id) if report.state == "waiting" and report.job_id else None
        if job is not None:
            run_now(job)
        db.session.refresh(report)
    return report


def _whole(survey: Survey, report: Report) -> dict[str, Any]:
    computed = report.computed_at.isoformat() if report.computed_at else None
    return {"survey": survey.code, "request": report.request, "computed_at": computed, "result": report.result}


def _tell(page: ReportPage) -> None:
    _tell_outcome(page.label, page.outcome, page.headline, page.change)
    for other in page.others:
        _tell_outcome(other["label"], other["entry"], other["headline"], other["change"])
    click.echo(page.why)
    if page.drivers:
        _tell_drivers(page.drivers, page.result["drivers"]["labels"])
    name = f"{page.fix_first['name']}: " if page.fix_first["name"] else ""
    click.echo(f"{name}{page.fix_first['sentence']}")
    for ballot in page.result["ballots"]:
        _tell_ballot(ballot)


def _tell_outcome(label: str, entry: Data, headline: Data, change: Data) -> None:
    first = entry["figures"][0]
    measure, plain = first["measure"], first["unweighted"]
    value = f"{headline['value']} " if headline["value"] else ""
    click.echo(f"{label}\n{shown.measure_name(measure, entry['kind'])}: {value}{headline['sentence']}")
    if shown.is_estimate(plain) and plain != first["weighted"]:
        click.echo(f"Unweighted: {shown.figure(plain['value'], measure)} ({shown.interval(plain, measure)}).")
    for sentence in change["sentences"]:
        click.echo(sentence)


def _tell_ballot(ballot: Data) -> None:
    sizes = ", ".join(f"{ballots.variant_name(each['code'])} {number(each['n'])}" for each in ballot["variants"])
    click.echo(_("Split ballot %(item)s (%(sizes)s)", item=ballots.title(ballot), sizes=sizes))
    for warning in ballots.balance(ballot):
        click.echo(f"  {warning}")
    for compared in ballot["compared"]:
        for pair in compared["pairs"]:
            click.echo(f"  {ballots.sentence(compared, pair)}")


def _tell_drivers(found: Data, labels: Data) -> None:
    for driver in found["model"]["drivers"]:
        ends = driver["importance"]["interval"]
        name = shown.label_of(labels[driver["code"]], driver["code"])
        click.echo(
            f"  {driver['rank']:>2}. {name}: {driver['importance']['value']:.4f} "
            f"({ends['low']:.4f} to {ends['high']:.4f}), {driver['answers']['n_rated']} ratings",
        )
    alone = found["complete_cases"]
    if alone and "r_squared" in alone:
        n, share = number(alone["base"]["n"]), number(alone["r_squared"]["value"], 2)
        click.echo(_("Complete cases alone would keep %(n)s answers (R² = %(r2)s).", n=n, r2=share))
