"""When sending stops by itself: too many mails came back or were complained about, and whether a pilot went well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# The usual limits. Large mailbox providers distrust a sender from 0.3 % complaints on.
MOST_RETURNED, MOST_COMPLAINED = 0.05, 0.003
# Shares are taken of at least so many mails, so that the first one to come back stops nothing.
LEAST_BASE = 50


class PauseReason(StrEnum):
    """Why a campaign paused by itself."""

    RETURNED = "returned"
    COMPLAINED = "complained"
    # Its time came, and nobody could be written to.
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Returns:
    """What came back so far: `n_tried` mails went out or were refused, `n_returned` bounced or were refused."""

    n_tried: int = 0
    n_returned: int = 0
    n_complained: int = 0

    def since(self, before: Returns) -> Returns:
        """Return what came back since an earlier count."""
        return Returns(
            max(self.n_tried - before.n_tried, 0),
            max(self.n_returned - before.n_returned, 0),
            max(self.n_complained - before.n_complained, 0),
        )

    def to_data(self) -> dict[str, int]:
        """Return the counts as stored."""
        return {"n_tried": self.n_tried, "n_returned": self.n_returned, "n_complained": self.n_complained}


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest shares of mails that may come back and be complained about; None sets no limit.

    `accepted` is what had come back when somebody resumed all the same: only what comes after it counts.
    """

    most_returned: float | None = MOST_RETURNED
    most_complained: float | None = MOST_COMPLAINED
    accepted: Returns = Returns()

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Limits:
        """Return limits as stored; nothing stored stands for the usual ones."""
        return cls(
            most_returned=data.get("most_returned", MOST_RETURNED),
            most_complained=data.get("most_complained", MOST_COMPLAINED),
            accepted=Returns(**data.get("accepted", {})),
        )

    def to_data(self) -> dict[str, Any]:
        """Return the limits as stored."""
        return {
            "most_returned": self.most_returned,
            "most_complained": self.most_complained,
            "accepted": self.accepted.to_data(),
        }


def exceeded(limits: Limits, returns: Returns) -> PauseReason | None:
    """Return which limit is exceeded, complaints first; None while sending may go on."""
    new = returns.since(limits.accepted)
    if is_above(limits.most_complained, new.n_complained, new.n_tried):
        return PauseReason.COMPLAINED
    if is_above(limits.most_returned, new.n_returned, new.n_tried):
        return PauseReason.RETURNED
    return None


def is_above(most: float | None, n: int, n_tried: int) -> bool:
    """Return whether so many of so many mails are more than a limit allows; a small base counts as `LEAST_BASE`."""
    return most is not None and n > most * max(n_tried, LEAST_BASE)


@dataclass(frozen=True, slots=True)
class Gate:
    """What a pilot must show before the rest is sent without a person: stated before it begins."""

    most_returned: float = 0.03
    least_delivered: int = 1
    least_started: float = 0.0

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Gate:
        """Return a gate as stored."""
        return cls(
            most_returned=float(data.get("most_returned", 0.03)),
            least_delivered=int(data.get("least_delivered", 1)),
            least_started=float(data.get("least_started", 0.0)),
        )

    def to_data(self) -> dict[str, Any]:
        """Return the gate as stored."""
        return {
            "most_returned": self.most_returned,
            "least_delivered": self.least_delivered,
            "least_started": self.least_started,
        }


class GateVerdict(StrEnum):
    """What a gate says of a pilot; only `passed` sends the rest."""

    PASSED = "passed"
    COMPLAINED = "complained"
    TOO_MANY_RETURNED = "too-many-returned"
    TOO_FEW_DELIVERED = "too-few-delivered"
    TOO_FEW_STARTED = "too-few-started"


@dataclass(frozen=True, slots=True)
class PilotCounts:
    """How a pilot went: of `n_people`, so many mails were delivered, came back, were complained about."""

    n_people: int = 0
    n_waiting: int = 0
    n_sent: int = 0
    n_returned: int = 0
    n_complained: int = 0
    n_started: int = 0
    n_finished: int = 0

    @property
    def n_delivered(self) -> int:
        """Return how many mails were taken and did not come back."""
        return max(self.n_sent - self.n_returned, 0)


def gate_verdict(gate: Gate, counts: PilotCounts) -> GateVerdict:
    """Return whether a pilot passes its gate, or the first condition that it misses."""
    n_tried = max(counts.n_sent, 1)
    if counts.n_complained:
        return GateVerdict.COMPLAINED
    if counts.n_returned / n_tried > gate.most_returned:
        return GateVerdict.TOO_MANY_RETURNED
    if counts.n_delivered < gate.least_delivered:
        return GateVerdict.TOO_FEW_DELIVERED
    if counts.n_started / max(counts.n_delivered, 1) < gate.least_started:
        return GateVerdict.TOO_FEW_STARTED
    return GateVerdict.PASSED
