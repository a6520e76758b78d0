"""Purchases without contract: how often customers buy, whether they still do, what they will be worth."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.values.estimates import Base, Estimate, Note


@dataclass(frozen=True, slots=True)
class PurchaseModel:
    """BG/NBD: purchase rates Gamma(r, alpha) per unit of time, dropout after a purchase Beta(a, b).

    `mean_rate` is r/alpha, `mean_dropout` a/(a+b); `parameters` are r, alpha, a, b in this order.
    """

    base: Base
    n_repeating: int
    parameters: tuple[Estimate, Estimate, Estimate, Estimate]
    mean_rate: Estimate
    mean_dropout: Estimate
    log_likelihood: float
    method: str
    source: str
    notes: tuple[Note, ...] = ()

    @property
    def values(self) -> tuple[float, float, float, float]:
        """Return r, alpha, a and b as numbers."""
        r, alpha, a, b = self.parameters
        return r.value, alpha.value, a.value, b.value


@dataclass(frozen=True, slots=True)
class SpendModel:
    """Gamma-Gamma: spend per purchase Gamma(p, rate), rates Gamma(q, gamma); `mean_spend` is p gamma/(q-1).

    `correlation` of frequency and mean spend should be near zero: the model takes them as independent.
    """

    base: Base
    parameters: tuple[Estimate, Estimate, Estimate]
    mean_spend: Estimate
    correlation: Estimate
    log_likelihood: float
    method: str
    source: str
    notes: tuple[Note, ...] = ()

    @property
    def values(self) -> tuple[float, float, float]:
        """Return p, q and gamma as numbers."""
        p, q, gamma = self.parameters
        return p.value, q.value, gamma.value


@dataclass(frozen=True, slots=True)
class LifetimeValue:
    """What all customers together are expected to bring over the horizon, discounted, and per customer.

    `customers`, `alive`, `purchases` and `values` are parallel: identity, probability of being still a customer,
    purchases and money expected over the horizon.
    """

    base: Base
    horizon: float
    discount: float
    total: Estimate
    mean: Estimate
    total_purchases: Estimate
    customers: tuple[str, ...]
    alive: tuple[float, ...]
    purchases: tuple[float, ...]
    values: tuple[float, ...]
    purchase_model: PurchaseModel
    spend_model: SpendModel
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class HoldOutRow:
    """Customers with `frequency` repeat purchases in calibration (`or_more`: or more), and their hold-out purchases."""

    frequency: int
    or_more: bool
    n: int
    expected: float
    actual: float


@dataclass(frozen=True, slots=True)
class HoldOut:
    """How well purchases of a later period were foretold from an earlier one.

    `ratio` is actual over expected purchases in total; `mean_absolute_error` is per customer, beside that of the naive
    rule "everyone goes on at his own rate so far" (`naive_error`).
    """

    base: Base
    horizon: float
    expected: float
    actual: float
    ratio: Estimate
    mean_absolute_error: float
    naive_error: float
    rows: tuple[HoldOutRow, ...]
    purchase_model: PurchaseModel
    method: str
    source: str
    notes: tuple[Note, ...] = ()
