"""An import beside a bare INSERT of the same rows and the check of their addresses; and the memory of a million.

`python -m tests.benchmarks.importing` measures both; `worker DATABASE_URL IMPORT_ID` is one import in a process of its
own, which says how long it took and how much memory it had at most.
"""

from __future__ import annotations

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from email_validator import validate_email
from flask import Flask
from flask_migrate import upgrade

from survey_app import create_app
from survey_app.customers import importing, tasks
from survey_app.customers.models import CustomerImport
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from tests.benchmarks.journeys import installation
from tests.benchmarks.stores import store

N_ROWS = 100_000
MOST_SECONDS = 20.0
MOST_RATIO = 1.5
MOST_MB = 300.0
NAMES = ("Nguyễn Thị Ánh", "María López", "John Miller", "Trần Văn Hùng", "Søren Holm", "O'Brien", "Anna Schmidt")
NEW = {"Branch": "new:choice", "Since": "new:date", "Turnover": "new:number", "Note": "new:text"}
HEAD = "Customer number,Full name,E-mail,Phone,Language,Company,Branch,Since,Turnover,Note\n"


def lines(n_rows: int) -> Iterator[str]:
    """Yield a realistic file of customers."""
    yield HEAD
    for n in range(n_rows):
        yield (
            f"{n},{NAMES[n % 7]} {n},person.{n}@mail{n % 300}.example.org,+84 90 {n:07d},{('vi', 'es', 'en')[n % 3]},"
            f"Company {n % 5000},{('Hanoi', 'Madrid', 'Lima')[n % 3]},2024-0{n % 9 + 1}-11,{n * 1.5},note {n}\n"
        )


def keep(app: Flask, n_rows: int) -> int:
    """Take such a file in and settle its columns; return the import's id."""
    content = BytesIO("".join(lines(n_rows)).encode())
    with app.app_context(), writing():
        upload = importing.Upload("people.csv")
        taken = importing.kept_file(upload, content, datetime.now(UTC), commit=db.session.commit)
        known = importing.known_attributes().customer
        mapping = taken.mapping | ({} if "branch" in known else NEW)
        importing.map_columns(taken, mapping, list(taken.mapping))
        taken.basis, taken.wording = "legitimate-interest", "Terms of 2024"
        importing.start_import(taken)
        db.session.commit()
        return taken.id


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds on the clock and seconds of the processor."""

    wall: float
    cpu: float


@dataclass(slots=True)
class Watch:
    """Both clocks, running since it was made."""

    wall: float = field(default_factory=time.perf_counter)
    cpu: float = field(default_factory=time.process_time)

    def read(self) -> Spent:
        """Return what was spent so far."""
        return Spent(time.perf_counter() - self.wall, time.process_time() - self.cpu)


def carry_out(app: Flask, import_id: int) -> tuple[Spent, CustomerImport]:
    """Return the time that the worker's part of an import takes, and the import."""
    with app.app_context():
        watch = Watch()
        tasks.import_customers(JobRun(import_id, {}, datetime.now(UTC)))
        spent = watch.read()
        done = db.session.get_one(CustomerImport, import_id)
        db.session.expunge_all()
        db.session.rollback()
    if done.state != "done":
        raise RuntimeError(f"the import is {done.state}: {done.error}")
    return spent, done


