"""The suppression list as a CSV file: out whole, in only ever as an addition. The caller commits."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO

from flask_babel import gettext as _

from survey_app.outbox.listeners import SuppressionChange, tell_suppression
from survey_app.outbox.models import REASONS
from survey_app.outbox.operations import suppress
from survey_app.outbox.queries import find_suppression
from survey_app.outbox.rules import AddressError, checked_address
from survey_app.outbox.suppressions.lists import all_suppressions
from survey_app.web.csv_cells import csv_text, unguarded
from survey_app.web.forms import clean_text

COLUMNS = ("address", "reason", "source", "since", "note")
MOST_ROWS = 10_000
MOST_FAULTS = 20


@dataclass(slots=True)
class Added:
    """What a file brought: how many are new, how many stood already, and what is wrong with the other lines."""

    n_added: int = 0
    n_known: int = 0
    faults: list[str] = field(default_factory=list)
    n_faults: int = 0

    def refuse(self, line: int, reason: str) -> None:
        """Note a line that cannot be taken; the first twenty are told."""
        self.n_faults += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(_("Line %(n)s: %(reason)s", n=line, reason=reason))


class FileError(ValueError):
    """A file that cannot be read as a list of addresses; the message says why, in words."""


def exported() -> str:
    """Return the whole list as CSV, in the form in which it can be brought in again."""
    rows = [
        (each.address_key, each.reason, each.source, each.created_at.astimezone(UTC).isoformat(), each.note)
        for each in all_suppressions()
    ]
    tell_suppression(SuppressionChange("exported", 0, "", "", "page", f"{len(rows)}", by_staff=True))
    return csv_text([COLUMNS, *rows])


def bring_in(content: bytes, now: datetime) -> Added:
    """Add every address of a file: a column `address`, and where there is one, `reason`; nothing is ever lifted."""
    rows = _rows(content)
    header = [cell.strip().casefold() for cell in rows[0]]
    if "address" not in header:
        raise FileError(_("The first line must name the columns: address, and if you like reason and note."))
    added = Added()
    for line, row in enumerate(rows[1:], start=2):
        cells = dict(zip(header, (clean_text(unguarded(cell)).strip() for cell in row), strict=False))
        if any(cells.values()):
            _add(cells, line, added, now)
    told = f"{added.n_added} added, {added.n_known} known, {added.n_faults} refused"
    tell_suppression(SuppressionChange("imported", 0, "", "", "page", told, by_staff=True))
    return added


def _add(cells: dict[str, str], line: int, added: Added, now: datetime) -> None:
    reason = cells.get("reason") or "manual"
    if reason not in REASONS:
        added.refuse(line, _("the reason must be one of %(reasons)s.", reasons=", ".join(REASONS)))
        return
    try:
        address = checked_address(cells.get("address", ""))
    except AddressError:
        added.refuse(line, _("%(address)s is not a mail address.", address=cells.get("address", "")[:80] or "–"))  # noqa: RUF001 - a dash for nothing
        return
    if find_suppression(address, reason):
        added.n_known += 1
        return
    suppress(address, reason, "file", now).note = cells.get("note", "")[:500]
    added.n_added += 1


def _rows(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(_("The file is not written in UTF-8. Save it as CSV UTF-8 and choose it again.")) from error
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise FileError(_("The file cannot be read as CSV.")) from error
    if not rows:
        raise FileError(_("The file is empty."))
    if len(rows) > MOST_ROWS + 1:
        raise FileError(
            _("A file may have at most %(n)s lines. Split it and bring the parts in one by one.", n=MOST_ROWS)
        )
    return rows
