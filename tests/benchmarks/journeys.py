"""What a completed journey costs us, against a bare Flask handler: `python -m tests.benchmarks.journeys`.

One page: a 0-10 item, eight 1-5 items, a comment. Each person has a connection of their own, opens the link,
answers, and is thanked after a durable commit. Both sides run side by side under the same server settings, store in
databases of the same kind, and take turns (A B A B …) with one client, eight and thirty-two. The figure is the CPU
time per journey of the server's processes, PostgreSQL's included, from the kernel's accounts.
"""

from __future__ import annotations

import json
import secrets
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import create_engine, func, insert, select

from survey_app import create_app
from survey_app.campaigns.models import Invitation
from survey_app.campaigns.tokens import Token, new_token, token_of
from survey_app.extensions import db, writing
from survey_app.responses.models import Response
from tests.benchmarks import bare_tables
from tests.benchmarks.serving import Cell, Server, run_cell, serving
from tests.benchmarks.stores import KINDS, Store, store
from tests.factories.answering import a_fielding, a_page, of_pages
from tests.factories.customers import make_customer
from tests.factories.questionnaires import NOW, a_comment, an_item

ROOT = Path(__file__).absolute().parent.parent.parent
TARGET = 0.6
CROWDS = (1, 8, 32)
ITEMS = [f"item{n}" for n in range(1, 9)]
COMMENT = "Quick and friendly; only the parcel came a day late and the box was half open."
ANSWERS = {"overall": "8", **dict.fromkeys(ITEMS, "4"), "comment": COMMENT}
Pair = tuple[Cell, Cell]


@dataclass(frozen=True)
class Side:
    """One of the two: its server, its database's own cost, and the links nobody has answered yet."""

    server: Server
    store: Store
    paths: list[str]

    def run(self, n: int, n_clients: int = 1) -> Cell:
        """Let the next people answer."""
        taken, self.paths[:n] = self.paths[:n], []
        before = self.store.cpu_seconds()
        cell = run_cell(self.server, taken, ANSWERS, n_clients)
        database_ms = 1000 * (self.store.cpu_seconds() - before) / n
        return Cell(cell.cpu_ms + database_ms, cell.seconds, cell.wall)


def measure(
    rounds: int = 5, n_journeys: int = 150, kinds: Iterable[str] = KINDS, crowds: tuple[int, ...] = CROWDS
) -> list[dict[str, Any]]:
    """Return a row for each kind of database and each number of clients, with rates and times beside it."""
    return [row for kind in kinds for row in _rows(kind, crowds, rounds, n_journeys)]


def _rows(kind: str, crowds: tuple[int, ...], rounds: int, n: int) -> list[dict[str, Any]]:
    n_links = (rounds * len(crowds) + 2) * n
    pairs: dict[int, list[Pair]] = {crowd: [] for crowd in crowds}
    with _both(kind, n_links) as (ours, theirs):
        for side in (ours, theirs):
            side.run(n), side.run(n, crowds[-1])
        for _round in range(rounds):
            for crowd in crowds:
                pairs[crowd].append((ours.run(n, crowd), theirs.run(n, crowd)))
    return [_row(f"journeys-{kind}-{crowd}", each, n) for crowd, each in pairs.items()]


def _row(name: str, pairs: list[Pair], n: int) -> dict[str, Any]:
    ratios = sorted(theirs.cpu_ms / ours.cpu_ms for ours, theirs in pairs)

    def middle(number: Callable[[Cell], float]) -> str:
        ours, theirs = (statistics.median(number(pair[side]) for pair in pairs) for side in (0, 1))
        return f"{ours:.0f} (bare {theirs:.0f})"

    return {
        "name": name,
        "value": round(statistics.median(ours.cpu_ms for ours, _theirs in pairs), 2),
        "unit": "CPU-ms",
        "peer": "bare Flask handler",
        "peer_value": round(statistics.median(theirs.cpu_ms for _ours, theirs in pairs), 2),
        "ratio": round(statistics.median(ratios), 3),
        "target": TARGET,
        "n": len(pairs) * n,
        "range of ratios": f"{ratios[0]:.2f} to {ratios[-1]:.2f}",
        "journeys/s": middle(Cell.rate),
        "p50 ms": middle(lambda cell: cell.within_ms(50)),
        "p99 ms": middle(lambda cell: cell.within_ms(99)),
    }


