"""`make bench`: every figure with a peer or a limit from the same run; `--short` guards the recorded ratios.

The long form writes docs/benchmarks.json and the table docs/benchmarks.md. The short form measures less, writes
nothing, and fails where a ratio is less than 60 % of the recorded one.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks import first_page, journeys, lmg

ROOT = Path(__file__).parent.parent.parent
RECORD = ROOT / "docs" / "benchmarks.json"
TABLE = ROOT / "docs" / "benchmarks.md"
KEPT = 0.6
KEYS = ("name", "value", "unit", "peer", "peer_value", "ratio", "target", "n", "machine", "commit")

Row = dict[str, Any]


def measured(*, short: bool) -> list[Row]:
    """Return the rows of all benchmarks, with machine and commit."""
    rows = [
        *lmg.measure(rounds=3 if short else 9),
        *first_page.measure(),
        *journeys.measure(rounds=2 if short else 5),
    ]
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
    """Return a sentence for every ratio that is less than 60 % of the recorded one, or missing."""
    now = {row["name"]: row["ratio"] for row in rows}
    sentences = []
    for row in recorded:
        ratio = now.get(row["name"])
        if ratio is None or ratio < KEPT * row["ratio"]:
            sentences.append(f"{row['name']}: ratio {ratio}, recorded {row['ratio']}")
    return sentences


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
    rows = measured(short=short)
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