def bare(file: Path, n_rows: int) -> Spent:
    """Return the time of checking the addresses alone and of inserting the same rows by executemany alone.

    The rows are taken from the database that the import filled; the table is emptied and filled with them again.
    """
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    kept = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in ("customers", "consents")}  # noqa: S608 - two names of ours
    addresses = [row[0] for row in connection.execute("SELECT email FROM customers")]
    if not len(addresses) == len(kept["consents"]) == n_rows:
        raise RuntimeError("the import left rows out")
    connection.execute("DELETE FROM consents")
    connection.execute("DELETE FROM customers")
    # As small as before the import: neither side finds room that the other made.
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    watch = Watch()
    for address in addresses:
        validate_email(address, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    connection.execute("BEGIN IMMEDIATE")
    for table, rows in kept.items():
        marks = ",".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - two names of ours
    connection.execute("COMMIT")
    spent = watch.read()
    connection.close()
    return spent


def measure(rounds: int = 3, n_rows: int = N_ROWS) -> list[dict[str, Any]]:
    """Return the rows of both benchmarks."""
    return [*beside_peer(rounds, n_rows), memory()]


def beside_peer(rounds: int = 3, n_rows: int = N_ROWS) -> list[dict[str, Any]]:
    """Return an import's seconds over the bare ones, each round on databases of its own; medians."""
    ours, theirs, again = [], [], []
    for _round in range(rounds):
        with tempfile.TemporaryDirectory(prefix="import-") as name, store("sqlite") as place:
            app = _app(Path(name), place)
            first, done = carry_out(app, keep(app, n_rows))
            if done.n_created != n_rows:
                raise RuntimeError(f"{done.n_created} of {n_rows} customers were added")
            second, unchanged = carry_out(app, keep(app, n_rows))
            if unchanged.n_unchanged != n_rows:
                raise RuntimeError("the same file twice changed something")
            with app.app_context():
                db.engine.dispose()
            ours.append(first)
            again.append(second)
            theirs.append(bare(Path(name) / "store.db", n_rows))
    value, peer = _middle(ours), _middle(theirs)
    return [
        {
            "name": "import-100k",
            "value": value.wall,
            "unit": "s",
            "peer": "bare executemany INSERT and email-validator alone",
            "peer_value": peer.wall,
            # As everywhere here, more is better: the peer's time over ours.
            "ratio": peer.wall / value.wall,
            "target": round(1 / MOST_RATIO, 3),
            "n": n_rows,
            "ours over theirs": f"{value.wall / peer.wall:.2f} (at most {MOST_RATIO})",
            "ours over theirs, processor": f"{value.cpu:.1f} s / {peer.cpu:.1f} s = {value.cpu / peer.cpu:.2f}",
            "seconds at most": f"{max(each.wall for each in ours):.1f} (limit {MOST_SECONDS})",
            "seconds of the same file once more": f"{_middle(again).wall:.1f}",
        }
    ]


def _middle(rounds: list[Spent]) -> Spent:
    return Spent(statistics.median(each.wall for each in rounds), statistics.median(each.cpu for each in rounds))


def memory(n_rows: int = 1_000_000) -> dict[str, Any]:
    """Return the most memory that the process of one import has had, for a million rows."""
    with tempfile.TemporaryDirectory(prefix="import-") as name, store("sqlite") as place:
        environ = installation(Path(name), place)
        app = _app(Path(name), place)
        import_id = keep(app, n_rows)
        with app.app_context():
            db.engine.dispose()
        command = [sys.executable, "-m", "tests.benchmarks.importing", "worker", str(import_id)]
        done = subprocess.run(command, env=os.environ | environ, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout.splitlines()[-1])
    return {
        "name": "import-memory-mb",
        "value": said["mb"],
        "unit": "MB",
        "peer": "limit",
        "peer_value": MOST_MB,
        "ratio": round(MOST_MB / said["mb"], 2),
        "target": 1,
        "n": n_rows,
        "seconds": f"{said['seconds']:.1f}",
    }


def _app(folder: Path, place: Any) -> Flask:
    app = create_app(installation(folder, place))
    with app.app_context():
        upgrade()
    return app


def _worker(import_id: int) -> None:
    spent, done = carry_out(create_app(dict(os.environ)), import_id)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    most = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    print(json.dumps({"seconds": spent.wall, "mb": int(most.split()[1]) / 1024, "created": done.n_created}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["worker"]:
        _worker(int(sys.argv[2]))
    else:
        print(json.dumps(measure(*[int(each) for each in sys.argv[1:]]), indent=2))
