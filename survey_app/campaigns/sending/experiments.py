"""Two wordings compared: who gets which, and what a proper test says of the difference.

The first wording is `a`, the second `b`. Opens are no measure: mail programs load pictures for everybody, read or not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from survey_app.campaigns.figures.shares import newcombe

VARIANTS = ("a", "b")
# A difference is clear where chance alone would bring one as large in fewer than one of twenty trials.
CLEAR_BELOW = 0.05
# Below so many expected in a cell the test is not trusted (Cochran 1954).
LEAST_EXPECTED = 5


class Measure(StrEnum):
    """What the wordings are compared by, among the mails that were sent."""

    STARTED = "started"
    FINISHED = "finished"


class ExperimentVerdict(StrEnum):
    """What the test says."""

    A_BETTER = "a-better"
    B_BETTER = "b-better"
    NOT_CLEAR = "not-clear"
    TOO_FEW = "too-few"


@dataclass(frozen=True, slots=True)
class Arm:
    """How one wording did: so many people it was sent to, so many of them did what is measured."""

    n_sent: int
    n_did: int

    @property
    def share(self) -> float:
        """Return the share that did it; 0 where nobody was written to."""
        return self.n_did / self.n_sent if self.n_sent else 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference b minus a with its 95 % interval, the test's p-value, and what follows."""

    a: Arm
    b: Arm
    difference: float
    low: float
    high: float
    p_value: float
    verdict: ExperimentVerdict

    @property
    def better(self) -> str | None:
        """Return the wording that is clearly better; None where neither is."""
        return {ExperimentVerdict.A_BETTER: "a", ExperimentVerdict.B_BETTER: "b"}.get(self.verdict)

    def to_data(self) -> dict[str, Any]:
        """Return the comparison as stored."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Comparison:
        """Return a comparison as stored."""
        kept = {name: data[name] for name in ("difference", "low", "high", "p_value")}
        return cls(a=Arm(**data["a"]), b=Arm(**data["b"]), verdict=ExperimentVerdict(data["verdict"]), **kept)


@dataclass(frozen=True, slots=True)
class Experiment:
    """Which share of the audience is tested, which share of those gets `b`, and what is measured when."""

    tested_share: float = 1.0
    share_b: float = 0.5
    measure: Measure = Measure.STARTED
    hours: int = 24
    result: Comparison | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Experiment | None:
        """Return an experiment as stored; None where there is none."""
        if not data:
            return None
        result = data.get("result")
        return cls(
            tested_share=float(data.get("tested_share", 1.0)),
            share_b=float(data.get("share_b", 0.5)),
            measure=Measure(data.get("measure", Measure.STARTED)),
            hours=int(data.get("hours", 24)),
            result=Comparison.from_data(result) if result else None,
        )

    def to_data(self) -> dict[str, Any]:
        """Return the experiment as stored."""
        return {
            "tested_share": self.tested_share,
            "share_b": self.share_b,
            "measure": self.measure.value,
            "hours": self.hours,
            "result": self.result.to_data() if self.result else None,
        }

    def size_of(self, n_mails: int) -> int:
        """Return how many of so many mails are the test."""
        return min(math.ceil(self.tested_share * n_mails), n_mails)


def compare(a: Arm, b: Arm) -> Comparison:
    """Return the difference of two shares: Newcombe's hybrid score interval, and the p-value that belongs to it.

    Interval and test are one procedure (Newcombe 1998, method 10), so that they cannot contradict each other. With
    fewer than five expected in any cell nothing is decided.
    """
    found = newcombe((a.n_did, a.n_sent), (b.n_did, b.n_sent))
    if found is None or not _is_enough(a, b):
        verdict = ExperimentVerdict.TOO_FEW
    elif found.p_value >= CLEAR_BELOW:
        verdict = ExperimentVerdict.NOT_CLEAR
    else:
        verdict = ExperimentVerdict.B_BETTER if b.share > a.share else ExperimentVerdict.A_BETTER
    if found is None:
        return Comparison(a, b, b.share - a.share, -1.0, 1.0, 1.0, verdict)
    return Comparison(a, b, b.share - a.share, found.low, found.high, found.p_value, verdict)


def _is_enough(a: Arm, b: Arm) -> bool:
    """Return whether every cell of the table of two by two is expected to hold enough."""
    n_all, n_did = a.n_sent + b.n_sent, a.n_did + b.n_did
    smaller = min(a.n_sent, b.n_sent)
    return bool(n_all) and smaller * min(n_did, n_all - n_did) / n_all >= LEAST_EXPECTED
