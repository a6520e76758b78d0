"""Chance that can be repeated: every customer has one fixed place in a campaign's random order.

The order is a permutation of the numbers below a prime P: a straight line through the customer numbers, then the fifth
power. Both are one-to-one modulo P = 2^31 - 1 (5 has no divisor in common with P - 1), so no two customers share a
place, and databases work it out with whole numbers of 64 bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast

P = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Draw:
    """The random order of one campaign, or of one purpose in it; the same whenever it is asked."""

    slope: int
    start: int

    @classmethod
    def of(cls, campaign_id: int, purpose: str = "order") -> Draw:
        """Return the order that a campaign's number and a purpose stand for."""
        seed = sha256(f"{purpose}:{campaign_id}".encode()).digest()
        return cls(int.from_bytes(seed[:8]) % (P - 1) + 1, int.from_bytes(seed[8:16]) % P)

    def place(self, customer_id: int) -> int:
        """Return a customer's place: 0 to P - 1."""
        return pow(customer_id * self.slope + self.start, 5, P)

    def share(self, customer_id: int) -> float:
        """Return a customer's place as a share: 0 for the first, nearly 1 for the last."""
        return self.place(customer_id) / P

    def column(self, customer_id: ColumnElement[int]) -> ColumnElement[int]:
        """Return the place as a database works it out."""
        line = (cast(customer_id, BigInteger) * self.slope + self.start) % P
        squared = (line * line) % P
        return ((squared * squared) % P * line) % P


@dataclass(frozen=True, slots=True)
class Sample:
    """Only some of the audience: so many mails, or such a share of the people; drawn by chance."""

    size: int | None = None
    share: float | None = None
    # The last place in the random order that is drawn, once it is settled.
    cutoff: int | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Sample | None:
        """Return a sample as stored; None where everybody is asked."""
        size, share = data.get("size"), data.get("share")
        if share:
            return cls(share=float(share), cutoff=min(int(float(share) * P), P - 1))
        return cls(size=int(size), cutoff=data.get("cutoff")) if size else None
