"""A report as somebody reads it: what changes the survey first, equal fates told once with all their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from survey_app.questionnaires.interchange.reports import Fate

# What people are asked, and who is asked: whoever brings a survey in looks at this first.
_FIRST = (
    "question",
    "item",
    "panel",
    "subquestion",
    "option",
    "other",
    "row",
    "column",
    "condition",
    "trigger",
    "flow",
    "quota",
    "quota member",
    "randomisation",
    "required",
    "requested answer",
    "validator",
    "limit",
    "page",
    "group",
    "block",
)
# What hardly anybody misses, and what belongs to other places of ours.
_LAST = (
    "markup",
    "attribute",
    "theme",
    "assessment value",
    "assessment",
    "script",
    "question script",
    "mail text",
    "survey settings",
    "setting",
    "table",
)
MOST_NAMES = 40


@dataclass(slots=True)
class Told:
    """One fate and its reason, with the names of all things that share it."""

    fate: str
    message: str
    names: list[str] = field(default_factory=list)
    n_more: int = 0


@dataclass(slots=True)
class Chapter:
    """What became of one kind of thing."""

    kind: str
    n_changed: int = 0
    n_lost: int = 0
    parts: list[Told] = field(default_factory=list)

    @property
    def is_weighty(self) -> bool:
        """Return whether it belongs to what people are asked."""
        return self.kind not in _LAST


def digest(report: Mapping[str, Any]) -> list[Chapter]:
    """Return what a stored report says was changed or lost, by kind; the lost of each kind first."""
    chapters: dict[str, Chapter] = {}
    told: dict[tuple[str, str, str], Told] = {}
    for entry in sorted(report["entries"], key=lambda each: each["fate"] != Fate.LOST.value):
        if entry["fate"] == Fate.KEPT.value:
            continue
        chapter = chapters.setdefault(entry["kind"], Chapter(entry["kind"]))
        _count(chapter, entry)
        key = (entry["kind"], entry["fate"], entry["message"])
        if key not in told:
            told[key] = Told(entry["fate"], entry["message"])
            chapter.parts.append(told[key])
        _name(told[key], entry)
    return sorted(chapters.values(), key=lambda chapter: _place(chapter.kind))


def _count(chapter: Chapter, entry: Mapping[str, Any]) -> None:
    if entry["fate"] == Fate.LOST.value:
        chapter.n_lost += entry["count"]
    else:
        chapter.n_changed += entry["count"]


def _name(told: Told, entry: Mapping[str, Any]) -> None:
    if len(told.names) < MOST_NAMES:
        times = f" (\N{MULTIPLICATION SIGN}{entry['count']})" if entry["count"] > 1 else ""
        told.names.append(entry["name"] + times)
    else:
        told.n_more += 1


def _place(kind: str) -> tuple[int, int]:
    """Return where a kind stands: first, last, or between as in the file."""
    if kind in _FIRST:
        return 0, _FIRST.index(kind)
    return (2, _LAST.index(kind)) if kind in _LAST else (1, 0)
