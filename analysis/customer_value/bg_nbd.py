"""How often customers buy, and whether they still do: the BG/NBD model (Fader, Hardie & Lee 2005).

While a customer, purchases come at a rate of his own, Gamma(r, alpha) over customers; after every purchase he leaves
for good with a probability of his own, Beta(a, b). Frequency, recency and age are sufficient: one evaluation costs as
many operations as there are customers with figures of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.arrays import FloatArray, IntArray
from analysis.customer_value.maximum import Maximum, covariance_of, maximum_of
from analysis.customer_value.transactions import Purchases
from analysis.intervals import normal_quantile
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.values.customer_value.purchases import PurchaseModel

SOURCE = "Fader, Hardie & Lee 2005"
NAMES = ("r", "alpha", "a", "b")


@dataclass(frozen=True, slots=True)
class PurchaseOptions:
    """Confidence level, and the fewest customers that came back at least once."""

    level: float = 0.95
    minimum_repeating: int = 30


DEFAULTS = PurchaseOptions()


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Distinct (frequency, recency, age) with the number of customers (m,) that each stands for; time over `unit`."""

    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    counts: FloatArray
    unit: float


def counted(purchases: Purchases) -> tuple[Counted, IntArray]:
    """Return the distinct triples with their counts, time scaled to a mean age of one, and each customer's triple."""
    unit = float(purchases.age.mean())
    triples = np.column_stack([purchases.frequency, purchases.recency, purchases.age])
    distinct, place = np.unique(triples, axis=0, return_inverse=True)
    where = place.reshape(-1).astype(np.int64)
    sums = np.bincount(where, minlength=len(distinct)).astype(np.float64)
    return Counted(distinct[:, 0], distinct[:, 1] / unit, distinct[:, 2] / unit, sums, unit), where


def log_likelihoods(parameters: FloatArray, data: Counted) -> tuple[FloatArray, FloatArray]:
    """Return each triple's log-likelihood (m,) and its derivative (m, 4) by the logs of r, alpha, a, b."""
    r, alpha, a, b = np.exp(parameters)
    x, repeats = data.frequency, data.frequency > 0
    # The Beta-integrated weights of "still a customer" and "left after the last purchase".
    stays = -(r + x) * np.log(alpha + data.age)
    leaves = -(r + x) * np.log(alpha + data.recency) + np.log(a) - np.log(b + np.maximum(x, 1) - 1)
    mixed = np.where(repeats, np.logaddexp(stays, leaves), stays)
    gone = np.where(repeats, np.exp(leaves - mixed), 0.0)
    value = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) + mixed
    value = value + special.betaln(a, b + x) - special.betaln(a, b)
    log_time = (1 - gone) * np.log(alpha + data.age) + gone * np.log(alpha + data.recency)
    inverse_time = (1 - gone) / (alpha + data.age) + gone / (alpha + data.recency)
    digamma_sum = special.digamma(a + b) - special.digamma(a + b + x)
    by = (
        special.digamma(r + x) - special.digamma(r) + np.log(alpha) - log_time,
        r / alpha - (r + x) * inverse_time,
        digamma_sum + gone / a,
        digamma_sum + special.digamma(b + x) - special.digamma(b) - gone / (b + np.maximum(x, 1) - 1),
    )
    return value, np.column_stack(by) * np.array([r, alpha, a, b])


def fitted(data: Counted, start: FloatArray | None = None) -> Maximum:
    """Return the logs of r, alpha (over the unit), a, b that maximise the likelihood."""
    starts: tuple[FloatArray, ...] = (np.zeros(4), np.array([-0.5, 0.0, 0.0, 1.0])) if start is None else (start,)
    return maximum_of(lambda parameters: log_likelihoods(parameters, data), data.counts, starts)


def too_few_repeating(purchases: Purchases, minimum: int) -> Refusal | None:
    """Return why these purchases carry no model."""
    n, n_repeating = len(purchases.customers), purchases.n_repeating
    if n_repeating < max(minimum, 5):
        figures: dict[str, float | int | str] = {"n": n_repeating, "needed": max(minimum, 5)}
        return Refusal("too-few-repeat-customers", Base(n, float(n), float(n)), figures)
    return None


def bg_nbd(purchases: Purchases, options: PurchaseOptions = DEFAULTS) -> PurchaseModel | Refusal:
    """Return the BG/NBD model of purchases by maximum likelihood, in the purchases' unit of time.

    Likelihood after Fader, Hardie & Lee 2005, eq. 6, in log-gamma arithmetic with analytic gradient; intervals on the
    log scale from the sandwich covariance (logit for the dropout). Notes: `no-dropout-seen`, `dropout-alike`,
    `rates-alike` where a parameter runs to the edge and its interval does not hold. Refused with few repeat customers
    (`too-few-repeat-customers`) and where the maximum is not found (`not-converged`). Raises ValueError for wrong
    input.
    """
    refusal = too_few_repeating(purchases, options.minimum_repeating)
    if refusal:
        return refusal
    data, n = counted(purchases)[0], len(purchases.customers)
    base = Base(n, float(n), float(n))
    found = fitted(data)
    if not found.is_converged:
        return Refusal("not-converged", base, {"gradient": found.gradient})
    return model_of(purchases, data, found, options.level)


