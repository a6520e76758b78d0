"""Bringing customers in: upload, encoding, columns, preview, progress, and the report of what was refused."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response as FileResponse
from flask import abort, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts.operations import record
from survey_app.customers import importing
from survey_app.customers.forms import BasisForm, EncodingForm, UploadForm
from survey_app.customers.imports.columns import target_labels
from survey_app.customers.imports.files import OLD_ENCODINGS, FileError, samples
from survey_app.customers.imports.report import report_rows
from survey_app.customers.models import CustomerImport
from survey_app.customers.queries import find_import, list_imports, list_refused
from survey_app.customers.routes import blueprint
from survey_app.customers.rules import CustomerError
from survey_app.customers.vocabulary import list_attributes
from survey_app.extensions import db
from survey_app.jobs.operations import cancel_job
from survey_app.jobs.queries import find_job
from survey_app.web import access
from survey_app.web.csv_cells import csv_text

Answer = Response | str | tuple[str, int]
# A page must come soon: it tries out this many rows, the command line all of them.
MOST_PREVIEWED = 500
AT_WORK = frozenset({"waiting", "running"})


@blueprint.get("/imports")
@access.requires("customers.import")
def imports() -> str:
    """Show earlier files and the form for a new one."""
    return render_template("customers/imports.html", form=UploadForm(), imports=list_imports())


@blueprint.post("/imports")
@access.requires("customers.import")
def upload() -> Answer:
    """Take a file in and go on to its columns."""
    form = UploadForm()
    if form.validate():
        with form.file.data.stream as stream:
            content = stream.read()
        wanted = importing.Upload(form.file.data.filename or "", content, form.source.data.strip())
        try:
            taken = importing.take_file(wanted, datetime.now(UTC), g.staff_user.id)
        except FileError as error:
            form.file.errors = [str(error)]
        else:
            db.session.commit()
            step = "customers.map_columns" if taken.encoding else "customers.choose_encoding"
            return redirect(url_for(step, import_id=taken.id), 303)
    db.session.rollback()
    return render_template("customers/imports.html", form=form, imports=list_imports()), 422


@blueprint.get("/imports/<int:import_id>/encoding")
@access.requires("customers.import")
def choose_encoding(import_id: int) -> str:
    """Ask which encoding a file has that is not in Unicode."""
    taken = _open(import_id)
    shown = samples(taken.content or b"")
    return render_template(
        "customers/choose_encoding.html", taken=taken, form=EncodingForm(), samples=shown, encodings=OLD_ENCODINGS
    )


@blueprint.post("/imports/<int:import_id>/encoding")
@access.requires("customers.import")
def settle_encoding(import_id: int) -> Answer:
    """Read the file in the chosen encoding."""
    taken, form = _open(import_id), EncodingForm()
    if form.validate():
        taken.encoding = form.encoding.data
        try:
            importing.suggest_mapping(taken)
        except FileError as error:
            form.encoding.errors = [str(error)]
        else:
            db.session.commit()
            return redirect(url_for("customers.map_columns", import_id=import_id), 303)
    db.session.rollback()
    shown = samples(_open(import_id).content or b"")
    page = render_template(
        "customers/choose_encoding.html", taken=_open(import_id), form=form, samples=shown, encodings=OLD_ENCODINGS
    )
    return page, 422


@blueprint.get("/imports/<int:import_id>/columns")
@access.requires("customers.import")
def map_columns(import_id: int) -> Answer:
    """Ask what each column is, with a likely answer chosen."""
    taken = _open(import_id)
    return _columns_page(taken, BasisForm(basis=taken.basis or "legitimate-interest"), taken.mapping, [])


@blueprint.post("/imports/<int:import_id>/columns")
@access.requires("customers.import")
def settle_columns(import_id: int) -> Answer:
    """Settle what each column is and go on to the preview."""
    taken, form = _open(import_id), BasisForm()
    headers = importing.sheet_of(taken).headers
    mapping = {name: request.form.get(f"column-{n}", "") for n, name in enumerate(headers)}
    if not form.validate():
        return _columns_page(taken, form, mapping, []), 422
    try:
        importing.map_columns(taken, mapping)
    except CustomerError as error:
        return _columns_page(taken, form, mapping, list(error.problems.values())), 422
    taken.basis, taken.wording = form.basis.data or "", form.wording.data or ""
    db.session.commit()
    return redirect(url_for("customers.preview", import_id=import_id), 303)


@blueprint.get("/imports/<int:import_id>/preview")
@access.requires("customers.import")
def preview(import_id: int) -> str:
    """Show what the import would do."""
    taken = _open(import_id)
    trial = importing.try_out(taken, MOST_PREVIEWED)
    return render_template("customers/preview.html", taken=taken, trial=trial, most=MOST_PREVIEWED)


@blueprint.post("/imports/<int:import_id>/start")
@access.requires("customers.import")
def start_import(import_id: int) -> Response:
    """Put the import down as work, or let a stopped one go on."""
    taken = _open(import_id)
    importing.start_import(taken)
    record("customers.import_started", "customer_import", str(taken.id), source=taken.source)
    db.session.commit()
    return redirect(url_for("customers.show_import", import_id=import_id), 303)


@blueprint.get("/imports/<int:import_id>")
@access.requires("customers.import")
def show_import(import_id: int) -> Answer:
    """Show how far an import is and what it refused."""
    taken = find_import(import_id) or abort(404)
    if taken.state == "uploaded" and taken.content is not None:
        step = "customers.map_columns" if taken.encoding else "customers.choose_encoding"
        return redirect(url_for(step, import_id=import_id), 303)
    job = find_job(taken.job_id) if taken.job_id else None
    is_at_work = taken.state in AT_WORK and (job is None or job.state in AT_WORK)
    refused = list_refused(taken, most=50)
    page = make_response(
        render_template("customers/show_import.html", taken=taken, is_at_work=is_at_work, refused=refused)
    )
    if is_at_work:
        page.headers["Refresh"] = "3"
    return page


@blueprint.post("/imports/<int:import_id>/stop")
@access.requires("customers.import")
def stop_import(import_id: int) -> Response:
    """Stop an import after the rows under way; what is applied stays."""
    taken = find_import(import_id) or abort(404)
    job = find_job(taken.job_id) if taken.job_id else None
    if taken.state in AT_WORK:
        taken.state = "stopped"
        if job is not None:
            cancel_job(job, datetime.now(UTC))
        record("customers.import_stopped", "customer_import", str(taken.id))
        flash(_("The import is stopped. It can go on later."), "success")
    else:
        flash(_("The import had already ended."), "warning")
    db.session.commit()
    return redirect(url_for("customers.show_import", import_id=import_id), 303)


@blueprint.get("/imports/<int:import_id>/refused.csv")
@access.requires("customers.import")
def report_refused(import_id: int) -> FileResponse:
    """Download the refused rows with line and reason."""
    taken = find_import(import_id) or abort(404)
    text = csv_text(report_rows(list_refused(taken)))
    headers = {"Content-Disposition": f'attachment; filename="refused-rows-{taken.id}.csv"'}
    return FileResponse(text, mimetype="text/csv", headers=headers)


def _open(import_id: int) -> CustomerImport:
    """Return an import whose file is still kept; another one is answered as if it were not there."""
    taken = find_import(import_id)
    if taken is None or taken.content is None or not _may_start(taken):
        abort(404)
    return taken


def _may_start(taken: CustomerImport) -> bool:
    """Return whether an import waits for a person: not started yet, stopped, or given up by the worker."""
    if taken.state in AT_WORK:
        job = find_job(taken.job_id) if taken.job_id else None
        return job is None or job.state not in AT_WORK
    return taken.state in {"uploaded", "stopped"}


def _columns_page(taken: CustomerImport, form: BasisForm, mapping: dict[str, str], problems: list[str]) -> str:
    sheet = importing.sheet_of(taken)
    lines = [line.cells for _n, line in zip(range(3), sheet.lines(), strict=False) if line.problem is None]
    examples = [" · ".join(cells[n][:40] for cells in lines if cells[n].strip()) for n in range(len(sheet.headers))]
    return render_template(
        "customers/map_columns.html",
        taken=taken,
        form=form,
        columns=list(zip(sheet.headers, examples, strict=True)),
        mapping=mapping,
        targets=target_labels({each.code: each.label for each in list_attributes()}),
        problems=problems,
    )
