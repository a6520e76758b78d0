"""Concentration: how much of the revenue few customers bring."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.values.estimates import Base, Estimate, Note, Refusal


@dataclass(frozen=True, slots=True)
class LorenzPoint:
    """The smallest `customers` (share) bring `value` (share)."""

    customers: float
    value: float


@dataclass(frozen=True, slots=True)
class Concentration:
    """Gini coefficient, share of the top customers, customers needed for most of the value, and Herfindahl index.

    `top_share` belongs to the top `top` of customers; `few` is the share of customers that bring `most` of the value;
    `equivalent_customers` is 1/Herfindahl: as concentrated as so many equal customers.
    """

    base: Base
    gini: Estimate
    top: float
    top_share: Estimate
    most: float
    few: Estimate | Refusal
    herfindahl: Estimate
    equivalent_customers: float
    lorenz: tuple[LorenzPoint, ...]
    method: str
    source: str
    notes: tuple[Note, ...] = ()
