"""`make coverage-sim`: run every setting and write docs/coverage.json and docs/coverage.md.

Settings stand in the modules of this package and are committed before they are run; `--only TEXT` runs those whose
method or conditions hold the text, and prints without writing.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import tests.simulations
from tests.simulations.running import Record, run
from tests.simulations.settings import Drawn, Exact

ROOT = Path(__file__).parents[2]
HEAD = "| method | conditions | n | draws | coverage | error | demanded | refused | warned | verdict |"


def every_setting() -> list[tuple[str, int]]:
    """Return module name and place of every setting, so that processes can find them again."""
    found = []
    for each in pkgutil.iter_modules(tests.simulations.__path__):
        module = importlib.import_module(f"tests.simulations.{each.name}") if each.name != "__main__" else None
        found += [(each.name, place) for place in range(len(getattr(module, "SETTINGS", ())))]
    return found


def _setting(where: tuple[str, int]) -> Drawn | Exact:
    which: Drawn | Exact = importlib.import_module(f"tests.simulations.{where[0]}").SETTINGS[where[1]]
    return which


def _run(where: tuple[str, int]) -> Record:
    return run(_setting(where))


def table(rows: list[dict[str, Any]]) -> str:
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
    """Run, print as results come, and write the record unless only a part was asked for."""
    wanted = arguments[1] if arguments[:1] == ["--only"] else ""
    places = [each for each in every_setting() if wanted in f"{_setting(each).setting.method} {_setting(each).setting}"]
    rows = []
    with ProcessPoolExecutor(max_workers=2) as pool:
        for record in pool.map(_run, places):
            rows.append(record.row())
            print(table(rows[-1:]).splitlines()[-1], flush=True)
    misses = [row for row in rows if row["verdict"] == "misses"]
    print(f"{len(rows)} settings, {len(misses)} of them missed")
    if not wanted:
        (ROOT / "docs" / "coverage.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        (ROOT / "docs" / "coverage.md").write_text(_page(rows, misses), encoding="utf-8")
    return 1 if misses else 0


def _page(rows: list[dict[str, Any]], misses: list[dict[str, Any]]) -> str:
    return (
        "# How often the intervals hold the truth\n\n"
        "Written by `make coverage-sim`. Each line was written down in tests/simulations/ before it was run: a\n"
        "method, a population whose truth is known, a base, and the share of intervals (for verdicts: of silences\n"
        "where nothing changed) that must hold. `exact` adds up all outcomes; elsewhere the Monte-Carlo error stands\n"
        "beside it. `refused` and `warned` are the shares of samples for which the function gave no figure, or with a\n"
        "note that the method does not hold there; `wide` says that the interval holds more often than demanded.\n\n"
        f"{len(rows)} settings, {len(misses)} missed.\n\n{table(rows)}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
