"""Why, and what to fix first: the drivers of the outcome, with not applicable and blanks treated soundly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.drivers import DriverBattery, DriverOptions, RatingScale, key_drivers
from analysis.respondents import respondents
from analysis.values import Item, MissingReason, as_data
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
    found = key_drivers(
        dataset.answers[subject.outcome.code].to_numpy(dtype=float),
        battery,
        np.random.default_rng(SEED),
        respondents(len(battery.ratings), weights=weights) if weights is not None else None,
        DriverOptions(outcome_higher_is_better=subject.outcome.higher_is_better),
    )
    return {"result": as_data(found), "refused": getattr(found, "code", None), "labels": labels, "seed": SEED}


def _not_applicable(subject: Subject, item: Item) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return subject.dataset.is_reason(item.code, MissingReason.NOT_APPLICABLE, MissingReason.DONT_KNOW)


def _scale(item: Item) -> RatingScale:
    return RatingScale(float(item.low or 0), float(item.high or 0), item.higher_is_better)