def model_of(purchases: Purchases, data: Counted, found: Maximum, level: float) -> PurchaseModel:
    """Return the fitted parameters with their intervals and what they say on average."""
    n = len(purchases.customers)
    base, logs = Base(n, float(n), float(n)), found.parameters + np.array([0.0, np.log(data.unit), 0.0, 0.0])
    covariance, is_regular = covariance_of(lambda at: log_likelihoods(at, data), data.counts, found.parameters)
    cautions = _cautions(logs, is_regular=is_regular)
    errors = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
    parameters = [_positive(float(logs[i]), float(errors[i]), base, level) for i in range(len(NAMES))]
    ratio = np.array([1.0, -1.0, 0.0, 0.0])
    rate = _positive(float(logs[0] - logs[1]), float(np.sqrt(max(ratio @ covariance @ ratio, 0.0))), base, level)
    return PurchaseModel(
        base=base,
        n_repeating=purchases.n_repeating,
        parameters=(parameters[0], parameters[1], parameters[2], parameters[3]),
        mean_rate=rate,
        mean_dropout=_dropout(logs, covariance, base, level),
        log_likelihood=found.value - float(purchases.frequency.sum()) * float(np.log(data.unit)),
        method="bg-nbd",
        source=SOURCE,
        notes=cautions + left_out(purchases),
    )


def left_out(purchases: Purchases) -> tuple[Note, ...]:
    """Say how many rows were incomplete."""
    return (Note("missing-left-out", {"n": purchases.n_left_out}),) if purchases.n_left_out else ()


def _positive(log: float, se: float, base: Base, level: float) -> Estimate:
    """Return e^log with its interval on the log scale."""
    half, value = normal_quantile(level) * se, float(np.exp(log))
    interval = Interval(float(np.exp(log - half)), float(np.exp(min(log + half, 700.0))), level, "wald-log")
    return Estimate(value, interval, base, "bg-nbd", "parameter", value * se, (), SOURCE)


def _dropout(logs: FloatArray, covariance: FloatArray, base: Base, level: float) -> Estimate:
    """Return a/(a+b) with its interval on the logit scale, where it is log a - log b."""
    ratio = np.array([0.0, 0.0, 1.0, -1.0])
    logit = float(logs[2] - logs[3])
    se = float(np.sqrt(max(ratio @ covariance @ ratio, 0.0)))
    half, value = normal_quantile(level) * se, float(special.expit(logit))
    interval = Interval(float(special.expit(logit - half)), float(special.expit(logit + half)), level, "wald-logit")
    return Estimate(value, interval, base, "bg-nbd", "share", value * (1 - value) * se, (), SOURCE)


def _cautions(logs: FloatArray, *, is_regular: bool) -> tuple[Note, ...]:
    """Warn where customers look all alike or never leave: the likelihood is flat there."""
    edge = 7.0
    r, _, a, b = logs
    found = []
    if a - b < -edge:
        found.append(Note("no-dropout-seen", {"dropout": float(special.expit(a - b))}))
    elif max(a, b) > edge:
        found.append(Note("dropout-alike", {"a": float(np.exp(a)), "b": float(np.exp(b))}))
    if r > edge:
        found.append(Note("rates-alike", {"r": float(np.exp(r))}))
    if not is_regular and not found:
        found.append(Note("parameters-not-separable", {}))
    return tuple(found)


def probability_alive(model: PurchaseModel, purchases: Purchases) -> FloatArray:
    """Return each customer's probability (n,) of being still a customer at the end of observation; 1 without repeats.

    1 / (1 + a/(b+x-1) ((alpha+T)/(alpha+t_x))^(r+x)) for x > 0: without a repeat purchase this model knows no way to
    have left.
    """
    return alive_at(model.values, purchases)


def alive_at(values: tuple[float, float, float, float], purchases: Purchases) -> FloatArray:
    """Return the probability of being alive under given r, alpha, a, b."""
    r, alpha, a, b = values
    x = purchases.frequency
    logit = np.log(b + np.maximum(x, 1) - 1) - np.log(a)
    logit = logit - (r + x) * (np.log(alpha + purchases.age) - np.log(alpha + purchases.recency))
    result: FloatArray = np.where(x > 0, special.expit(logit), 1.0)
    return result


def expected_purchases(model: PurchaseModel, purchases: Purchases, horizon: float) -> FloatArray:
    """Return the purchases each customer (n,) is expected to make within `horizon` after the end of observation.

    Fader, Hardie & Lee 2005, eq. 10, after Euler's transformation of 2F1, which keeps its digits for frequent buyers.
    Raises ValueError for a horizon below zero or infinite.
    """
    if not np.isfinite(horizon) or horizon < 0:
        raise ValueError("A horizon is a finite time not below zero.")
    return purchases_within(model.values, purchases, horizon)


def purchases_within(values: tuple[float, float, float, float], purchases: Purchases, horizon: float) -> FloatArray:
    """Return expected purchases under given r, alpha, a, b; around a = 1 the mean of both sides, where 0/0 stands."""
    r, alpha, a, b = values
    gap = 1e-5
    if abs(a - 1) < gap:
        below = purchases_within((r, alpha, 1 - 2 * gap, b), purchases, horizon)
        return (below + purchases_within((r, alpha, 1 + 2 * gap, b), purchases, horizon)) / 2
    x, z = purchases.frequency, horizon / (alpha + purchases.age + horizon)
    third, series = a + b + x - 1, np.empty(x.size)
    # Both are the same function; the one with the smaller exponent neither under- nor overflows.
    is_euler = a - 1 <= r + x
    c, w, k = third[is_euler], z[is_euler], x[~is_euler]
    series[is_euler] = (1 - w) ** (a - 1) * special.hyp2f1(a + b - 1 - r, a - 1, c, w)
    c, w = third[~is_euler], z[~is_euler]
    series[~is_euler] = (1 - w) ** (r + k) * special.hyp2f1(r + k, b + k, c, w)
    result: FloatArray = third / (a - 1) * (1 - series) * alive_at(values, purchases)
    return result
