"""Kill again and again, on SQLite and on PostgreSQL, and print what came of it: two storms.

In one all web processes are killed while people answer, in the other the worker while mails go out.
`python -m tests.chaos [--storm web|mail|both] [--kills 100] [--mails 500] [--engine sqlite|postgres|both]`; ends with
1 where anything was lost or doubled.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Queue
from threading import Event, Thread

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import make_url

from survey_app import create_app
from survey_app.extensions import db
from tests.benchmarks.serving import Server, children, serving
from tests.chaos import mails
from tests.chaos.people import Crowd, Thanked
from tests.conftest import environment
from tests.databases import postgres_server
from tests.factories.answering import a_fielding, a_page, an_invitation, link_of, of_pages, the_responses
from tests.factories.questionnaires import a_comment, an_item

ROOT = Path(__file__).absolute().parent.parent.parent
TWO_PAGES = of_pages(a_page(an_item(), code="one"), a_page(a_comment(), code="two"))
N_PERSONAL, N_CLIENTS = 300, 8
# So many people are thanked between two blows, and nobody is waited for longer than this.
BETWEEN_BLOWS, LONGEST_CALM = (1, 12), 5.0
# Every so many kills the master dies too, and the server has to be started anew.
WITH_MASTER = 5
AIM = 10.0


def main() -> int:
    """Run the storm on the engines asked for; return the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="how often all web processes are killed")
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--storm", choices=("web", "mail", "both"), default="both")
    parser.add_argument("--mails", type=int, default=500, help="how many mails go out while workers are killed")
    chosen = parser.parse_args()
    engines = ("sqlite", "postgres") if chosen.engine == "both" else (chosen.engine,)
    results = [0]
    for engine in engines:
        results += [_on(engine, chosen.kills)] if chosen.storm != "mail" else []
        results += [_mails_on(engine, chosen.kills, chosen.mails)] if chosen.storm != "web" else []
    return max(results)


def _mails_on(engine: str, n_kills: int, n_mails: int) -> int:
    """Kill the worker while mails go out; return 1 where anybody was left out or got a copy too many."""
    with _an_app(engine) as (app, environ, _folder):
        with app.app_context():
            upgrade()
            db.session.remove()
            db.engine.dispose()
        sys.stdout.write(f"{engine}: the worker\n")
        sys.stdout.flush()
        faults = mails.storm(app, environ, n_kills, n_mails)
        faults += mails.calm(app, environ, n_mails) + mails.stop(app, environ, n_mails)
        faults += _unsound(environ["DATABASE_URL"])
        with app.app_context():
            db.engine.dispose()
    sys.stdout.write("".join(f"  FAULT {fault}\n" for fault in faults) or "  nobody left out, no copy too many\n")
    return 1 if faults else 0


