"""What a purchase is worth: the Gamma-Gamma model of spend (Fader & Hardie 2005; Colombo & Jiang 1999)."""

from __future__ import annotations

import math

import numpy as np
from scipy import special, stats

from analysis.arrays import BoolArray, FloatArray
from analysis.customer_value.bg_nbd import DEFAULTS, PurchaseOptions, left_out
from analysis.customer_value.maximum import Maximum, covariance_of, maximum_of
from analysis.customer_value.transactions import Purchases
from analysis.intervals import normal_quantile
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.values.customer_value.purchases import SpendModel

SOURCE = "Fader & Hardie 2005; Colombo & Jiang 1999"
# A correlation of spend and frequency above this, and clear of zero, breaks the model's assumption for practice.
NOTABLE = 0.1


def spending(purchases: Purchases) -> BoolArray:
    """Return which customers have repeat purchases with a spend above zero."""
    return (purchases.frequency > 0) & (np.nan_to_num(purchases.spend, nan=0.0) > 0)


def spend_likelihoods(parameters: FloatArray, x: FloatArray, m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return each customer's log-likelihood (n,) and its derivative (n, 3) by the logs of p, q, gamma."""
    p, q, gamma = np.exp(parameters)
    shape, total = p * x, gamma + m * x
    value = special.gammaln(shape + q) - special.gammaln(shape) - special.gammaln(q) + q * np.log(gamma)
    value = value + (shape - 1) * np.log(m) + shape * np.log(x) - (shape + q) * np.log(total)
    by_p = x * (special.digamma(shape + q) - special.digamma(shape) + np.log(m * x) - np.log(total))
    by_q = special.digamma(shape + q) - special.digamma(q) + np.log(gamma) - np.log(total)
    by_gamma = q / gamma - (shape + q) / total
    return value, np.column_stack([p * by_p, q * by_q, gamma * by_gamma])


def fitted_spend(x: FloatArray, m: FloatArray, counts: FloatArray) -> Maximum:
    """Return the logs of p, q, gamma that maximise the likelihood; spend in units near one."""
    starts = (np.log([2.0, 4.0, 2.0]), np.log([6.0, 2.0, 0.3]))
    return maximum_of(lambda at: spend_likelihoods(at, x, m), counts, starts)


def gamma_gamma(purchases: Purchases, options: PurchaseOptions = DEFAULTS) -> SpendModel | Refusal:
    """Return the Gamma-Gamma model of the mean spend of customers with repeat purchases, by maximum likelihood.

    Spend per purchase is Gamma(p, v), v is Gamma(q, gamma) over customers; mean spend p gamma/(q-1). Intervals on the
    log scale from the sandwich covariance. Customers without repeats or with a spend of zero are left out, the latter
    noted. Note `spend-depends-on-frequency` where the two are correlated, against the model. Refused: `no-amounts`,
    `too-few-repeat-customers`, `not-converged`, `mean-spend-infinite` (q at most 1).
    """
    used = spending(purchases)
    n = int(used.sum())
    base = Base(n, float(n), float(n))
    if n < max(options.minimum_repeating, 5):
        code = "no-amounts" if np.isnan(purchases.spend).all() else "too-few-repeat-customers"
        return Refusal(code, base, {"n": n, "needed": max(options.minimum_repeating, 5)})
    unit = float(purchases.spend[used].mean())
    x, m = purchases.frequency[used], purchases.spend[used] / unit
    found = fitted_spend(x, m, np.ones(n))
    if not found.is_converged:
        return Refusal("not-converged", base, {"gradient": found.gradient})
    if found.parameters[1] <= 0:
        return Refusal("mean-spend-infinite", base, {"q": float(np.exp(found.parameters[1]))})
    return _model((purchases, used, unit), found, base, options.level)


def _model(data: tuple[Purchases, BoolArray, float], found: Maximum, base: Base, level: float) -> SpendModel:
    purchases, used, unit = data
    x, m = purchases.frequency[used], purchases.spend[used] / unit
    covariance, is_regular = covariance_of(lambda at: spend_likelihoods(at, x, m), np.ones(x.size), found.parameters)
    logs = found.parameters + np.array([0.0, 0.0, math.log(unit)])
    parameters = [_positive(float(logs[i]), float(covariance[i, i]), base, level) for i in range(3)]
    q = float(np.exp(logs[1]))
    slope = np.array([1.0, -q / (q - 1), 1.0])
    mean = float(logs[0] + logs[2] - math.log(q - 1))
    correlation = _correlation(x, m, base, level)
    return SpendModel(
        base=base,
        parameters=(parameters[0], parameters[1], parameters[2]),
        mean_spend=_positive(mean, float(slope @ covariance @ slope), base, level, unit="money"),
        correlation=correlation,
        log_likelihood=found.value - x.size * math.log(unit),
        method="gamma-gamma",
        source=SOURCE,
        notes=_notes(purchases, used, correlation, is_regular=is_regular),
    )


def _positive(log: float, variance: float, base: Base, level: float, unit: str = "parameter") -> Estimate:
    se = math.sqrt(max(variance, 0.0))
    half, value = normal_quantile(level) * se, math.exp(log)
    interval = Interval(math.exp(log - half), math.exp(min(log + half, 700.0)), level, "wald-log")
    return Estimate(value, interval, base, "gamma-gamma", unit, value * se, (), SOURCE)


def _correlation(x: FloatArray, m: FloatArray, base: Base, level: float) -> Estimate:
    """Return Spearman's correlation with Fisher's interval (Bonett & Wright 2000); 0 where one does not vary."""
    varies = np.ptp(x) > 0 and np.ptp(m) > 0
    rho = float(stats.spearmanr(x, m).statistic) if varies else 0.0
    half = normal_quantile(level) * math.sqrt((1 + rho * rho / 2) / max(x.size - 3, 1))
    centre = math.atanh(max(min(rho, 1 - 1e-12), -1 + 1e-12))
    interval = Interval(min(math.tanh(centre - half), rho), max(math.tanh(centre + half), rho), level, "fisher")
    return Estimate(rho, interval, base, "spearman", "correlation", None, (), "Spearman 1904; Bonett & Wright 2000")


def _notes(purchases: Purchases, used: BoolArray, correlation: Estimate, *, is_regular: bool) -> tuple[Note, ...]:
    notes = list(left_out(purchases))
    unpaid = int(((purchases.frequency > 0) & ~used).sum())
    if unpaid:
        notes.append(Note("no-spend-left-out", {"n": unpaid}))
    bounds = correlation.interval
    if bounds is not None and abs(correlation.value) > NOTABLE and (bounds.low > 0 or bounds.high < 0):
        notes.append(Note("spend-depends-on-frequency", {"correlation": correlation.value}))
    if not is_regular:
        notes.append(Note("spend-alike", {}))
    return tuple(notes)


def expected_spend(model: SpendModel, purchases: Purchases) -> FloatArray:
    """Return the spend per purchase expected of each customer (n,): (gamma + m x) p / (p x + q - 1).

    A weighted mean of the customer's own mean and everybody's; the latter alone without repeat purchases.
    """
    return spend_under(model.values, purchases)


def spend_under(values: tuple[float, float, float], purchases: Purchases) -> FloatArray:
    """Return the expected spend under given p, q, gamma."""
    p, q, gamma = values
    known = spending(purchases)
    x = np.where(known, purchases.frequency, 0.0)
    total = np.where(known, np.nan_to_num(purchases.spend) * x, 0.0)
    result: FloatArray = (gamma + total) * p / (p * x + q - 1)
    return result
