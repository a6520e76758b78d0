"""Verbatims: the words that tell low scorers from high scorers, the themes of comments, and what goes with them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from analysis.values.comparisons import Difference
from analysis.values.estimates import Base, Estimate, Note, Refusal


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
    method: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Theme:
    """What several comments share.

    `label` names it by its first terms; `terms` are all of them, the weightiest first: a comment that holds one
    mentions the theme. `stability` (0..1) says how well it comes back in random parts of the comments, `mentions` how
    many comments mention it.
    """

    label: str
    terms: tuple[str, ...]
    stability: float
    mentions: Estimate | Refusal
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Themes:
    """The themes of some comments, the most mentioned first.

    `phrases` are the neighbouring words that count as one term. `agreement` holds the mean stability for every number
    of themes tried. `base` counts the comments, `n_without_term` those that hold no term at all, `n_terms` the terms
    looked at.
    """

    themes: tuple[Theme, ...]
    phrases: tuple[str, ...]
    agreement: dict[int, float]
    base: Base
    n_without_term: int
    n_terms: int
    method: str
    source: str


@dataclass(frozen=True, slots=True)
class ThemeEffect:
    """How the scores of those who mention a theme differ, the other themes held, and what that adds up to.

    `impact` is in scale points (unit `slope`), `prevalence` the share of comments that mention it, `at_stake` their
    product: by how much the mean would differ if the theme were not there, were the association an effect.
    `p_adjusted` is by Benjamini and Hochberg over all themes tested; `is_clear` says whether it is below alpha.
    `agreement` (0..1) says how well the theme was found again in the worse of the halves that coded it; 1 for a theme
    that was given.
    """

    label: str
    terms: tuple[str, ...]
    prevalence: Estimate | Refusal
    impact: Estimate | Refusal
    at_stake: Estimate | Refusal
    p_value: float | None
    p_adjusted: float | None
    is_clear: bool
    agreement: float
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class ThemeEffects:
    """All themes by what is at stake, the largest loss first, with the comments and scores they rest on."""

    effects: tuple[ThemeEffect, ...]
    base: Base
    n_without_score: int
    alpha: float
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Commenting:
    """Who comments: the share of all who answered, and how the score of those who do differs from the others'."""

    share: Estimate | Refusal
    difference: Difference | Refusal
    notes: tuple[Note, ...] = ()