@contextmanager
def _an_app(engine: str) -> Iterator[tuple[Flask, dict[str, str], Path]]:
    """Return an application on a new database, the settings for its processes, and a folder for their files."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="survey-chaos-")))
        url = f"sqlite:///{folder / 'survey.db'}"
        if engine == "postgres":
            url = stack.enter_context(postgres_server()).new_database()
        environ = {**environment(url), "PYTHONPATH": str(ROOT)}
        yield create_app(environ), environ, folder


def _on(engine: str, n_kills: int) -> int:
    with _an_app(engine) as (app, environ, folder):
        personal, public = _prepare(app)
        storm = Storm(environ, folder, n_kills)
        crowd = Crowd(lambda: storm.port, personal, public)
        storm.rage(crowd)
        faults = _faults(app, crowd.thanked) + crowd.failures + _unsound(environ["DATABASE_URL"])
        with app.app_context():
            db.engine.dispose()
    presses = sum(each.n_presses for each in crowd.thanked)
    say = sys.stdout.write
    say(f"{engine}: {storm.n_killed} processes killed in {n_kills} blows, {len(storm.starts)} starts anew")
    # Of a machine that does nothing else; no hand was needed in any case.
    say(f" (slowest {max(storm.starts, default=0):.1f} s, {AIM:.0f} s are aimed at)\n")
    say(f"  {len(crowd.thanked)} people thanked, {2 * len(crowd.thanked)} pages acknowledged after {presses} presses\n")
    say("".join(f"  FAULT {fault}\n" for fault in faults) or "  nothing lost, nothing doubled, nothing half stored\n")
    return 1 if faults else 0


class Storm:
    """A server that is killed and comes back; people find it at `port`."""

    def __init__(self, environ: dict[str, str], folder: Path, n_kills: int) -> None:
        self.environ, self.folder, self.n_kills = environ, folder, n_kills
        self.port, self.n_killed = 0, 0
        self.starts: list[float] = []
        # When blows fall is no secret, and the same ones can be dealt again.
        self.dice = random.Random(20_260_302)  # noqa: S311 - nobody is kept from guessing

    def rage(self, crowd: Crowd) -> None:
        """Kill while people come; at the end everybody who began is let finish."""
        people: list[Thread] = []
        done = 0
        while done < self.n_kills or not people:
            began = time.monotonic()
            with serving("wsgi:app", self.environ, self.folder, "--preload") as server:
                self.port = server.port
                self.starts += [time.monotonic() - began] if people else []
                people = people or crowd.gather(N_CLIENTS)
                done = self._strike(server, crowd, done)
                if done >= self.n_kills:
                    crowd.stop.set()
                    for person in people:
                        person.join()

    def _strike(self, server: Server, crowd: Crowd, done: int) -> int:
        """Kill this life's processes until its master dies, too; return how many blows there were by then."""
        while done < self.n_kills:
            self._let_people_come(crowd)
            done += 1
            takes_master = done % WITH_MASTER == 0 and done < self.n_kills
            # The master first, so that nobody comes back before all are gone.
            victims = [*([server.process.pid] if takes_master else []), *children(server.process.pid)]
            for victim in victims:
                os.kill(victim, signal.SIGKILL)
            self.n_killed += len(victims)
            if takes_master:
                break
        return done

    def _let_people_come(self, crowd: Crowd) -> None:
        """Wait until some more people were thanked; the others are in the middle of answering when the blow falls."""
        enough = len(crowd.thanked) + self.dice.randint(*BETWEEN_BLOWS)
        patience = time.monotonic() + LONGEST_CALM
        while len(crowd.thanked) < enough and time.monotonic() < patience:
            Event().wait(self.dice.uniform(0.001, 0.03))


def _prepare(app: Flask) -> tuple[Queue[str], str]:
    """Make a mail campaign with its links and a public one; return both ways in."""
    personal: Queue[str] = Queue()
    with app.app_context():
        upgrade()
        mail, public = a_fielding(TWO_PAGES, code="mail"), a_fielding(TWO_PAGES, code="public", mode="public")
        for _person in range(N_PERSONAL):
            personal.put(link_of(an_invitation(mail)))
        path = f"/w/{public.public_code}"
        db.session.remove()
        db.engine.dispose()
    return personal, path


def _faults(app: Flask, thanked: list[Thanked]) -> list[str]:
    """Return what was lost, doubled or half stored of what was acknowledged."""
    with app.app_context():
        responses = the_responses()
        stored = Counter((each.answers.get("nps"), each.answers.get("comment")) for each in responses)
        half = [each.public_id for each in responses if (each.state == "completed") != ("comment" in each.answers)]
        db.session.remove()
    faults = [f"half stored: {public_id}" for public_id in half]
    for each in thanked:
        n = stored[each.score, each.words]
        if n != 1:
            faults.append(f"“{each.words}” by {each.path} is stored {n} times")
    if len(responses) > len(thanked):
        faults.append(f"{len(responses)} responses of {len(thanked)} people")
    return faults


def _unsound(url: str) -> list[str]:
    """Return what SQLite finds wrong with its own file after all kills."""
    if not url.startswith("sqlite"):
        return []
    with sqlite3.connect(str(make_url(url).database)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchall()
        faults = [] if found == [("ok",)] else [str(found)]
        faults += [str(row) for row in connection.execute("PRAGMA foreign_key_check").fetchall()]
    connection.close()
    return faults


if __name__ == "__main__":
    sys.exit(main())
