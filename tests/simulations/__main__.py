"""`make coverage-sim`: run every setting and write docs/coverage.json and docs/coverage.md.

Settings stand in the modules of this package and are committed before they are run. Results are written as they come,
so that a run can be stopped; `--resume` leaves out the settings that the record holds already, `--only TEXT` runs those
whose method or conditions hold the text, and prints without writing.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import tests.simulations
from tests.simulations.running import run, verdict
from tests.simulations.settings import Drawn, Exact

ROOT = Path(__file__).parents[2]
RECORD, PAGE = ROOT / "docs" / "coverage.json", ROOT / "docs" / "coverage.md"
HEAD = "| method | conditions | n | draws | coverage | error | demanded | refused | warned | verdict |"
Row = dict[str, Any]
Place = tuple[str, int]


def every_setting() -> list[Place]:
    """Return module and place of every setting, topics in turn, so that a run cut short has seen all of them."""
    topics = []
    for each in pkgutil.iter_modules(tests.simulations.__path__):
        if each.name != "__main__":
            module = importlib.import_module(f"tests.simulations.{each.name}")
            topics.append([(each.name, place) for place in range(len(getattr(module, "SETTINGS", ())))])
    return [each for each in chain.from_iterable(zip_longest(*topics)) if each is not None]


def _setting(where: Place) -> Drawn | Exact:
    which: Drawn | Exact = importlib.import_module(f"tests.simulations.{where[0]}").SETTINGS[where[1]]
    return which


def _key(row: Row) -> tuple[str, str, int]:
    return row["method"], row["conditions"], row["n"]


def _name(where: Place) -> tuple[str, str, int]:
    setting = _setting(where).setting
    return setting.method, setting.conditions, setting.n


def _run(where: Place) -> Row:
    return {"topic": where[0]} | run(_setting(where)).row()


def table(rows: Iterable[Row]) -> str:
    """Return the records as a Markdown table."""
    lines = [HEAD, "| --- " * (HEAD.count("|") - 1) + "|"]
    lines += [
        f"| {row['method']} | {row['conditions']} | {row['n']} | {row['draws'] or 'exact'} | {row['coverage']:.4f} "
        f"| {row['error']:.4f} | {row['low']:.3f} to {row['high']:.3f} | {row['refused']:.3f} | {row['warned']:.3f} "
        f"| {row['verdict']} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Run, print as results come, and keep the record unless only a part was asked for."""
    wanted = arguments[1] if arguments[:1] == ["--only"] else ""
    places = [each for each in every_setting() if wanted in f"{each[0]} {_setting(each).setting}"]
    known = {_key(row): row for row in (json.loads(RECORD.read_text()) if "--resume" in arguments else [])}
    marks = {"commit": _commit()}
    with ProcessPoolExecutor(max_workers=2) as pool:
        running = [pool.submit(_run, each) for each in places if _name(each) not in known]
        try:
            for done in as_completed(running):
                row = done.result() | marks
                known[_key(row)] = row
                print(table([row]).splitlines()[-1], flush=True)
                _keep(known, places, write=not wanted)
        except KeyboardInterrupt:
            _stop(running)
    misses = [row for row in known.values() if row["verdict"] == "misses"]
    print(f"{len(known)} of {len(places)} settings, {len(misses)} of them missed")
    return 1 if misses or len(known) < len(places) else 0


def _stop(running: list[Future[Row]]) -> None:
    """Let the settings under way end and begin no other."""
    for each in running:
        each.cancel()


def _commit() -> str:
    told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    return told.stdout.strip()


def _keep(known: dict[tuple[str, str, int], Row], places: list[Place], *, write: bool) -> None:
    """Write the record of the settings that exist, by topic in their order."""
    if not write:
        return
    ordered = sorted(places)
    rows = [known[_name(each)] for each in ordered if _name(each) in known]
    rows = [row | {"verdict": verdict(row)} for row in rows]
    RECORD.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(_page(rows, [_name(each) for each in ordered if _name(each) not in known]), encoding="utf-8")


def _page(rows: list[Row], not_run: list[tuple[str, str, int]]) -> str:
    verdicts = {
        each: sum(row["verdict"] == each for row in rows) for each in ("holds", "near", "wide", "warned", "refused")
    }
    told = ", ".join(f"{n} {each}" for each, n in verdicts.items())
    misses = [row for row in rows if row["verdict"] == "misses"]
    parts = [
        "# How often the intervals hold the truth\n",
        "Written by `make coverage-sim`. Each line was written down in tests/simulations/ before it was run: a",
        "method, a population whose truth is known, a base, and the share of intervals (for verdicts: of silences",
        "where nothing changed) that must hold. `exact` adds up all outcomes; elsewhere the Monte-Carlo error stands",
        "beside it. `near` lies outside what is demanded, but by no more than three of these errors, so that the draws",
        "cannot tell; `wide` holds more often than demanded. `refused` and `warned` are the shares of samples for",
        "which the function gave no figure, or missed and said in a note that the method does not hold there.\n",
        f"{len(rows)} settings: {told}, {len(misses)} missed, {len(not_run)} not run.\n",
    ]
    if misses:
        parts += ["## Missed\n", table(misses)]
    topics = dict.fromkeys(row["topic"] for row in rows)
    for topic in topics:
        parts += [f"## {topic.replace('_', ' ').capitalize()}\n", table(row for row in rows if row["topic"] == topic)]
    if not_run:
        parts += ["## Not run\n", *(f"- {method}: {conditions}, n = {n}" for method, conditions, n in not_run)]
    return "\n".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
