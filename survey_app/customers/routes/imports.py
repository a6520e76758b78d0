"""Bringing files in: upload, encoding, columns, preview."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from survey_app.customers import importing
from survey_app.customers.imports.choices import choices_of
from survey_app.customers.imports.columns import target_labels
from survey_app.customers.imports.files import LARGEST_FILE, MEGABYTE, OLD_ENCODINGS, SHEET_OF_WORKBOOK, FileError
from survey_app.customers.imports.files import samples as samples_of
from survey_app.customers.imports.forms import (
    ENCODING_NAMES,
    SEPARATOR_NAMES,
    ChoicesForm,
    ReadingForm,
    UploadForm,
    choices_form,
    choices_in,
)
from survey_app.customers.imports.staging import beginning, is_kept
from survey_app.customers.models import CustomerImport
from survey_app.customers.queries import find_import, list_imports
from survey_app.customers.routes import blueprint
from survey_app.customers.rules import CustomerError
from survey_app.extensions import db
from survey_app.jobs.queries import find_job
from survey_app.web import access
from survey_app.web.limits import takes_files

Answer = Response | str | tuple[str, int]
# A page must come soon: it tries out this many rows, the command line all of them.
MOST_PREVIEWED = 5000
AT_WORK = frozenset({"waiting", "running"})


@blueprint.get("/imports")
@access.requires("customers.import")
def imports() -> str:
    """Show earlier files and the form for a new one."""
    return render_template("customers/imports.html", form=UploadForm(), imports=list_imports())


@blueprint.post("/imports")
@access.requires("customers.import")
@takes_files(LARGEST_FILE + 2 * MEGABYTE)
def upload() -> Answer:
    """Take a file in and go on to its columns."""
    form = UploadForm()
    if form.validate():
        try:
            taken = _taken(form)
        except FileError as error:
            form.file.errors = [str(error)]
        else:
            step = "customers.map_columns" if taken.encoding else "customers.choose_encoding"
            return redirect(url_for(step, import_id=taken.id), 303)
    db.session.rollback()
    return render_template("customers/imports.html", form=form, imports=list_imports()), 422


@blueprint.get("/imports/<int:import_id>/encoding")
@access.requires("customers.import")
def choose_encoding(import_id: int) -> Answer:
    """Ask how a file is read that is not in Unicode, or whose cells look wrong."""
    taken = open_import(import_id)
    form = ReadingForm(encoding=taken.encoding or "cp1252", separator=taken.separator or "")
    return _reading_page(taken, form)


@blueprint.post("/imports/<int:import_id>/encoding")
@access.requires("customers.import")
def settle_encoding(import_id: int) -> Answer:
    """Read the file as was chosen."""
    taken, form = open_import(import_id), ReadingForm()
    if form.validate() and taken.encoding != SHEET_OF_WORKBOOK:
        taken.encoding, taken.separator = form.encoding.data, form.separator.data or None
        try:
            importing.suggest_mapping(taken)
        except FileError as error:
            form.encoding.errors = [str(error)]
        else:
            db.session.commit()
            return redirect(url_for("customers.map_columns", import_id=import_id), 303)
    db.session.rollback()
    return _reading_page(open_import(import_id), form), 422


@blueprint.get("/imports/<int:import_id>/columns")
@access.requires("customers.import")
def map_columns(import_id: int) -> Answer:
    """Ask what each column is, with a likely answer chosen."""
    taken = open_import(import_id)
    chosen = choices_of(taken.options).stored() | {"basis": taken.basis or "legitimate-interest"}
    return _columns_page(
        taken, choices_form(taken.subject, data=chosen | {"wording": taken.wording}), taken.mapping, []
    )


@blueprint.post("/imports/<int:import_id>/columns")
@access.requires("customers.import")
def settle_columns(import_id: int) -> Answer:
    """Settle what each column is and go on to the preview."""
    taken = open_import(import_id)
    form = choices_form(taken.subject)
    headers = importing.sheet_of(taken).headers
    mapping = {name: request.form.get(f"column-{n}", "") for n, name in enumerate(headers)}
    if not form.validate():
        return _columns_page(taken, form, mapping, []), 422
    try:
        importing.map_columns(taken, mapping, headers)
    except CustomerError as error:
        return _columns_page(taken, form, mapping, list(error.problems.values())), 422
    taken.basis, taken.wording = form.basis.data or "", form.wording.data or ""
    taken.options = choices_in(form).stored()
    db.session.commit()
    return redirect(url_for("customers.preview", import_id=import_id), 303)


@blueprint.get("/imports/<int:import_id>/preview")
@access.requires("customers.import")
def preview(import_id: int) -> str:
    """Show what the import would do."""
    taken = open_import(import_id)
    trial = importing.try_out(taken, datetime.now(UTC), MOST_PREVIEWED)
    return render_template("customers/preview.html", taken=taken, trial=trial, most=MOST_PREVIEWED)


def open_import(import_id: int) -> CustomerImport:
    """Return an import whose file is still kept; another one is answered as if it were not there."""
    taken = find_import(import_id)
    if taken is None or not _may_start(taken) or not is_kept(taken.id):
        abort(404)
    return taken


def _may_start(taken: CustomerImport) -> bool:
    """Return whether an import waits for a person: not started yet, stopped, or given up by the worker."""
    if taken.state in AT_WORK:
        job = find_job(taken.job_id) if taken.job_id else None
        return job is None or job.state not in AT_WORK
    return taken.state in {"uploaded", "stopped"}


def _taken(form: UploadForm) -> CustomerImport:
    """Keep the file piece by piece, each in a transaction of its own, so that nobody waits for a large one."""
    wanted = importing.Upload(form.file.data.filename or "", form.source.data.strip(), form.subject.data)
    with form.file.data.stream as stream:
        return importing.kept_file(wanted, stream, datetime.now(UTC), g.staff_user.id, commit=db.session.commit)


def _reading_page(taken: CustomerImport, form: ReadingForm) -> str:
    shown = samples_of(beginning(taken.id))
    return render_template(
        "customers/choose_encoding.html", taken=taken, form=form, samples=shown, encodings=OLD_ENCODINGS
    )


def _columns_page(taken: CustomerImport, form: ChoicesForm, mapping: dict[str, str], problems: list[str]) -> str:
    sheet = importing.sheet_of(taken)
    lines = [line.cells for line in islice(sheet.lines(), 3) if line.problem is None]
    examples = [" · ".join(cells[n][:40] for cells in lines if cells[n].strip()) for n in range(len(sheet.headers))]
    return render_template(
        "customers/map_columns.html",
        taken=taken,
        form=form,
        columns=list(zip(sheet.headers, examples, strict=True)),
        mapping=mapping,
        targets=target_labels(taken.subject, importing.known_attributes()),
        problems=problems,
        encoding=ENCODING_NAMES.get(taken.encoding or "", ""),
        separator=SEPARATOR_NAMES.get(taken.separator or "", ""),
    )
