"""What the planner is asked, as plain values."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from survey_app.questionnaires.definition import Item, ItemType

# Raised whenever stored results gain or lose something that pages read.
RESULT_FORM = 1
CONFIDENCE = 0.95
POWER = 0.80


class Kind(StrEnum):
    """Which figure is planned for: a Net Promoter Score, a share of satisfied customers, or a mean."""

    NPS = "nps"
    SHARE = "share"
    MEAN = "mean"


KINDS = {ItemType.NPS: Kind.NPS, ItemType.CSAT: Kind.SHARE, ItemType.CES: Kind.MEAN}


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """One question to the planner.

    `first` and `second` are what is expected: shares of promoters and detractors for an NPS, the share of satisfied
    customers for a share (`second` is 0), mean and standard deviation for a mean. `change` is in NPS points, in shares
    or in scale points; `low` and `high` bound a mean.
    """

    outcome: str
    kind: Kind
    first: float
    second: float
    low: float
    high: float
    audience: int
    invitations: int
    response_rate: float
    change: float

    @property
    def key(self) -> str:
        """Return a short text that is equal for equal requests of results of the same form."""
        return hashlib.sha256(json.dumps([RESULT_FORM, asdict(self)], sort_keys=True).encode()).hexdigest()

    @property
    def data(self) -> dict[str, Any]:
        """Return the request as data, from which `request_of` makes it again."""
        return asdict(self)


def request_of(data: dict[str, Any]) -> PlanRequest:
    """Return the request that was stored."""
    return PlanRequest(**(data | {"kind": Kind(data["kind"])}))


def plannable(items: tuple[Item, ...]) -> dict[str, Item]:
    """Return the items for which a plan can be made, the primary outcome first."""
    found = [item for item in items if item.type in KINDS and item.scale is not None]
    return {item.code: item for item in sorted(found, key=lambda item: not item.is_primary)}
