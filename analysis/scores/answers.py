"""What goes into a score: the raw answers of one group to one item, and how the score is to be reported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy.typing as npt

from analysis.intervals import NPS_INTERVALS, SHARE_INTERVALS
from analysis.values.scores import Scale
from analysis.weights import Sample, sample_of

MEAN_INTERVALS = ("guarded-t", "t", "adjusted-t")
NPS_ERRORS = ("multinomial", "linearised")


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """How a score is reported: confidence level, display base, comparison base, and which interval and error.

    `nps_interval`: `adjusted` (adjusted Wald, and adjusted t where a group has fewer than five answers),
    `adjusted-wald`, `adjusted-t`, `score` or `wald`. `share_interval`: `guarded-wilson` (Wilson, and Clopper & Pearson
    where a side has fewer than ten answers), `wilson`, `clopper-pearson` or `agresti-coull`. `mean_interval`:
    `guarded-t` (Student's t, and adjusted t where the answers are too skewed for it), `t` or `adjusted-t`. `nps_error`:
    `multinomial` (divisor n) or `linearised` (divisor n - 1; always used with weights or clusters).
    """

    level: float = 0.95
    minimum_base: int = 10
    comparison_base: int = 30
    nps_interval: str = "adjusted"
    share_interval: str = "guarded-wilson"
    mean_interval: str = "guarded-t"
    nps_error: str = "multinomial"

    def __post_init__(self) -> None:
        """Refuse a level that is no probability and a method that does not exist."""
        if not 0 < self.level < 1:
            raise ValueError(f"A confidence level lies between 0 and 1, not at {self.level}.")
        for name, known in (
            ("nps_interval", tuple(NPS_INTERVALS)),
            ("share_interval", tuple(SHARE_INTERVALS)),
            ("mean_interval", MEAN_INTERVALS),
            ("nps_error", NPS_ERRORS),
        ):
            if getattr(self, name) not in known:
                raise ValueError(f"`{name}` is one of {', '.join(known)}, not {getattr(self, name)}.")


DEFAULTS = ScoreOptions()


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The raw answers of one group to one item (n,), NaN for missing.

    `weights` (n,) say how many people an answer stands for; `clusters` (n,) name the respondent of each answer where
    some answered more than once (any values that can be told apart).
    """

    scores: npt.ArrayLike
    weights: npt.ArrayLike | None = None
    clusters: npt.ArrayLike | None = None


def rated(answers: Answers, scale: Scale) -> Sample:
    """Return the answers that are there; raise ValueError for one that is not a point of the scale."""
    sample = sample_of(answers.scores, answers.weights, answers.clusters)
    off = sample.values[(sample.values < scale.low) | (sample.values > scale.high) | (sample.values % 1 != 0)]
    if off.size:
        msg = (
            f"{off.size} of {sample.values.size} answers are not points of the scale {scale.low} to {scale.high}, "
            f"the first is {off[0]:g}: declare missing codes as missing, or correct the scale."
        )
        raise ValueError(msg)
    return sample
