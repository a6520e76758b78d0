"""`make bench`: every figure with a peer or a limit from the same run; `--short` guards the recorded ratios.

The long form writes docs/benchmarks.json and the table docs/benchmarks.md. The short form measures what has a quick
peer in the same run, writes nothing, and fails where a ratio is less than 60 % of the recorded one; rows with a limit
in seconds say more about a busy machine than about a change, and peers of minutes are too slow for every change.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks import ecsi, first_page, journeys, lmg, mann_kendall, ordered_logit, raking

ROOT = Path(__file__).parent.parent.parent
RECORD = ROOT / "docs" / "benchmarks.json"
TABLE = ROOT / "docs" / "benchmarks.md"
KEPT = 0.6
KEYS = ("name", "value", "unit", "peer", "peer_value", "ratio", "target", "n", "machine", "commit")

Row = dict[str, Any]


def guarded() -> list[Row]:
    """Return the rows of the short form."""
    return _marked([*lmg.beside_peer(rounds=3), *first_page.measure(), *journeys.measure(rounds=2)])


def measured() -> list[Row]:
    """Return the rows of all benchmarks, those with a quick peer first."""
    return _marked(
        [
            *lmg.measure(rounds=9),
            *ecsi.measure(rounds=7),
            *ordered_logit.measure(rounds=1),
            *raking.measure(rounds=7),
            *mann_kendall.measure(rounds=5),
            *first_page.measure(),
            *journeys.measure(rounds=5),
        ]
    )


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
    rows = guarded() if short else measured()
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
    RECORD.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    TABLE.write_text(
        f"# Benchmarks\n\nWritten by `make bench`: medians of interleaved runs, each with its peer or limit in the "
        f"same run. {rows[0]['machine']}, commit {rows[0]['commit']}.\n\n{table(rows)}",
        encoding="utf-8",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
