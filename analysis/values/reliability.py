"""How consistently several items measure one thing."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.values.estimates import Base, Estimate, Note, Refusal


@dataclass(frozen=True, slots=True)
class ItemReliability:
    """One item of a scale: how it goes with the sum of the others, and what alpha would be without it."""

    name: str
    item_rest: Estimate | Refusal
    alpha_if_dropped: Estimate | Refusal
    is_reversed: bool


@dataclass(frozen=True, slots=True)
class Reliability:
    """The consistency of a scale and of each of its items, from the people who answered all of them.

    `n_left_out` people with a missing answer are not in the base. A figure that the answers don't carry is a Refusal.
    """

    alpha: Estimate | Refusal
    standardised_alpha: Estimate | Refusal
    omega: Estimate | Refusal
    average_correlation: Estimate | Refusal
    items: tuple[ItemReliability, ...]
    base: Base
    n_left_out: int
    method: str
    source: str
    notes: tuple[Note, ...] = ()
