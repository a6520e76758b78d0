"""What a worker does for one import: rows in chunks, each its own transaction, resumable after any interruption."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from time import monotonic

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.orm.attributes import flag_modified

from survey_app.accounts.operations import record
from survey_app.accounts.queries import find_staff
from survey_app.customers.importing import MOST_TOGETHER, intake_of, meaning_of, sheet_of
from survey_app.customers.imports.applying import Counts, Intake
from survey_app.customers.imports.bulk_rows import insert_rows
from survey_app.customers.imports.files import FileError
from survey_app.customers.imports.reading import Meaning, Reading, readings
from survey_app.customers.imports.recording import Recording
from survey_app.customers.imports.staging import discard
from survey_app.customers.models import AttributeDefinition, CustomerImport, ImportPart, RefusedRow
from survey_app.customers.rules import fold
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.web.languages import choose_language

# Others may write between two chunks; a chunk holds the lock for no longer than this.
CHUNK_SECONDS = 0.08
FEWEST_TOGETHER = 50
KEPT_WITHOUT_IMPORT = timedelta(days=7)


class Overtaken(Exception):  # noqa: N818 - no fault: somebody else stopped the import or goes on with it
    """The import is no longer this worker's to go on with."""


def import_customers(run: JobRun) -> None:
    """Apply the rows of one import that have not been applied yet."""
    taken = db.session.get_one(CustomerImport, run.subject_id)
    import_id, n_done = taken.id, taken.n_applied
    if taken.state not in {"waiting", "running"}:
        return
    _speak_for(taken)
    try:
        meaning = meaning_of(taken)
        intake = intake_of(taken, meaning, run.now)
        rows = readings(sheet_of(taken), meaning)
        # Rows that are done already are read again here, while nobody waits for a lock.
        _skip(rows, n_done)
        db.session.rollback()
        _set_running(import_id)
        if _apply_all(run, import_id, rows, _Worker(intake, meaning, n_done)):
            _finish(import_id)
    except FileError as error:
        _refuse(import_id, str(error))
    except Overtaken:
        db.session.rollback()


class _Worker:
    """What one run of an import knows: how rows are applied, and how far it is."""

    def __init__(self, intake: Intake | Recording, meaning: Meaning, n_done: int) -> None:
        self.intake, self.meaning, self.n_done = intake, meaning, n_done
        self.size = FEWEST_TOGETHER


def forget_files(run: JobRun) -> None:
    """Delete the files of imports that nobody went on with for a week."""
    old = CustomerImport.created_at < run.now - KEPT_WITHOUT_IMPORT
    left = CustomerImport.state.in_(("uploaded", "stopped", "refused"))
    forgotten = select(CustomerImport.id).where(old, left)
    with writing():
        db.session.execute(delete(ImportPart).where(ImportPart.import_id.in_(forgotten)))
        db.session.commit()


def _skip(rows: Iterator[Reading], n: int) -> None:
    for _row in islice(rows, n):
        pass


def _set_running(import_id: int) -> None:
    with writing():
        waits = (CustomerImport.id == import_id, CustomerImport.state.in_(("waiting", "running")))
        db.session.execute(update(CustomerImport).where(*waits).values(state="running"))
        db.session.commit()


def _apply_all(run: JobRun, import_id: int, rows: Iterator[Reading], worker: _Worker) -> bool:
    """Apply rows until none is left; return whether that was reached, not stopped."""
    while some := list(islice(rows, worker.size)):
        # What reading asked of the database ends here, before the lock is taken.
        db.session.rollback()
        if run.stop_requested():
            return False
        since = monotonic()
        with writing():
            _apply(import_id, some, worker)
            db.session.commit()
        _settle_size(worker, monotonic() - since)
        _tell(run, import_id, worker.n_done)
    return True


def _apply(import_id: int, rows: list[Reading], worker: _Worker) -> None:
    """Apply some rows in one transaction, with the mark of how far the import is."""
    taken = db.session.get_one(CustomerImport, import_id, with_for_update=True, populate_existing=True)
    if taken.state != "running" or taken.n_applied != worker.n_done:
        raise Overtaken
    try:
        counts = worker.intake.apply(rows)
    except BaseException:
        worker.intake.forget()
        raise
    _add_choices(rows, worker.meaning)
    _keep_refused(import_id, counts)
    taken.n_created += counts.n_created
    taken.n_changed += counts.n_changed
    taken.n_unchanged += counts.n_unchanged
    taken.n_refused += len(counts.refused)
    taken.n_applied += len(rows)
    worker.n_done = taken.n_applied


def _keep_refused(import_id: int, counts: Counts) -> None:
    kept = [
        {"import_id": import_id, "line": each.line, "reason": each.reason, "row": {"cells": each.cells}}
        for each in counts.refused
    ]
    insert_rows(RefusedRow, kept)


def _add_choices(rows: list[Reading], meaning: Meaning) -> None:
    """Make the values of these rows choices of their attributes, where somebody chose that for the file."""
    if not meaning.choices.adds_choices:
        return
    stated: dict[str, set[str]] = defaultdict(set)
    for each in rows:
        for code, text in (each.record.attributes if each.record else {}).items():
            stated[code].add(text)
    listed = select(AttributeDefinition).where(
        AttributeDefinition.kind == "choice", AttributeDefinition.code.in_(stated)
    )
    for definition in db.session.scalars(listed):
        known = {fold(choice) for choice in definition.choices}
        new = sorted(value for value in stated[definition.code] if fold(value) not in known)
        if definition.choices and new:
            definition.choices = [*definition.choices, *new]
            flag_modified(definition, "choices")


def _settle_size(worker: _Worker, seconds: float) -> None:
    """Take more rows together while that is quick, and fewer where it is not."""
    if seconds > CHUNK_SECONDS:
        worker.size = max(worker.size // 2, FEWEST_TOGETHER)
    elif seconds < CHUNK_SECONDS / 2:
        worker.size = min(worker.size * 2, MOST_TOGETHER)


def _finish(import_id: int) -> None:
    with writing():
        taken = db.session.get_one(CustomerImport, import_id, populate_existing=True)
        if taken.state == "running":
            taken.state = "done"
            discard(import_id)
            counts = {"created": taken.n_created, "changed": taken.n_changed, "refused": taken.n_refused}
            record(f"{taken.subject}.imported", "customer_import", str(taken.id), source=taken.source, **counts)
        db.session.commit()


def _refuse(import_id: int, reason: str) -> None:
    db.session.rollback()
    with writing():
        taken = db.session.get_one(CustomerImport, import_id, populate_existing=True)
        taken.state, taken.error = "refused", reason
        discard(import_id)
        db.session.commit()


def _speak_for(taken: CustomerImport) -> None:
    """Write reasons in the language of the person who brought the file."""
    starter = find_staff(taken.started_by_id) if taken.started_by_id else None
    choose_language(starter.language if starter else "en")


def _tell(run: JobRun, import_id: int, n_done: int) -> None:
    n_rows = db.session.scalar(select(CustomerImport.n_rows).where(CustomerImport.id == import_id)) or 1
    db.session.rollback()
    run.report_progress(n_done / n_rows, _("%(done)s of %(all)s rows", done=n_done, all=n_rows))
