"""A pilot: some of the audience first, chosen by chance; then a wait; then the rest, by a person or a stated gate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from survey_app.campaigns.sending.gates import Gate

LONGEST_WAIT = 24 * 30


@dataclass(frozen=True, slots=True)
class Pilot:
    """How many go first (a number or a share), how long is waited, and the gate; without one a person decides."""

    n: int | None = None
    share: float | None = None
    wait_hours: int = 24
    gate: Gate | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Pilot | None:
        """Return a pilot as stored; None where there is none."""
        if not data.get("n") and not data.get("share"):
            return None
        gate = data.get("gate")
        return cls(
            n=data.get("n"),
            share=data.get("share"),
            wait_hours=int(data.get("wait_hours", 24)),
            gate=Gate.from_data(gate) if gate else None,
        )

    def to_data(self) -> dict[str, Any]:
        """Return the pilot as stored."""
        return {
            "n": self.n,
            "share": self.share,
            "wait_hours": self.wait_hours,
            "gate": self.gate.to_data() if self.gate else None,
        }

    def size_of(self, n_mails: int) -> int:
        """Return how many of so many mails are the pilot: at least one, at most all."""
        wanted = self.n if self.n is not None else math.ceil((self.share or 0.0) * n_mails)
        return max(min(wanted, n_mails), min(1, n_mails))

    def ends_at(self, last_sent_at: datetime) -> datetime:
        """Return until when is waited after the pilot's last mail."""
        return last_sent_at + timedelta(hours=self.wait_hours)