@contextmanager
def _both(kind: str, n_links: int) -> Iterator[tuple[Side, Side]]:
    """Serve both sides; when the block is over, every journey must have left exactly one stored answer."""
    with tempfile.TemporaryDirectory(prefix="journeys-") as name, store(kind) as place:
        ours_in, theirs_in = Path(name) / "ours", Path(name) / "theirs"
        environ, paths = _our_installation(ours_in, place, n_links)
        their_environ, their_paths = _bare_installation(theirs_in, place, n_links)
        with (
            serving("wsgi:app", environ, ours_in) as server,
            serving("tests.benchmarks.bare_handler:app", their_environ, theirs_in) as their_server,
        ):
            yield Side(server, place, paths), Side(their_server, place, their_paths)
        _count(environ, their_environ["DATABASE_URL"], n_links)


def _our_installation(folder: Path, place: Store, n_links: int) -> tuple[Mapping[str, str], list[str]]:
    folder.mkdir()
    environ = installation(folder, place)
    with create_app(environ).app_context():
        upgrade()
        paths = _invite(n_links)
        db.engine.dispose()
    return environ, paths


def installation(folder: Path, place: Store) -> dict[str, str]:
    """Return the settings of an installation of ours in a folder."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SURVEY_PUBLIC_URL": "http://127.0.0.1:8000",
        "SURVEY_LAB": "1",
        "DATABASE_URL": place.new(folder),
        "PYTHONPATH": str(ROOT),
    }


def _invite(n_links: int) -> list[str]:
    return invite(a_fielding(the_questionnaire()).id, n_links)


def the_questionnaire() -> dict[str, Any]:
    """Return the one page that everybody answers."""
    rated = [{"code": code, "type": "csat", "role": "driver", "text": {"en": f"How was {code}?"}} for code in ITEMS]
    return of_pages(a_page(an_item(code="overall"), *rated, a_comment(), code="only"))


def invite(campaign_id: int, n_links: int) -> list[str]:
    """Invite so many new customers and return the paths of their links."""
    with writing():
        tokens = [new_token() for _link in range(n_links)]
        db.session.add_all(_invitation(campaign_id, make_customer().id, token) for token in tokens)
        db.session.commit()
    return [f"/a/{token_of(each)}" for each in db.session.scalars(select(Invitation).order_by(Invitation.id))]


def _invitation(campaign_id: int, customer_id: int, token: Token) -> Invitation:
    return Invitation(
        campaign_id=campaign_id,
        customer_id=customer_id,
        token_nonce=token.nonce,
        token_hash=token.hash,
        language="en",
        disposition="no-reply",
        created_at=NOW,
    )


def _bare_installation(folder: Path, place: Store, n_links: int) -> tuple[Mapping[str, str], list[str]]:
    folder.mkdir()
    environ = {"DATABASE_URL": place.new(folder), "PYTHONPATH": str(ROOT)}
    tokens = [secrets.token_urlsafe(16) for _link in range(n_links)]
    engine = create_engine(environ["DATABASE_URL"])
    with engine.begin() as connection:
        bare_tables.metadata.create_all(connection)
        connection.execute(insert(bare_tables.invitations), [{"token": token} for token in tokens])
    engine.dispose()
    return environ, [f"/a/{token}" for token in tokens]


def _count(environ: Mapping[str, str], their_url: str, expected: int) -> None:
    """Raise unless every journey left exactly one stored answer on both sides."""
    with create_app(environ).app_context():
        ours = db.session.scalar(select(func.count()).where(Response.state == "completed"))
        db.session.remove()
        db.engine.dispose()
    engine = create_engine(their_url)
    with engine.connect() as connection:
        theirs = connection.scalar(select(func.count()).select_from(bare_tables.responses))
    engine.dispose()
    if (ours, theirs) != (expected, expected):
        raise RuntimeError(f"{expected} journeys left {ours} of our rows and {theirs} of theirs")


if __name__ == "__main__":
    sizes = [int(each) for each in sys.argv[1:]]
    print(json.dumps(measure(*sizes), indent=2))
