"""A whole report as its page shows it: words first, then charts, each with the table of its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from survey_app.reports.presenting import drawings, evidence, sentences
from survey_app.reports.presenting.shown import Data, is_refusal, label_of
from survey_app.web.charts import TrendPoint


@dataclass(frozen=True, slots=True)
class ReportPage:
    """What the template shows; every chart comes with the rows of its table."""

    result: Data
    label: str
    outcome: Data
    headline: Data
    change: Data
    others: list[Data]
    drivers: Data | None
    drivers_refused: str | None
    why: str
    fix_first: Data
    what_if: str | None
    driver_notes: list[str]
    care: list[str]
    by: str
    trend_entry: Data
    expected: TrendPoint | None
    charts: dict[str, Markup | None]


def report_page(result: Data) -> ReportPage:
    """Return the page of a computed result with at least one answer."""
    outcome = next(each for each in result["figures"] if each["item"] == result["outcome"])
    label = label_of(outcome["labels"], outcome["item"])
    entries = result["changes"]["outcomes"][outcome["item"]]
    found = result["drivers"]["result"]
    labels = result["drivers"]["labels"]
    measure = outcome["figures"][0]["measure"]
    known = found if found and not is_refusal(found) else None
    return ReportPage(
        result=result,
        label=label,
        outcome=outcome,
        headline=sentences.headline(outcome),
        change=sentences.change(entries, result["changes"]["by"], label),
        others=_others(result),
        drivers=known,
        drivers_refused=None if known else sentences.drivers(found, labels),
        why=sentences.drivers(found, labels),
        fix_first=sentences.fix_first(found, labels),
        what_if=evidence.what_if(result["drivers"].get("what_if"), measure),
        driver_notes=sentences.notes(found),
        care=evidence.care(result.get("care"), measure),
        by=result["changes"]["by"],
        trend_entry=entries[0],
        expected=drawings.expected(entries[0], outcome["scale"]),
        charts=_charts(result, outcome, known),
    )


def _others(result: Data) -> list[Data]:
    """Return what the page says of the outcomes besides the one it is about."""
    others = []
    for entry in result["figures"]:
        if entry["item"] == result["outcome"] or entry["item"] not in result["changes"]["outcomes"]:
            continue
        label = label_of(entry["labels"], entry["item"])
        change = sentences.change(result["changes"]["outcomes"][entry["item"]], result["changes"]["by"], label)
        others.append({"label": label, "entry": entry, "headline": sentences.headline(entry), "change": change})
    return others


def _charts(result: Data, outcome: Data, found: Data | None) -> dict[str, Any]:
    label = label_of(outcome["labels"], outcome["item"])
    by, labels = result["changes"]["by"], result["drivers"]["labels"]
    entry = result["changes"]["outcomes"][outcome["item"]][0]
    return {
        "trend": drawings.trend(entry, by, outcome["scale"], label),
        "distribution": drawings.distribution(outcome, label),
        "importance": drawings.importance(found, labels) if found else None,
        "quadrant": drawings.quadrant(found, labels) if found else None,
    }
