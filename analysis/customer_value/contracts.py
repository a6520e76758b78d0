"""How contracts run out: the shifted beta-geometric model of renewals (Fader & Hardie 2007).

At every renewal a customer leaves with a probability of his own, Beta(alpha, beta) over customers. Those likely to
leave do so first, so that the retention rate of a cohort rises although nobody becomes more loyal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.arrays import FloatArray
from analysis.customer_value.maximum import Maximum, covariance_of, maximum_of
from analysis.intervals import normal_quantile
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.values.customer_value.retention import ContractualChurn, RenewalPoint

SOURCE = "Fader & Hardie 2007"
# Below this polarisation customers cannot be told apart, and intervals that rest on doing so do not hold.
ALIKE = 1e-3


@dataclass(frozen=True, slots=True)
class ContractOptions:
    """Confidence level, and the fewest customers and departures."""

    level: float = 0.95
    minimum_base: int = 30
    minimum_departures: int = 10


DEFAULTS = ContractOptions()


@dataclass(frozen=True, slots=True, eq=False)
class Renewals:
    """Customers (m,) by the renewal at which they left, or the last one at which they were still there."""

    ages: FloatArray
    has_left: np.ndarray[tuple[int], np.dtype[np.bool_]]
    counts: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """Logs of alpha and beta with their covariance, on which base and at which level."""

    logs: FloatArray
    covariance: FloatArray
    base: Base
    level: float

    def estimate(self, value: float, slope: FloatArray, scale: str) -> Estimate:
        """Return a share with its interval on the logit or log(-log) scale, `slope` the gradient on that scale."""
        se = math.sqrt(max(float(slope @ self.covariance @ slope), 0.0))
        half = normal_quantile(self.level) * se
        if scale == "logit":
            logit = float(special.logit(value))
            low, high, spread = (
                float(special.expit(logit - half)),
                float(special.expit(logit + half)),
                value * (1 - value),
            )
        else:
            low, high = value ** math.exp(half), value ** math.exp(-half)
            spread = -value * math.log(value)
        interval = Interval(low, high, self.level, f"wald-{scale}")
        return Estimate(value, interval, self.base, "shifted-beta-geometric", "share", se * spread, (), SOURCE)


def log_likelihoods(parameters: FloatArray, data: Renewals) -> tuple[FloatArray, FloatArray]:
    """Return each row's log-likelihood (m,) and its derivative (m, 2) by the logs of alpha and beta."""
    alpha, beta = np.exp(parameters)
    shift = data.has_left.astype(np.float64)
    # Left at t: B(alpha+1, beta+t-1)/B(alpha, beta); still there after t: B(alpha, beta+t)/B(alpha, beta).
    first, second = alpha + shift, beta + data.ages - shift
    value = special.betaln(first, second) - special.betaln(alpha, beta)
    common = special.digamma(alpha + beta) - special.digamma(first + second)
    by_alpha = special.digamma(first) - special.digamma(alpha) + common
    by_beta = special.digamma(second) - special.digamma(beta) + common
    return value, np.column_stack([alpha * by_alpha, beta * by_beta])


def contractual_churn(
    cohorts: Sequence[Sequence[float]], horizon: int, options: ContractOptions = DEFAULTS
) -> ContractualChurn | Refusal:
    """Return how many customers renew, and will, up to `horizon` renewals after the start.

    `cohorts` holds for each cohort the customers at the start and after each renewal so far, e.g. [1000, 869, 743];
    cohorts may be of different age. Maximum likelihood; intervals by the delta method on the logit (shares) and
    log(-log) (survival) scales. Note `customers-alike`: no differences between customers were found, intervals do not
    hold. Refused: `base-too-small`, `too-few-departures`, `too-few-renewals` (below two), `not-converged`. Raises
    ValueError for counts that are negative or rise.
    """
    given = [_checked(each) for each in cohorts]
    n = float(sum(each[0] for each in given))
    base = Base(round(n), n, n)
    refusal = _refusal(given, base, options)
    if refusal:
        return refusal
    data = _renewals(given)
    found = maximum_of(lambda at: log_likelihoods(at, data), data.counts, (np.array([0.0, 1.0]),))
    if not found.is_converged:
        return Refusal("not-converged", base, {"gradient": found.gradient})
    return _model(given, data, found, (base, horizon, options.level))


