"""`make bench`: every figure with a peer or a limit from the same run; `--short` guards the recorded ratios.

The long form writes docs/benchmarks.json and the table docs/benchmarks.md. The short form measures what has a quick
peer in the same run, writes nothing, and fails where a ratio is less than 60 % of the recorded one; rows with a limit
in seconds say more about a busy machine than about a change, and peers of minutes are too slow for every change.
`--only journeys` (or another module's name) measures one anew and keeps the other recorded rows, each with its commit.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.benchmarks import (
    audience,
    ecsi,
    first_page,
    importing,
    journeys,
    large_questionnaire,
    lmg,
    mail_rate,
    mann_kendall,
    ordered_logit,
    raking,
    stored,
    web_memory,
)

ROOT = Path(__file__).parent.parent.parent
RECORD = ROOT / "docs" / "benchmarks.json"
TABLE = ROOT / "docs" / "benchmarks.md"
KEPT = 0.6
KEYS = ("name", "value", "unit", "peer", "peer_value", "ratio", "target", "n", "machine", "commit")

Row = dict[str, Any]


def guarded() -> list[Row]:
    """Return the rows of the short form."""
    answering = journeys.measure(rounds=2, crowds=(1,))
    bringing = importing.beside_peer(rounds=1, n_rows=20_000)
    return _marked([*lmg.beside_peer(rounds=3), *first_page.measure(), *mail_rate.beside_peer(), *bringing, *answering])


# Those with a quick peer first.
MEASURES: dict[str, Callable[[], list[Row]]] = {
    "lmg": lambda: lmg.measure(rounds=9),
    "ecsi": lambda: ecsi.measure(rounds=7),
    "ordered_logit": lambda: ordered_logit.measure(rounds=1),
    "raking": lambda: raking.measure(rounds=7),
    "mann_kendall": lambda: mann_kendall.measure(rounds=5),
    "first_page": first_page.measure,
    "journeys": journeys.measure,
    "large_questionnaire": large_questionnaire.measure,
    "stored": stored.measure,
    "importing": importing.measure,
    "audience": audience.measure,
    "mail_rate": mail_rate.measure,
    "web_memory": web_memory.measure,
}


def measured(names: Iterable[str] = tuple(MEASURES)) -> list[Row]:
    """Return the rows of these benchmarks."""
    return _marked([row for name in names for row in MEASURES[name]()])


def _marked(rows: list[Row]) -> list[Row]:
    """Return the rows with machine and commit."""
    marks = {"machine": machine(), "commit": commit()}
    return [row | marks for row in rows]


def machine() -> str:
    """Return what the figures were measured on, in a few words."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def commit() -> str:
    """Return the commit that was measured."""
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


def fallen(rows: list[Row], recorded: list[Row]) -> list[str]:
    """Return a sentence for every ratio that is less than 60 % of the recorded one, or has no record."""
    known = {row["name"]: row["ratio"] for row in recorded}
    return [
        f"{row['name']}: ratio {row['ratio']}, recorded {known.get(row['name'])}"
        for row in rows
        if row["name"] not in known or row["ratio"] < KEPT * known[row["name"]]
    ]


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [
        "| name | value | peer | peer's value | ratio | target | n |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {row['name']} | {row['value']:.6g} {row['unit']} | {row['peer']} | {row['peer_value']:.6g} {row['unit']} "
        f"| {row['ratio']:.3g} | {row['target']} | {row['n']} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Measure, print, and write or compare."""
    short = "--short" in arguments
    only = arguments[arguments.index("--only") + 1 :] if "--only" in arguments else list(MEASURES)
    rows = guarded() if short else measured(only)
    print(table(rows))
    for row in rows:
        for key, value in row.items():
            if key not in KEYS:
                print(f"{row['name']}: {key} {value}")
    if short:
        sentences = fallen(rows, json.loads(RECORD.read_text(encoding="utf-8")))
        for sentence in sentences:
            print(f"Too slow: {sentence}")
        return 1 if sentences else 0
    _write(rows if only == list(MEASURES) else _beside_recorded(rows))
    return 0


def _beside_recorded(rows: list[Row]) -> list[Row]:
    """Return the recorded rows with these in the place of earlier ones of the same name."""
    recorded = {row["name"]: row for row in json.loads(RECORD.read_text(encoding="utf-8"))}
    return [*(recorded | {row["name"]: row for row in rows}).values()]


def _write(rows: list[Row]) -> None:
    RECORD.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    TABLE.write_text(
        f"# Benchmarks\n\nWritten by `make bench`: medians of interleaved runs, each with its peer or limit in the "
        f"same run. {rows[0]['machine']}; commits {', '.join(sorted({row['commit'] for row in rows}))}.\n\n"
        f"{table(rows)}",
        encoding="utf-8",
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
