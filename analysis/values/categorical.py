"""What a model of an ordered or a two-valued outcome found: coefficients, odds, effects on shares, importance."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.values.estimates import Base, Estimate, Note


@dataclass(frozen=True, slots=True)
class Coding:
    """How a predictor enters: as a number (`levels` empty) or as a factor, compared with the first of its levels."""

    predictor: str
    levels: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its coefficients: the predictor, or predictor and level run together as in R."""
        return tuple(f"{self.predictor}{level}" for level in self.levels[1:]) if self.levels else (self.predictor,)


@dataclass(frozen=True, slots=True)
class CategoricalModel:
    """A fitted model of the probability of each category.

    Ordered: P(Y <= j) = F(threshold_j - x * coefficients), thresholds named `lower|upper`. Binary: P(event) =
    F(intercept + x * coefficients), the intercept first among the coefficients and no thresholds. A positive
    coefficient goes with higher categories. `covariance` is in the order of `names`: coefficients, then thresholds.
    `counts` are answers per category (after weighting where there are weights). `degrees` are those of the intervals,
    infinite where they are normal. With weights the likelihood is a pseudo-likelihood of weights with mean one.
    """

    link: str
    categories: tuple[str, ...]
    counts: tuple[float, ...]
    codings: tuple[Coding, ...]
    coefficients: dict[str, Estimate]
    thresholds: dict[str, Estimate]
    p_values: dict[str, float]
    covariance: tuple[tuple[float, ...], ...]
    degrees: float
    log_likelihood: float
    log_likelihood_null: float
    n_iterations: int
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return what the rows of `covariance` belong to."""
        return (*self.coefficients, *self.thresholds)

    @property
    def standard_errors(self) -> dict[str, float]:
        """Return the standard error of each coefficient and threshold."""
        found = {**self.coefficients, **self.thresholds}
        return {name: each.se for name, each in found.items() if each.se is not None}

    @property
    def mcfadden_r2(self) -> float:
        """Return 1 - log-likelihood / log-likelihood of the thresholds alone (McFadden 1974)."""
        return 1.0 - self.log_likelihood / self.log_likelihood_null

    @property
    def deviance(self) -> float:
        """Return -2 log-likelihood."""
        return -2.0 * self.log_likelihood

    @property
    def aic(self) -> float:
        """Return the deviance plus twice the number of coefficients and thresholds (Akaike 1974)."""
        return self.deviance + 2.0 * len(self.names)


@dataclass(frozen=True, slots=True)
class MarginalEffects:
    """How much the share of each category changes with one predictor, averaged over the respondents.

    `effects[coefficient][category]`: per unit of a number, or of a level against the first level (unit
    `difference-share`). The effects of one coefficient sum to zero over the categories.
    """

    effects: dict[str, dict[str, Estimate]]
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class PredictorOdds:
    """Whether one predictor goes with the outcome alike at every cut: Wald test of equal slopes, Holm-adjusted.

    `slopes[coefficient][cut]` is the log-odds ratio of the binary logit at that cut (`lower|upper`).
    """

    predictor: str
    slopes: dict[str, dict[str, Estimate]]
    statistic: float
    degrees: int
    p_value: float
    adjusted_p_value: float
    violated: bool


@dataclass(frozen=True, slots=True)
class ProportionalOdds:
    """The check of proportional odds: `violated` where any predictor fails at the level `alpha` after Holm.

    `statistic`, `degrees` and `p_value` test all predictors at once; `cuts` have answers enough on both sides.
    """

    predictors: tuple[PredictorOdds, ...]
    statistic: float
    degrees: int
    p_value: float
    violated: bool
    alpha: float
    cuts: tuple[str, ...]
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class CategoryProposal:
    """Neighbouring categories put together until each holds enough answers; `mapping` leads from old name to new.

    `changed` is False where nothing needs to be put together.
    """

    groups: tuple[tuple[str, ...], ...]
    counts: tuple[int, ...]
    mapping: dict[str, str]
    changed: bool
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class PlayerImportance:
    """One predictor (or group of them): its Shapley part of McFadden's R2 and how sure its rank is.

    `share` is its part of the whole (0..1); `first` what it explains alone, `last` what is lost without it. Rank 1 is
    the strongest; `rank_probabilities[k]` is the share of draws in which it came k+1-th (empty without draws).
    """

    code: str
    predictors: tuple[str, ...]
    importance: Estimate
    share: float
    first: float
    last: float
    rank: int
    rank_interval: tuple[int, int] | None
    rank_probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CategoricalImportance:
    """Shapley values of McFadden's R2 in the order of the predictors; they sum to `pseudo_r2`.

    `subset_r2[m]` is McFadden's R2 of the sub-model whose members are the bits of m (bit j: player j).
    """

    players: tuple[PlayerImportance, ...]
    pseudo_r2: Estimate
    subset_r2: tuple[float, ...]
    log_likelihood: float
    log_likelihood_null: float
    n_draws: int
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()

    def player(self, code: str) -> PlayerImportance:
        """Return the player with this code; raise KeyError when there is none."""
        for each in self.players:
            if each.code == code:
                return each
        raise KeyError(code)
