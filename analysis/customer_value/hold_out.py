"""Would the purchase model have foretold a later period? Calibrated before a day, compared with what came after."""

from __future__ import annotations

import math
from datetime import date

import numpy as np

from analysis.arrays import FloatArray
from analysis.customer_value.bg_nbd import (
    DEFAULTS,
    PurchaseOptions,
    bg_nbd,
    counted,
    log_likelihoods,
    purchases_within,
)
from analysis.customer_value.maximum import covariance_of
from analysis.customer_value.transactions import Purchases, Transactions, purchase_histories
from analysis.intervals import normal_quantile
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.values.customer_value.purchases import HoldOut, HoldOutRow, PurchaseModel

SOURCE = "Fader, Hardie & Lee 2005; Cochran 1977"
LAST_ROW = 7


def hold_out_validation(
    transactions: Transactions, calibrate_until: date, until: date, options: PurchaseOptions = DEFAULTS
) -> HoldOut | Refusal:
    """Return how the purchases after `calibrate_until` up to `until` compare with those expected from before.

    Customers first seen in the hold-out period do not count. Rows by repeat purchases in calibration (7 or more
    together). `ratio` is actual over expected purchases, its interval on the log scale from the scatter of customers
    and the error of the parameters; the note `ratio-off` says that it leaves out 1. Time is in weeks. Refused as
    `bg_nbd` is. Raises ValueError where the hold-out period is empty.
    """
    if until <= calibrate_until:
        raise ValueError("The hold-out period ends after the calibration period.")
    before, after = purchase_histories(transactions, calibrate_until), purchase_histories(transactions, until)
    model = bg_nbd(before, options)
    if isinstance(model, Refusal):
        return model
    later = dict(zip(after.customers, after.frequency.tolist(), strict=True))
    actual = np.array([later[each] for each in before.customers]) - before.frequency
    return _compared(model, before, actual, (until - calibrate_until).days / 7, options.level)


def _compared(model: PurchaseModel, before: Purchases, actual: FloatArray, horizon: float, level: float) -> HoldOut:
    """Return actual purchases (n,) of the hold-out period beside those expected."""
    expected = purchases_within(model.values, before, horizon)
    naive = np.divide(before.frequency, before.age, out=np.zeros(expected.size), where=before.age > 0) * horizon
    ratio = _ratio(model, before, (actual, expected), horizon, level)
    return HoldOut(
        base=model.base,
        horizon=horizon,
        expected=float(expected.sum()),
        actual=float(actual.sum()),
        ratio=ratio,
        mean_absolute_error=float(np.abs(actual - expected).mean()),
        naive_error=float(np.abs(actual - naive).mean()),
        rows=_rows(before.frequency, actual, expected),
        purchase_model=model,
        method="hold-out",
        source=SOURCE,
        notes=model.notes + _off(ratio),
    )


def _rows(frequency: FloatArray, actual: FloatArray, expected: FloatArray) -> tuple[HoldOutRow, ...]:
    group = np.minimum(frequency, LAST_ROW).astype(np.int64)
    rows = []
    for each in np.unique(group).tolist():
        inside = group == each
        means = float(expected[inside].mean()), float(actual[inside].mean())
        rows.append(HoldOutRow(each, each == LAST_ROW, int(inside.sum()), *means))
    return tuple(rows)


def _ratio(
    model: PurchaseModel, purchases: Purchases, found: tuple[FloatArray, FloatArray], horizon: float, level: float
) -> Estimate:
    """Return actual over expected; both the scatter of customers and the parameters' error make its error."""
    actual, expected = found
    base: Base = model.base
    total = float(expected.sum())
    ratio = float(actual.sum()) / total
    scatter = float(np.square(actual - ratio * expected).sum()) / total**2
    se = math.sqrt(scatter + (ratio**2) * _parameter_variance(model, purchases, horizon))
    if ratio == 0:
        interval = Interval(0.0, 3.0 / total, level, "rule-of-three")
        return Estimate(0.0, interval, base, "hold-out-ratio", "ratio", None, (), f"{SOURCE}; Hanley 1983")
    half = normal_quantile(level) * se / ratio
    interval = Interval(ratio * math.exp(-half), ratio * math.exp(half), level, "wald-log")
    return Estimate(ratio, interval, base, "hold-out-ratio", "ratio", se, (), SOURCE)


def _parameter_variance(model: PurchaseModel, purchases: Purchases, horizon: float) -> float:
    """Return the variance of the log of total expected purchases from the error of r, alpha, a, b."""
    data = counted(purchases)[0]
    logs = np.log(np.array(model.values))
    scaled = logs - np.array([0.0, math.log(data.unit), 0.0, 0.0])
    covariance = covariance_of(lambda at: log_likelihoods(at, data), data.counts, scaled)[0]
    step, slopes = 1e-4, []
    for i in range(logs.size):
        sides = [np.exp(logs + sign * step * np.eye(logs.size)[i]).tolist() for sign in (1, -1)]
        up, down = (math.log(float(purchases_within((r, s, a, b), purchases, horizon).sum())) for r, s, a, b in sides)
        slopes.append((up - down) / (2 * step))
    return max(float(np.array(slopes) @ covariance @ np.array(slopes)), 0.0)


def _off(ratio: Estimate) -> tuple[Note, ...]:
    bounds = ratio.interval
    is_off = bounds is not None and not bounds.low <= 1 <= bounds.high
    return (Note("ratio-off", {"ratio": ratio.value}),) if is_off else ()
