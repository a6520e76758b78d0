"""How are we: the figures of every scaled item, weighted and unweighted, each with its base and interval."""

from __future__ import annotations

from typing import Any

from analysis.scores import distribution, net_promoter_groups, score
from analysis.values import Item, MissingReason, as_data
from analysis.values.scores import Kind
from survey_app.reports.computing.subject import SCORES, Subject, measures_of


def figures(subject: Subject) -> list[dict[str, Any]]:
    """Return one entry per scaled item: its figures, its distribution, and why answers are missing."""
    return [_figures_of(subject, item) for item in subject.scaled]


def _figures_of(subject: Subject, item: Item) -> dict[str, Any]:
    answers = subject.answers(item.code)
    plain = subject.answers(item.code, weighted=False)
    measures = measures_of(item)
    entry: dict[str, Any] = {
        "item": item.code,
        "labels": item.labels,
        "kind": item.kind,
        "role": item.role.value if item.role else None,
        "scale": {"low": item.low, "high": item.high, "higher_is_better": item.higher_is_better},
        "figures": [
            {
                "measure": measure.kind.value,
                "weighted": as_data(score(answers, measure, SCORES)),
                "unweighted": as_data(score(plain, measure, SCORES)),
            }
            for measure in measures
        ],
        "distribution": as_data(distribution(answers, measures[0].scale, SCORES)),
        "missing": _missing(subject, item),
    }
    if measures[0].kind is Kind.NET_PROMOTER:
        entry["groups"] = as_data(net_promoter_groups(answers, SCORES))
    return entry


def _missing(subject: Subject, item: Item) -> dict[str, int]:
    return {reason.value: int(subject.dataset.is_reason(item.code, reason).sum()) for reason in MissingReason}
