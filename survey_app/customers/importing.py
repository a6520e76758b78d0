"""Imports of customers: a file taken in, tried out, put down as work, and applied row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from survey_app.customers.imports.columns import check_mapping, new_attributes, settled, suggest
from survey_app.customers.imports.files import FileError, Sheet, encoding_of, open_sheet
from survey_app.customers.imports.reading import Meaning, Reading, readings
from survey_app.customers.matching import differences, match
from survey_app.customers.models import AttributeDefinition, CustomerImport, RefusedRow
from survey_app.customers.operations import (
    ConsentEntry,
    define_attribute,
    find_known,
    record_consent,
    save_customer,
)
from survey_app.customers.queries import consents_of
from survey_app.customers.rules import SOURCE, CustomerError, CustomerRecord, clean_text
from survey_app.customers.vocabulary import attribute_kinds, list_attributes
from survey_app.extensions import db
from survey_app.jobs.operations import enqueue

TASK = "customers.import"
# On which basis customers may be asked: settled once for the file by the person who brings it, never by a column.
BASES = ("legitimate-interest", "consent", "")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came, and the system its customer numbers come from."""

    file_name: str
    content: bytes
    source: str = "crm"
    encoding: str | None = None


@dataclass(slots=True)
class Trial:
    """What an import would do with the rows that were looked at."""

    n_created: int = 0
    n_changed: int = 0
    n_unchanged: int = 0
    refused: list[Reading] = field(default_factory=list)
    examples: list[tuple[str, CustomerRecord]] = field(default_factory=list)
    is_whole: bool = True

    @property
    def n_rows(self) -> int:
        """Return how many rows were looked at."""
        return self.n_created + self.n_changed + self.n_unchanged + len(self.refused)


def take_file(upload: Upload, now: datetime, started_by_id: int | None = None) -> CustomerImport:
    """Take a file in and suggest what its columns are; raise FileError, in words, where it cannot be read."""
    if not SOURCE.fullmatch(upload.source):
        raise FileError(_("A source is named by small letters, digits, - and _, such as crm."))
    taken = CustomerImport(
        file_name=clean_text(upload.file_name)[:300] or "customers.csv",
        source=upload.source,
        content=upload.content,
        encoding=upload.encoding or encoding_of(upload.content),
        started_by_id=started_by_id,
        created_at=now,
    )
    if taken.encoding:
        suggest_mapping(taken)
    db.session.add(taken)
    db.session.flush()
    return taken


def suggest_mapping(taken: CustomerImport) -> None:
    """Fill in what the columns probably are: as with the last file of this source, else by their names."""
    sheet = sheet_of(taken)
    labels = {each.code: each.label for each in list_attributes()}
    last = select(CustomerImport.mapping).where(CustomerImport.source == taken.source, CustomerImport.state == "done")
    remembered = db.session.scalar(last.order_by(CustomerImport.id.desc()).limit(1)) or {}
    taken.mapping = suggest(sheet.headers, labels, remembered)
    taken.n_rows = sum(1 for _line in sheet.lines())


def map_columns(taken: CustomerImport, mapping: dict[str, str]) -> None:
    """Settle what the columns are; raise CustomerError, in words, where that cannot be."""
    problems = check_mapping(mapping, sheet_of(taken).headers, {each.code: each.label for each in list_attributes()})
    problems += _clashes(mapping)
    if problems:
        raise CustomerError({"mapping": " ".join(problems)})
    taken.mapping = mapping


def sheet_of(taken: CustomerImport) -> Sheet:
    """Return the opened file; raise FileError where it is gone or cannot be read."""
    if taken.content is None or taken.encoding is None:
        raise FileError(_("The file is no longer kept. Upload it again."))
    return open_sheet(taken.content, taken.encoding)


def try_out(taken: CustomerImport, most: int | None = None) -> Trial:
    """Return what the import would do with the file, or with its first rows, without doing it."""
    trial, kinds = Trial(), _kinds(taken)
    read = readings(sheet_of(taken), Meaning(settled(taken.mapping), taken.source, kinds))
    for reading in islice(read, most):
        _try_one(trial, reading, kinds)
    trial.is_whole = next(read, None) is None
    return trial


def start_import(taken: CustomerImport) -> None:
    """Put the import down as work; new attributes are made first."""
    for header, (code, kind) in new_attributes(taken.mapping).items():
        define_attribute(code, header, kind)
    taken.mapping = settled(taken.mapping)
    taken.state = "waiting"
    taken.job_id = enqueue(TASK, taken.id, coalesce=True).id


def remaining(taken: CustomerImport) -> Iterator[Reading]:
    """Yield the rows that have not been applied yet."""
    read = readings(sheet_of(taken), Meaning(taken.mapping, taken.source, attribute_kinds()))
    return islice(read, taken.n_applied, None)


def apply_row(taken: CustomerImport, reading: Reading, now: datetime) -> None:
    """Apply one row and count what became of it; a refused row is kept with its reason."""
    reason = reading.reason
    if reading.record is not None:
        try:
            _save(taken, reading.record, now)
        except CustomerError as error:
            reason = str(error)
    if reason is not None:
        refused: dict[str, Any] = {"cells": reading.cells}
        db.session.add(RefusedRow(import_id=taken.id, line=reading.line, reason=reason, row=refused))
        taken.n_refused += 1
    taken.n_applied += 1


def _save(taken: CustomerImport, record: CustomerRecord, now: datetime) -> None:
    customer, outcome = save_customer(record, now)
    column = f"n_{outcome}"
    setattr(taken, column, getattr(taken, column) + 1)
    if taken.basis and customer.id not in consents_of([customer.id]):
        entry = ConsentEntry(is_given=True, basis=taken.basis, source=taken.file_name, wording=taken.wording)
        record_consent(customer, entry, now)


def _try_one(trial: Trial, reading: Reading, kinds: dict[str, str], n_examples: int = 10) -> None:
    outcome, reason = "", reading.reason
    if reading.record is not None:
        try:
            outcome = _outcome(reading.record, kinds)
        except CustomerError as error:
            reason = str(error)
    if reading.record is None or reason is not None:
        trial.refused.append(Reading(reading.line, None, reason, reading.cells))
        return
    column = f"n_{outcome}"
    setattr(trial, column, getattr(trial, column) + 1)
    if len(trial.examples) < n_examples:
        trial.examples.append((outcome, reading.record))


def _outcome(record: CustomerRecord, kinds: dict[str, str]) -> str:
    customer = match(record, find_known(record))
    if customer is None:
        return "created"
    return "changed" if differences(customer, record, kinds) else "unchanged"


def _kinds(taken: CustomerImport) -> dict[str, str]:
    return attribute_kinds() | dict(new_attributes(taken.mapping).values())


def _clashes(mapping: dict[str, str]) -> list[str]:
    """Return, in words, which new attributes have the code of one that is there already."""
    known = {each.code: each for each in db.session.scalars(select(AttributeDefinition))}
    return [
        _("There is already an attribute %(code)s. Choose it for the column %(name)s.", code=code, name=name)
        for name, (code, _kind) in new_attributes(mapping).items()
        if code in known
    ]
