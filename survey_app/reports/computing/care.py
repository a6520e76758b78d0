"""How much care stands behind the answers: responses marked with reasons, and what leaving them out would change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.data_quality import Battery, Responses, effect_of_leaving_out, response_quality
from analysis.scores import Answers, score
from analysis.values import Estimate, MissingReason, Refusal, as_data
from survey_app.reports.computing.subject import SCORES, Subject


def care(subject: Subject) -> dict[str, Any]:
    """Return how many responses carry which mark, and the headline figure with and without the suspicious ones."""
    weights = subject.dataset.weights if subject.dataset.is_weighted else None
    quality = response_quality(_responses(subject), weights)
    if isinstance(quality, Refusal):
        return {"refused": as_data(quality)}
    answers = subject.answers(subject.outcome.code)

    def figure(rows: np.ndarray[Any, np.dtype[np.bool_]]) -> Estimate | Refusal:
        kept = None if answers.weights is None else np.asarray(answers.weights)[rows]
        return score(Answers(np.asarray(answers.scores)[rows], kept), subject.measure, SCORES)

    return {
        "counts": as_data([each for each in quality.counts if each.n]),
        "suspected": as_data(quality.suspected),
        "n_suspected": sum(quality.suspicious),
        "checks": list(quality.checks),
        "without": as_data(effect_of_leaving_out(quality, figure)),
    }


def _responses(subject: Subject) -> Responses:
    """Return the scaled answers with their batteries.

    Times are left out: a response begins with its first POST, so that a questionnaire of one page has none. So are
    texts: "very good service, thank you" is written honestly by many.
    """
    dataset, codes = subject.dataset, [item.code for item in subject.scaled]
    return Responses(
        answers=dataset.answers[codes].astype(float),
        batteries=_batteries(subject),
        dont_know=_rows_of(subject, codes, MissingReason.DONT_KNOW),
        asked=~_rows_of(subject, codes, MissingReason.NOT_ASKED),
    )


def _rows_of(subject: Subject, codes: list[str], *reasons: MissingReason) -> pd.DataFrame:
    return pd.DataFrame({code: subject.dataset.is_reason(code, *reasons) for code in codes})


def _batteries(subject: Subject) -> tuple[Battery, ...]:
    """Return the drivers that share a scale as a battery; where low is good, their wording is the other way round."""
    scales: dict[tuple[float, float], list[str]] = {}
    for item in subject.drivers:
        scales.setdefault((float(item.low or 0), float(item.high or 0)), []).append(item.code)
    turned = {item.code for item in subject.drivers if not item.higher_is_better}
    return tuple(
        Battery(f"{low:g}-{high:g}", tuple(codes), low, high, tuple(each for each in codes if each in turned))
        for (low, high), codes in scales.items()
        if len(codes) > 1
    )
