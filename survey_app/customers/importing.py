"""Imports of customers and interactions: a file taken in, tried out, put down as work, and applied in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import BinaryIO
from zoneinfo import available_timezones

from flask_babel import gettext as _
from sqlalchemy import inspect, select

from survey_app.customers.imports.applying import Counts, Intake
from survey_app.customers.imports.checks import Checks
from survey_app.customers.imports.choices import choices_of
from survey_app.customers.imports.columns import Attributes, check_mapping, new_attributes, settled, suggest
from survey_app.customers.imports.companies import Companies
from survey_app.customers.imports.files import MOST_ROWS, FileError, Sheet, open_sheet
from survey_app.customers.imports.reading import Meaning, Reading, readings
from survey_app.customers.imports.recording import Recording
from survey_app.customers.imports.staging import Parts, is_kept, stage
from survey_app.customers.models import AttributeDefinition, CustomerImport
from survey_app.customers.operations import ConsentEntry, define_attribute
from survey_app.customers.rules import SOURCE, CustomerError, Kind, clean_text
from survey_app.customers.vocabulary import attribute_kinds, list_attributes
from survey_app.extensions import db
from survey_app.jobs.operations import enqueue

TASK = "customers.import"
# On which basis customers may be asked: settled once for the file by the person who brings it, never by a column.
BASES = ("legitimate-interest", "consent", "")
# Rows looked at together: the most that a write lock of a tenth of a second takes in on slow machines.
MOST_TOGETHER = 1000


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came, what it holds, and the system its numbers come from."""

    file_name: str
    source: str = "crm"
    subject: str = "customers"
    encoding: str | None = None
    separator: str | None = None


@dataclass(slots=True)
class Trial(Counts):
    """What an import would do with the rows that were looked at."""

    examples: dict[str, list[Reading]] = field(default_factory=dict)
    is_whole: bool = True

    @property
    def n_rows(self) -> int:
        """Return how many rows were looked at."""
        return self.n_created + self.n_changed + self.n_unchanged + len(self.refused)


def kept_file(
    upload: Upload,
    stream: BinaryIO,
    now: datetime,
    started_by_id: int | None = None,
    *,
    commit: Callable[[], None],
) -> CustomerImport:
    """Take a file in, committing after each piece so that nobody waits for a large one, and suggest its columns.

    Raise FileError, in words, where the file cannot be read; nothing of it is kept then.
    """
    if not SOURCE.fullmatch(upload.source):
        raise FileError(_("A source is named by small letters, digits, - and _, such as crm."))
    taken = blank_import(upload, now)
    taken.started_by_id = started_by_id
    db.session.add(taken)
    db.session.flush()
    try:
        for _number in stage(taken, stream):
            commit()
        taken.encoding = taken.encoding or upload.encoding
        if taken.encoding:
            suggest_mapping(taken)
    except FileError:
        give_up(taken)
        commit()
        raise
    commit()
    return taken


def give_up(taken: CustomerImport) -> None:
    """Leave nothing of a file that cannot be read."""
    import_id = inspect(taken).identity
    db.session.rollback()
    left = db.session.get(CustomerImport, import_id[0]) if import_id else None
    if left is not None:
        db.session.delete(left)
        db.session.flush()


def blank_import(upload: Upload, now: datetime) -> CustomerImport:
    """Return the row of a file, before anything of it was read."""
    return CustomerImport(
        file_name=clean_text(upload.file_name)[:300] or "file.csv",
        source=upload.source,
        subject=upload.subject,
        separator=upload.separator,
        mapping={},
        options={},
        n_rows=0,
        created_at=now,
    )


def suggest_mapping(taken: CustomerImport, sheet: Sheet | None = None) -> None:
    """Fill in what the columns probably are: as with the last file of this source, else by their names."""
    sheet = sheet or sheet_of(taken)
    same = (CustomerImport.source == taken.source, CustomerImport.subject == taken.subject)
    last = select(CustomerImport.mapping, CustomerImport.options).where(*same, CustomerImport.state == "done")
    remembered = db.session.execute(last.order_by(CustomerImport.id.desc()).limit(1)).first()
    taken.separator = sheet.separator
    taken.mapping = suggest(sheet.headers, taken.subject, known_attributes(), remembered[0] if remembered else {})
    taken.options = (remembered[1] if remembered else {}) | (taken.options or {})
    taken.n_rows = sum(1 for _line in sheet.lines())
    if taken.n_rows > MOST_ROWS:
        raise FileError(_("A file has at most %(n)s rows. Split it and upload the parts.", n=MOST_ROWS))


