"""Verbatims: the words that tell low scorers from high scorers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from analysis.values.estimates import Base


class Camp(StrEnum):
    """Whose word it is."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class DistinctiveWord:
    """A word that one camp uses more: in how many comments of each camp it stands, and how surely it differs.

    `log_odds` is the difference of log-odds, high minus low, shrunk towards all comments; `z` its standard
    score, `p_value` two-sided, `p_adjusted` by Benjamini and Hochberg over all words tested.
    """

    word: str
    camp: Camp
    n_low: int
    n_high: int
    log_odds: float
    z: float
    p_value: float
    p_adjusted: float


@dataclass(frozen=True, slots=True)
class DistinctiveWords:
    """The clearly distinctive words, surest first, with the comments they rest on and how many words were tested."""

    words: tuple[DistinctiveWord, ...]
    base_low: Base
    base_high: Base
    n_tested: int
    alpha: float
