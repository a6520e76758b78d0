"""What a worker does for one import: rows in chunks, each its own transaction, resumable after any interruption."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from time import monotonic

from flask_babel import gettext as _
from sqlalchemy import update

from survey_app.accounts.operations import record
from survey_app.accounts.queries import find_staff
from survey_app.customers.importing import apply_row, remaining
from survey_app.customers.imports.files import FileError
from survey_app.customers.imports.reading import Reading
from survey_app.customers.models import CustomerImport
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.web.languages import choose_language

# Others may write between two chunks; a chunk holds the lock for no longer than this.
CHUNK_SECONDS = 0.08
KEPT_WITHOUT_IMPORT = timedelta(days=7)


def import_customers(run: JobRun) -> None:
    """Apply the rows of one import that have not been applied yet."""
    with writing():
        taken = db.session.get_one(CustomerImport, run.subject_id)
        if taken.state not in {"waiting", "running"}:
            return
        _speak_for(taken)
        taken.state = "running"
        try:
            rows = remaining(taken)
        except FileError as error:
            taken.state, taken.error, taken.content = "refused", str(error), None
            db.session.commit()
            return
        db.session.commit()
        # Rows that are done already are read again here, while nobody waits for a lock.
        first = next(rows, None)
        if _apply_all(run, taken, chain([first] if first else [], rows)):
            _finish(taken)
        db.session.commit()


def forget_files(run: JobRun) -> None:
    """Delete the files of imports that nobody went on with for a week."""
    old = CustomerImport.created_at < run.now - KEPT_WITHOUT_IMPORT
    left = CustomerImport.state.in_(("uploaded", "stopped"))
    with writing():
        db.session.execute(
            update(CustomerImport).where(old, left, CustomerImport.content.is_not(None)).values(content=None)
        )
        db.session.commit()


def _apply_all(run: JobRun, taken: CustomerImport, rows: Iterator[Reading]) -> bool:
    """Apply rows until none is left; return whether that was reached, not stopped."""
    since = monotonic()
    for reading in rows:
        if monotonic() - since > CHUNK_SECONDS:
            _tell(run, taken)
            db.session.commit()
            if run.stop_requested() or taken.state == "stopped":
                return False
            since = monotonic()
        apply_row(taken, reading, run.now)
    return True


def _finish(taken: CustomerImport) -> None:
    taken.state, taken.content = "done", None
    counts = {"created": taken.n_created, "changed": taken.n_changed, "refused": taken.n_refused}
    record("customers.imported", "customer_import", str(taken.id), source=taken.source, **counts)


def _speak_for(taken: CustomerImport) -> None:
    """Write reasons in the language of the person who brought the file."""
    starter = find_staff(taken.started_by_id) if taken.started_by_id else None
    choose_language(starter.language if starter else "en")


def _tell(run: JobRun, taken: CustomerImport) -> None:
    share = taken.n_applied / max(taken.n_rows, 1)
    run.report_progress(share, _("%(done)s of %(all)s rows", done=taken.n_applied, all=taken.n_rows))
