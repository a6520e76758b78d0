"""What may be said about the rows and chosen for a model of an ordered or binary outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import ArrayLike

LINKS = ("logit", "probit")


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What each row stands for; everything may be left out.

    `weights` are survey weights (how many people an answer stands for; their scale means nothing). `clusters` names the
    respondent of each row where some answered more than once. `frequencies` are counts of identical answers, as in a
    table of counts: row with frequency 3 is three respondents.
    """

    weights: ArrayLike | None = None
    clusters: ArrayLike | None = None
    frequencies: ArrayLike | None = None


@dataclass(frozen=True, slots=True)
class CategoricalOptions:
    """Choices of a model.

    `categories` gives the order of the outcome's categories, lowest first (not needed for numbers and ordered
    categoricals; for a binary outcome the second is the event). `levels` gives, by predictor, the order of a factor's
    levels; the first is what the others are compared with. `level` is that of the intervals. Fewer than `least_base`
    respondents give no model; a category with fewer than `least_per_category` answers, and fewer than
    `least_per_coefficient` answers of limiting size per coefficient, give a note.
    """

    link: str = "logit"
    categories: Sequence[Any] = ()
    levels: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    level: float = 0.95
    least_base: int = 30
    least_per_category: int = 10
    least_per_coefficient: int = 10

    def __post_init__(self) -> None:
        """Refuse a link that is neither logit nor probit, and a level outside 0..1."""
        if self.link not in LINKS:
            raise ValueError(f"The link is logit or probit, not {self.link!r}.")
        if not 0 < self.level < 1:
            raise ValueError(f"A confidence level lies between 0 and 1, not at {self.level}.")


@dataclass(frozen=True, slots=True)
class ImportanceOptions:
    """Choices of the division of McFadden's R2.

    `model` holds those of the models themselves; `groups` gives, by a name of their own, predictors that enter as one;
    `n_draws` is the number of bootstrap draws behind intervals and ranks.
    """

    model: CategoricalOptions = field(default_factory=CategoricalOptions)
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    n_draws: int = 500

    def __post_init__(self) -> None:
        """Refuse a number of draws that gives no percentiles."""
        if self.n_draws < 100:  # noqa: PLR2004 - 2.5 % of fewer draws are no two draws
            raise ValueError("Intervals need at least 100 draws.")
