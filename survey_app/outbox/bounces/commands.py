"""`survey-app bounces ingest`: take in what came back, from a pipe, a file, an mbox or a maildir.

Exit codes: 0 everything was read, whatever it meant; 2 the path cannot be read; 75 try again later (the database
does not answer), which mail servers understand and hand the mail over once more.
"""

from __future__ import annotations

import json
import mailbox
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from survey_app.extensions import db, writing
from survey_app.outbox.bounces.ingesting import ingest
from survey_app.outbox.bounces.values import Taken, Tally

TRY_LATER = 75
# A pipe brings one mail; the rest of a larger one is of no use to us.
LONGEST_PIPE = 12_000_000

bounces = AppGroup("bounces", help="Mail that came back.")


@bounces.command(name="ingest")
@click.argument("path", default="-", type=click.Path(exists=True, allow_dash=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--dry-run", is_flag=True, help="Say what each mail means and record nothing.")
def ingest_mails(path: Path, *, as_json: bool, dry_run: bool) -> None:
    """Take in one mail from standard input or a file, or all of an mbox or a maildir.

    Exits with 0 when everything was read, whatever it meant, and with 75 when it should be tried again later.
    """
    source = "pipe" if str(path) == "-" else "file"
    rows: list[dict[str, Any]] = []
    tally = Tally()
    try:
        for raw in _mails(path):
            with writing():
                taken = ingest(raw, source, datetime.now(UTC), is_rehearsal=dry_run)
                rows += [shown(each) for each in taken]
                tally.add(taken)
                db.session.commit()
    except SQLAlchemyError as error:
        click.echo(f"The database cannot be used now: {type(error).__name__}. Try again later.", err=True)
        sys.exit(TRY_LATER)
    if as_json:
        found = {"mails": tally.n_mails, "verdicts": tally.by_verdict, "dry_run": dry_run, "results": rows}
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for row in rows:
        click.echo(_line(row))


def shown(taken: Taken) -> dict[str, Any]:
    """Return what became of one report, as it is printed."""
    return {
        "verdict": taken.verdict.value,
        "mail_id": taken.mail_id,
        "recipient": taken.recipient or None,
        "status": taken.status or None,
        "note": taken.note or None,
        "is_new": taken.is_new,
        "suppressed_as": taken.suppressed_as or None,
    }


def _line(row: dict[str, Any]) -> str:
    about = f"mail {row['mail_id']} to {row['recipient']}" if row["mail_id"] else row["note"] or "-"
    words = [
        row["verdict"],
        about,
        row["status"],
        f"suppressed as {row['suppressed_as']}" if row["suppressed_as"] else "",
    ]
    return "  ".join(word for word in words if word) + ("" if row["is_new"] or not row["mail_id"] else "  (known)")


def _mails(path: Path) -> Iterator[bytes]:
    if str(path) == "-":
        yield sys.stdin.buffer.read(LONGEST_PIPE)
    elif path.is_dir():
        yield from _maildir(path)
    else:
        with path.open("rb") as file:
            is_mbox = file.read(5) == b"From "
        yield from _mbox(path) if is_mbox else iter((path.read_bytes(),))


def _mbox(path: Path) -> Iterator[bytes]:
    with closing(mailbox.mbox(path, create=False)) as box:
        for key in box.iterkeys():
            yield box.get_bytes(key)


def _maildir(path: Path) -> Iterator[bytes]:
    folders = [path / "new", path / "cur"] if (path / "cur").is_dir() else [path]
    for folder in folders:
        for file in sorted(each for each in folder.glob("*") if each.is_file()):
            yield file.read_bytes()
