"""What a completed journey costs us, against a bare Flask handler: `python -m tests.benchmarks.journeys`.

One page: a 0-10 item, eight 1-5 items, a comment. Each person has a connection of their own, opens the link,
answers, and is thanked after a durable commit. Both sides run side by side under the same server settings and take
turns (A B A B …); the figure is the CPU time of the server's processes per journey, from the kernel's accounts.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import func, select

from survey_app import create_app
from survey_app.campaigns.models import Invitation
from survey_app.campaigns.tokens import Token, new_token, token_of
from survey_app.extensions import db, writing
from survey_app.responses.models import Response
from tests.benchmarks.serving import Cell, Server, run_cell, serving
from tests.factories.answering import a_fielding, a_page, of_pages
from tests.factories.customers import make_customer
from tests.factories.questionnaires import NOW, a_comment, an_item

ROOT = Path(__file__).absolute().parent.parent.parent
TARGET = 0.5
CROWD = 8
ITEMS = [f"item{n}" for n in range(1, 9)]
COMMENT = "Quick and friendly; only the parcel came a day late and the box was half open."
ANSWERS = {"overall": "8", **dict.fromkeys(ITEMS, "4"), "comment": COMMENT}


@dataclass(frozen=True)
class Side:
    """One of the two: its server and the links nobody has answered yet."""

    server: Server
    paths: list[str]

    def run(self, n: int, n_clients: int = 1) -> Cell:
        """Let the next people answer."""
        taken, self.paths[:n] = self.paths[:n], []
        return run_cell(self.server, taken, ANSWERS, n_clients)


def measure(rounds: int = 5, n_journeys: int = 150) -> list[dict[str, Any]]:
    """Return the row of this benchmark, with rates and times beside it."""
    n_links = (rounds + 2) * n_journeys
    with tempfile.TemporaryDirectory(prefix="journeys-") as name:
        ours_in, theirs_in = Path(name) / "ours", Path(name) / "theirs"
        environ, paths = _our_installation(ours_in, n_links)
        their_environ, their_paths = _bare_installation(theirs_in, n_links)
        with (
            serving("wsgi:app", environ, ours_in) as server,
            serving("tests.benchmarks.bare_handler:app", their_environ, theirs_in) as their_server,
        ):
            ours, theirs = Side(server, paths), Side(their_server, their_paths)
            for side in (ours, theirs):
                side.run(n_journeys)
            pairs = [(ours.run(n_journeys), theirs.run(n_journeys)) for _round in range(rounds)]
            crowd = (ours.run(n_journeys, CROWD), theirs.run(n_journeys, CROWD))
        _count(environ, theirs_in, n_links)
    return [_cost(pairs, n_journeys) | _beside(pairs, crowd)]


def _cost(pairs: list[tuple[Cell, Cell]], n: int) -> dict[str, Any]:
    ratios = sorted(theirs.cpu_ms / ours.cpu_ms for ours, theirs in pairs)
    return {
        "name": "journeys",
        "value": round(statistics.median(ours.cpu_ms for ours, _theirs in pairs), 2),
        "unit": "CPU-ms",
        "peer": "bare Flask handler",
        "peer_value": round(statistics.median(theirs.cpu_ms for _ours, theirs in pairs), 2),
        "ratio": round(statistics.median(ratios), 3),
        "target": TARGET,
        "n": len(pairs) * n,
        "range of ratios": f"{ratios[0]:.2f} to {ratios[-1]:.2f}",
    }


def _beside(pairs: list[tuple[Cell, Cell]], crowd: tuple[Cell, Cell]) -> dict[str, str]:
    """Return rates and times in words, ours against the bare handler's."""

    def middle(number: Callable[[Cell], float]) -> str:
        ours, theirs = (statistics.median(number(pair[side]) for pair in pairs) for side in (0, 1))
        return f"{ours:.0f} (bare {theirs:.0f})"

    return {
        "journeys/s, 1 client": middle(Cell.rate),
        "p99 ms, 1 client": middle(Cell.p99_ms),
        f"journeys/s, {CROWD} clients": f"{crowd[0].rate():.0f} (bare {crowd[1].rate():.0f})",
        f"p99 ms, {CROWD} clients": f"{crowd[0].p99_ms():.0f} (bare {crowd[1].p99_ms():.0f})",
    }


def _our_installation(folder: Path, n_links: int) -> tuple[Mapping[str, str], list[str]]:
    folder.mkdir()
    environ = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SURVEY_PUBLIC_URL": "http://127.0.0.1:8000",
        "SURVEY_LAB": "1",
        "DATABASE_URL": f"sqlite:///{folder / 'survey.db'}",
        "PYTHONPATH": str(ROOT),
    }
    app = create_app(environ)
    with app.app_context():
        upgrade()
        return environ, _invite(n_links)


def _invite(n_links: int) -> list[str]:
    rated = [{"code": code, "type": "csat", "role": "driver", "text": {"en": f"How was {code}?"}} for code in ITEMS]
    page = a_page(an_item(code="overall"), *rated, a_comment(), code="only")
    campaign = a_fielding(of_pages(page))
    with writing():
        tokens = [new_token() for _link in range(n_links)]
        db.session.add_all(_invitation(campaign.id, make_customer().id, token) for token in tokens)
        db.session.commit()
    return [f"/a/{token_of(each)}" for each in db.session.scalars(select(Invitation))]


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


def _bare_installation(folder: Path, n_links: int) -> tuple[Mapping[str, str], list[str]]:
    folder.mkdir()
    path = folder / "bare.db"
    tokens = [secrets.token_urlsafe(16) for _link in range(n_links)]
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE invitations (id INTEGER PRIMARY KEY, token VARCHAR(40) UNIQUE)")
        scores = ", ".join(f"{name} INTEGER" for name in ("overall", *ITEMS))
        connection.execute(
            "CREATE TABLE responses (id INTEGER PRIMARY KEY, invitation_id INTEGER UNIQUE, "
            f"submission VARCHAR(40) UNIQUE, {scores}, comment VARCHAR(4000))"
        )
        connection.executemany("INSERT INTO invitations (token) VALUES (?)", [(token,) for token in tokens])
    connection.close()
    return {"DATABASE_URL": f"sqlite:///{path}", "PYTHONPATH": str(ROOT)}, [f"/a/{token}" for token in tokens]


def _count(environ: Mapping[str, str], theirs_in: Path, expected: int) -> None:
    """Raise unless every journey left exactly one stored answer on both sides."""
    with create_app(environ).app_context():
        ours = db.session.scalar(select(func.count()).where(Response.state == "completed"))
    with sqlite3.connect(theirs_in / "bare.db") as connection:
        (theirs,) = connection.execute("SELECT count(*) FROM responses").fetchone()
    connection.close()
    if (ours, theirs) != (expected, expected):
        raise RuntimeError(f"{expected} journeys left {ours} of our rows and {theirs} of theirs")


if __name__ == "__main__":
    sizes = [int(each) for each in sys.argv[1:]]
    print(json.dumps(measure(*sizes), indent=2))