def _checked(counts: Sequence[float]) -> FloatArray:
    given = np.asarray(counts, dtype=np.float64)
    if given.ndim != 1 or not given.size or not np.isfinite(given).all() or (given < 0).any():
        raise ValueError(
            "Give each cohort's customers at the start and after each renewal, as numbers of at least zero."
        )
    if (np.diff(given) > 0).any():
        raise ValueError("A cohort never grows: count only customers who were there at its start.")
    return given


def _refusal(cohorts: Sequence[FloatArray], base: Base, options: ContractOptions) -> Refusal | None:
    left = float(sum(each[0] - each[-1] for each in cohorts))
    renewals = max((each.size - 1 for each in cohorts), default=0)
    for code, figure, needed in (
        ("base-too-small", base.weighted, max(options.minimum_base, 1)),
        ("too-few-renewals", renewals, 2),
        ("too-few-departures", left, max(options.minimum_departures, 1)),
    ):
        if figure < needed:
            return Refusal(code, base, {"n": figure, "needed": needed})
    return None


def _renewals(cohorts: Sequence[FloatArray]) -> Renewals:
    ages: list[float] = []
    left: list[bool] = []
    counts: list[float] = []
    for each in cohorts:
        ages += [*range(1, each.size), each.size - 1]
        left += [True] * (each.size - 1) + [False]
        counts += [*(-np.diff(each)).tolist(), float(each[-1])]
    return Renewals(np.array(ages, dtype=np.float64), np.array(left, dtype=np.bool_), np.array(counts))


def _model(
    cohorts: Sequence[FloatArray], data: Renewals, found: Maximum, about: tuple[Base, int, float]
) -> ContractualChurn:
    base, horizon, level = about
    covariance, is_regular = covariance_of(lambda at: log_likelihoods(at, data), data.counts, found.parameters)
    fit = _Fit(found.parameters, covariance, base, level)
    alpha, beta = (float(each) for each in np.exp(found.parameters))
    polarisation = 1 / (alpha + beta + 1)
    is_alike = polarisation < ALIKE or not is_regular
    shares = np.array([alpha, beta]) / (alpha + beta)
    return ContractualChurn(
        base=base,
        alpha=alpha,
        beta=beta,
        mean_churn=fit.estimate(alpha / (alpha + beta), np.array([1.0, -1.0]), "logit"),
        polarisation=fit.estimate(polarisation, -shares, "logit"),
        points=tuple(_point(fit, age, _observed(cohorts, age)) for age in range(1, horizon + 1)),
        log_likelihood=found.value,
        method="shifted-beta-geometric",
        source=SOURCE,
        notes=(Note("customers-alike", {"polarisation": polarisation}),) if is_alike else (),
    )


def _point(fit: _Fit, age: int, observed: float | None) -> RenewalPoint:
    alpha, beta = (float(each) for each in np.exp(fit.logs))
    retention = (beta + age - 1) / (alpha + beta + age - 1)
    renewal = fit.estimate(retention, np.array([-1.0, beta / (beta + age - 1)]), "logit")
    steps = np.arange(age)
    hazards = alpha / (alpha + beta + steps)
    log_survival = float(special.betaln(alpha, beta + age) - special.betaln(alpha, beta))
    # d log r_t / d log alpha = -alpha/(alpha+beta+t-1), and by log beta: beta/(beta+t-1) - beta/(alpha+beta+t-1).
    slope = np.array([-hazards.sum(), (beta / (beta + steps) - beta / (alpha + beta + steps)).sum()]) / log_survival
    return RenewalPoint(age, renewal, fit.estimate(math.exp(log_survival), slope, "log-log"), observed)


def _observed(cohorts: Sequence[FloatArray], age: int) -> float | None:
    """Return the share still there after a renewal: the product of pooled retention rates; None where ahead."""
    share = 1.0
    for each in range(1, age + 1):
        old = [cohort for cohort in cohorts if cohort.size > each]
        before = float(sum(cohort[each - 1] for cohort in old))
        if not old or before <= 0:
            return None
        share *= float(sum(cohort[each] for cohort in old)) / before
    return share
