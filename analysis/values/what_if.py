"""What goes with better ratings: the outcome that the model associates with them, never a promise."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from analysis.values.estimates import Base, Estimate, Note


class OutcomeMeasure(StrEnum):
    """What is modelled: the mean outcome, the net promoter score, or the share at or above a threshold."""

    MEAN = "mean"
    NET_PROMOTER_SCORE = "net-promoter-score"
    TOP_BOX = "top-box"


@dataclass(frozen=True, slots=True)
class Lift:
    """One rating that is supposed to be better: by `points` towards the good end, but never beyond it.

    `mean_lift` is what it rises on average over all respondents, those at the end of the scale included (`share_capped`
    of raters could not rise by all of it); `part` is its part of the whole change. The parts add up.
    """

    code: str
    label: str
    points: float
    mean_lift: float
    share_capped: float
    part: Estimate


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The change of the outcome that the model associates with better ratings, and where it would lead.

    `change` has the unit `difference-mean`, `difference-points` (net promoter score) or `difference-share`; `now` and
    `then` are the outcome as it is and with the change. `share_beyond` is the share of respondents whose raised ratings
    lie further out than any combination observed. `r_squared` tells how much of the outcome the model explains.
    """

    base: Base
    measure: OutcomeMeasure
    now: Estimate
    change: Estimate
    then: Estimate
    lifts: tuple[Lift, ...]
    share_beyond: float
    r_squared: float
    n_imputations: int
    method: str
    source: str
    notes: tuple[Note, ...] = ()