def map_columns(taken: CustomerImport, mapping: dict[str, str], headers: list[str]) -> None:
    """Settle what the columns are; raise CustomerError, in words, where that cannot be."""
    problems = check_mapping(mapping, headers, taken.subject, known_attributes())
    problems += _clashes(mapping)
    if problems:
        raise CustomerError({"mapping": " ".join(problems)})
    taken.mapping = {name: mapping.get(name, "") for name in headers}


def is_zone(name: str) -> bool:
    """Return whether a time zone has this name."""
    return name in available_timezones()


def known_attributes() -> Attributes:
    """Return the attributes that a column may hold."""
    return Attributes.of(list_attributes(), list_attributes("company"))


def sheet_of(taken: CustomerImport) -> Sheet:
    """Return the opened file; raise FileError where it is gone or cannot be read."""
    if taken.encoding is None or not is_kept(taken.id):
        raise FileError(_("The file is no longer kept. Upload it again."))
    return open_sheet(Parts(taken.id), taken.encoding, taken.separator)


def meaning_of(taken: CustomerImport) -> Meaning:
    """Return how the lines of a file are read."""
    choices = choices_of(taken.options or {})
    kinds = attribute_kinds() | dict(new_attributes(taken.mapping).values())
    if choices.adds_choices:
        # Any value is fine: those that are new become choices when they are stored.
        kinds = {code: Kind(kind) for code, kind in kinds.items()}
    company_kinds = attribute_kinds("company")
    return Meaning(settled(taken.mapping), taken.source, Checks(kinds), company_kinds, taken.subject, choices)


def intake_of(taken: CustomerImport, meaning: Meaning, now: datetime) -> Intake | Recording:
    """Return how the rows of a file are applied."""
    entry = None
    if taken.basis:
        entry = ConsentEntry(is_given=True, basis=taken.basis, source=taken.file_name[:200], wording=taken.wording)
    intake = Intake(meaning.checks, Companies(meaning.company_kinds), taken.file_name[:200], entry, now)
    if taken.subject == "interactions":
        return Recording(intake, meaning.choices.adds_customers, now)
    return intake


def try_out(taken: CustomerImport, now: datetime, most: int | None = None, sheet: Sheet | None = None) -> Trial:
    """Return what the import would do with the file, or with its first rows, without doing it."""
    trial, meaning = Trial(), meaning_of(taken)
    intake = intake_of(taken, meaning, now)
    read = readings(sheet or sheet_of(taken), meaning)
    for rows in chunks(islice(read, most)):
        for outcome, reading in intake.weigh(rows):
            _count(trial, outcome, reading)
    trial.is_whole = next(read, None) is None
    return trial


def chunks(rows: Iterable[Reading], size: int = MOST_TOGETHER) -> Iterator[list[Reading]]:
    """Yield rows in lists of this size."""
    each = iter(rows)
    while some := list(islice(each, size)):
        yield some


def start_import(taken: CustomerImport) -> None:
    """Put the import down as work; new attributes are made first."""
    for header, (code, kind) in new_attributes(taken.mapping).items():
        define_attribute(code, header, kind)
    taken.mapping = settled(taken.mapping)
    taken.state = "waiting"
    taken.job_id = enqueue(TASK, taken.id, coalesce=True).id


def _count(trial: Trial, outcome: str, reading: Reading, n_examples: int = 5) -> None:
    if outcome == "refused":
        trial.refused.append(reading)
        return
    trial.add(outcome)
    some = trial.examples.setdefault(outcome, [])
    if len(some) < n_examples:
        some.append(reading)


def _clashes(mapping: dict[str, str]) -> list[str]:
    """Return, in words, which new attributes have the code of one that is there already."""
    known = {each.code: each for each in db.session.scalars(select(AttributeDefinition))}
    return [
        _("There is already an attribute %(code)s. Choose it for the column %(name)s.", code=code, name=name)
        for name, (code, _kind) in new_attributes(mapping).items()
        if code in known
    ]
