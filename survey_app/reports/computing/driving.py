"""Why, and what to fix first: the drivers of the outcome, with not applicable and blanks treated soundly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.drivers import DriverBattery, DriverOptions, RatingScale, Supposition, key_drivers, what_if
from analysis.respondents import Respondents, respondents
from analysis.values import Item, MissingReason, Refusal, as_data
from analysis.values.drivers import KeyDrivers
from analysis.values.scores import Kind
from analysis.values.what_if import OutcomeMeasure, WhatIf
from survey_app.reports.computing.subject import Subject

SEED = 20_261_122


def drivers(subject: Subject) -> dict[str, Any]:
    """Return the key drivers of the outcome, or why there are none, with the items' labels in every language."""
    items = subject.drivers
    if len(items) <= 1:
        return {"result": None, "refused": "too-few-drivers", "labels": {}}
    labels = {item.code: item.labels for item in items}
    dataset = subject.dataset
    battery = DriverBattery(
        ratings=pd.DataFrame({item.code: dataset.answers[item.code].astype(float) for item in items}),
        not_applicable=pd.DataFrame({item.code: _not_applicable(subject, item) for item in items}),
        scales={item.code: _scale(item) for item in items},
    )
    weights = dataset.weights if dataset.is_weighted else None
    who = respondents(len(battery.ratings), weights=weights) if weights is not None else None
    outcome = dataset.answers[subject.outcome.code].to_numpy(dtype=float)
    found = key_drivers(outcome, battery, np.random.default_rng(SEED), who, _options(subject))
    return {
        "result": as_data(found),
        "refused": getattr(found, "code", None),
        "labels": labels,
        "seed": SEED,
        "what_if": as_data(_what_if(subject, found, battery, who)),
    }


def _options(subject: Subject) -> DriverOptions:
    return DriverOptions(outcome_higher_is_better=subject.outcome.higher_is_better)


def _what_if(
    subject: Subject, found: KeyDrivers | Refusal, battery: DriverBattery, who: Respondents | None
) -> WhatIf | Refusal | None:
    """Return what goes with one point more for the driver to fix first, if one is named."""
    if isinstance(found, Refusal) or found.importance_performance.fix_first is None:
        return None
    outcome = subject.outcome
    scale = _scale(outcome)
    measures = {Kind.NET_PROMOTER: OutcomeMeasure.NET_PROMOTER_SCORE, Kind.TOP_BOX: OutcomeMeasure.TOP_BOX}
    supposed = Supposition(
        raises={found.importance_performance.fix_first: 1.0},
        measure=measures.get(subject.measure.kind, OutcomeMeasure.MEAN),
        outcome_scale=scale,
        top_box_from=scale.high - 1 if scale.higher_is_better else scale.low + 1,
        model=_options(subject),
    )
    scores = subject.dataset.answers[outcome.code].to_numpy(dtype=float)
    return what_if(scores, battery, supposed, np.random.default_rng(SEED), who)


def _not_applicable(subject: Subject, item: Item) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return subject.dataset.is_reason(item.code, MissingReason.NOT_APPLICABLE, MissingReason.DONT_KNOW)


def _scale(item: Item) -> RatingScale:
    return RatingScale(float(item.low or 0), float(item.high or 0), item.higher_is_better)
