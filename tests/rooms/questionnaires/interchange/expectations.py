"""Every number that was counted straight from a file must be found again in the report of its import."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from survey_app.questionnaires.interchange.reports import Report

SHARED = Path(__file__).parents[5] / "shared" / "data" / "questionnaires"
WHERE = "the real questionnaire files are not here"


def real_files(kind: str) -> list[dict[str, Any]]:
    """Return what is known about the real files of a kind; nothing where they are absent."""
    index = SHARED / "index.json"
    if not index.exists():
        return []
    return [each for each in json.loads(index.read_text(encoding="utf-8")) if each["format"] == kind]


def n_of(report: Report, *kinds: str) -> int:
    """Return how many things of some kinds the report speaks of, whatever became of them."""
    return sum(sum(report.counts().get(kind, {}).values()) for kind in kinds)


def types_in(report: Report) -> Counter[str]:
    """Return how many questions of each native type the report speaks of."""
    found: Counter[str] = Counter()
    for each in report.entries:
        if each.kind == "question":
            native = re.search(r"\(([^()]*)\)$", each.name)
            found[native[1] if native else each.name] += each.count
    return found


def ending_in(report: Report, suffix: str, *kinds: str) -> int:
    """Return how many things are named by a property, such as `age.visibleIf`."""
    return sum(each.count for each in report.entries if each.kind in kinds and each.name.endswith(f".{suffix}"))
