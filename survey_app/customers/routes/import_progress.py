"""An import at work: start, progress, stop, and the report of what was refused."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response as FileResponse
from flask import abort, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts.operations import record
from survey_app.customers import importing
from survey_app.customers.imports.report import report_csv, report_xlsx
from survey_app.customers.imports.staging import is_kept
from survey_app.customers.imports.stopping import stop
from survey_app.customers.queries import find_import, list_refused
from survey_app.customers.routes import blueprint
from survey_app.customers.routes.imports import AT_WORK, Answer, open_import
from survey_app.extensions import db
from survey_app.jobs.queries import find_job
from survey_app.web import access
from survey_app.web.workbook_cells import XLSX


@blueprint.post("/imports/<int:import_id>/start")
@access.requires("customers.import")
def start_import(import_id: int) -> Response:
    """Put the import down as work, or let a stopped one go on."""
    taken = open_import(import_id)
    importing.start_import(taken)
    record("customers.import_started", "customer_import", str(taken.id), source=taken.source)
    db.session.commit()
    return redirect(url_for("customers.show_import", import_id=import_id), 303)


@blueprint.get("/imports/<int:import_id>")
@access.requires("customers.import")
def show_import(import_id: int) -> Answer:
    """Show how far an import is and what it refused."""
    taken = find_import(import_id) or abort(404)
    kept = is_kept(import_id)
    if taken.state == "uploaded" and kept:
        step = "customers.map_columns" if taken.encoding else "customers.choose_encoding"
        return redirect(url_for(step, import_id=import_id), 303)
    job = find_job(taken.job_id) if taken.job_id else None
    is_at_work = taken.state in AT_WORK and (job is None or job.state in AT_WORK)
    refused = list_refused(taken, most=50)
    page = make_response(
        render_template("customers/show_import.html", taken=taken, is_at_work=is_at_work, refused=refused, is_kept=kept)
    )
    if is_at_work:
        page.headers["Refresh"] = "3"
    return page


@blueprint.post("/imports/<int:import_id>/stop")
@access.requires("customers.import")
def stop_import(import_id: int) -> Response:
    """Stop an import after the rows under way; what is applied stays."""
    taken = find_import(import_id) or abort(404)
    if stop(taken, datetime.now(UTC)):
        flash(_("The import is stopped. It can go on later."), "success")
    else:
        flash(_("The import had already ended."), "warning")
    db.session.commit()
    return redirect(url_for("customers.show_import", import_id=import_id), 303)


@blueprint.get("/imports/<int:import_id>/refused.csv")
@access.requires("customers.import")
def report_refused(import_id: int) -> FileResponse:
    """Download the refused rows with line and reason, as CSV."""
    taken = find_import(import_id) or abort(404)
    headers = {"Content-Disposition": f'attachment; filename="refused-rows-{taken.id}.csv"'}
    return FileResponse(report_csv(taken), mimetype="text/csv", headers=headers)


@blueprint.get("/imports/<int:import_id>/refused.xlsx")
@access.requires("customers.import")
def report_refused_workbook(import_id: int) -> FileResponse:
    """Download the refused rows with line and reason, as a workbook."""
    taken = find_import(import_id) or abort(404)
    headers = {"Content-Disposition": f'attachment; filename="refused-rows-{taken.id}.xlsx"'}
    return FileResponse(report_xlsx(taken), mimetype=XLSX, headers=headers)
