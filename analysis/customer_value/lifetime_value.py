"""What customers will bring: purchases times spend over a horizon, discounted, with an interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.customer_value.bg_nbd import (
    PurchaseOptions,
    alive_at,
    bg_nbd,
    counted,
    log_likelihoods,
    purchases_within,
)
from analysis.customer_value.maximum import resampled_maxima
from analysis.customer_value.spend import gamma_gamma, spend_likelihoods, spend_under, spending
from analysis.customer_value.transactions import Purchases
from analysis.values import Base, Estimate, Interval, Refusal
from analysis.values.customer_value.purchases import LifetimeValue, PurchaseModel, SpendModel

SOURCE = "Fader, Hardie & Lee 2005; Fader & Hardie 2005; Andrews 2002"
# Points at which the discounted purchases are integrated; the integrand is smooth.
NODES = 6


@dataclass(frozen=True, slots=True)
class ValueOptions:
    """Discount per unit of time, share of spend that is margin, draws of the bootstrap, level, customers needed."""

    discount: float = 0.0
    margin: float = 1.0
    draws: int = 200
    level: float = 0.95
    minimum_repeating: int = 30

    def __post_init__(self) -> None:
        """Refuse a discount or margin that makes no sense."""
        if not self.discount >= 0 or not self.margin > 0:
            raise ValueError("A discount is at least zero and a margin above zero.")
        if self.draws < FEWEST_DRAWS:
            raise ValueError(f"An interval needs {FEWEST_DRAWS} draws or more.")


FEWEST_DRAWS = 40
DEFAULTS = ValueOptions()

Values = tuple[float, float, float, float]


def lifetime_value(
    purchases: Purchases, horizon: float, rng: np.random.Generator, options: ValueOptions = DEFAULTS
) -> LifetimeValue | Refusal:
    """Return what the customers are expected to bring within `horizon` after the end of observation, and each of them.

    Sum over customers of discounted expected purchases (BG/NBD) times expected spend (Gamma-Gamma) times margin. A
    purchase after time t counts (1 + discount)^-t. Interval: percentiles over resampled customers of the value of
    *these* customers under the refitted models: how surely the expectation is known, not how chance will scatter
    about it. Refused as `bg_nbd` and `gamma_gamma` are. Cost: draws times customers.
    """
    if not np.isfinite(horizon) or horizon <= 0:
        raise ValueError("A horizon is a finite time above zero.")
    model_options = PurchaseOptions(options.level, options.minimum_repeating)
    buying = bg_nbd(purchases, model_options)
    if isinstance(buying, Refusal):
        return buying
    spend = gamma_gamma(purchases, model_options)
    if isinstance(spend, Refusal):
        return spend
    return _valued(purchases, (buying, spend), horizon, rng, options)


def _valued(
    purchases: Purchases,
    models: tuple[PurchaseModel, SpendModel],
    horizon: float,
    rng: np.random.Generator,
    options: ValueOptions,
) -> LifetimeValue:
    buying, spend = models
    n = len(purchases.customers)
    counts = purchases_within(buying.values, purchases, horizon)
    values = discounted_purchases(buying.values, purchases, horizon, options.discount)
    values = values * spend_under(spend.values, purchases) * options.margin
    draws, base = _draws(purchases, models, horizon, rng, options), Base(n, float(n), float(n))
    return LifetimeValue(
        base=base,
        horizon=horizon,
        discount=options.discount,
        total=_estimate(float(values.sum()), draws[:, 0], base, options.level, "money"),
        mean=_estimate(float(values.mean()), draws[:, 0] / n, base, options.level, "money"),
        total_purchases=_estimate(float(counts.sum()), draws[:, 1], base, options.level, "purchases"),
        customers=purchases.customers,
        alive=tuple(alive_at(buying.values, purchases).tolist()),
        purchases=tuple(counts.tolist()),
        values=tuple(values.tolist()),
        purchase_model=buying,
        spend_model=spend,
        method="bg-nbd-gamma-gamma",
        source=SOURCE,
        notes=buying.notes + tuple(each for each in spend.notes if each not in buying.notes),
    )


def discounted_purchases(values: Values, purchases: Purchases, horizon: float, discount: float) -> FloatArray:
    """Return the integral of (1+discount)^-t dE[Y(t)] for each customer (n,), by parts and Gauss-Legendre."""
    if discount == 0:
        return purchases_within(values, purchases, horizon)
    rate = np.log1p(discount)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    times, weights = (nodes + 1) * horizon / 2, weights * horizon / 2
    total: FloatArray = np.exp(-rate * horizon) * purchases_within(values, purchases, horizon)
    for time, weight in zip(times, weights, strict=True):
        total = total + rate * weight * np.exp(-rate * time) * purchases_within(values, purchases, float(time))
    return total


def _draws(
    purchases: Purchases,
    models: tuple[PurchaseModel, SpendModel],
    horizon: float,
    rng: np.random.Generator,
    options: ValueOptions,
) -> FloatArray:
    """Return total value and total purchases (B, 2) of these customers under models refitted to resampled ones."""
    buying, spend = models
    n, used = len(purchases.customers), spending(purchases)
    times = rng.multinomial(n, np.full(n, 1 / n), size=options.draws).astype(np.float64)
    rates = purchase_draws(buying, purchases, times)
    unit = float(purchases.spend[used].mean())
    x, m = purchases.frequency[used], purchases.spend[used] / unit
    at = np.log(np.array(spend.values) / np.array([1.0, 1.0, unit]))
    spends = np.exp(resampled_maxima(lambda point: spend_likelihoods(point, x, m), at, times[:, used]))
    spends[:, 2] *= unit
    # A draw whose mean spend is infinite says no more than that it is very large.
    spends[:, 1] = np.maximum(spends[:, 1], 1 + 1e-6)
    rows = []
    for (r, alpha, a, b), (p, q, gamma) in zip(rates.tolist(), spends.tolist(), strict=True):
        values = discounted_purchases((r, alpha, a, b), purchases, horizon, options.discount)
        worth = float(values @ spend_under((p, q, gamma), purchases)) * options.margin
        plain = options.discount == 0
        counts = values if plain else purchases_within((r, alpha, a, b), purchases, horizon)
        rows.append((worth, float(counts.sum())))
    return np.array(rows)


def purchase_draws(model: PurchaseModel, purchases: Purchases, times: FloatArray) -> FloatArray:
    """Return r, alpha, a, b (B, 4) refitted to customers counted `times` (B, n)."""
    data, place = counted(purchases)
    counts = np.zeros((times.shape[0], data.counts.size))
    np.add.at(counts.T, place, times.T)
    at = np.log(np.array(model.values) / np.array([1.0, data.unit, 1.0, 1.0]))
    found = np.exp(resampled_maxima(lambda point: log_likelihoods(point, data), at, counts))
    found[:, 1] *= data.unit
    return found


def _estimate(value: float, draws: FloatArray, base: Base, level: float, unit: str) -> Estimate:
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    interval = Interval(min(float(low), value), max(float(high), value), level, "bootstrap-percentile")
    return Estimate(value, interval, base, "bg-nbd-gamma-gamma", unit, float(draws.std(ddof=1)), (), SOURCE)
