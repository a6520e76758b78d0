"""A linear model of one outcome by name: its slopes, and how strongly each player goes with the outcome."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.values.drivers import Collinearity
from analysis.values.estimates import Base, Estimate, Note


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One column of a regression: `estimate` is the outcome's change per unit of it (unit `slope`), others held.

    `statistic` is value over error, `p_value` two-sided by t with the model's degrees of freedom. `standardised` is the
    slope in standard deviations and `vif` the variance inflation; both are 0 for the intercept. `classical_se` is the
    textbook error that takes the residuals to be alike, shown for comparison only.
    """

    name: str
    estimate: Estimate
    statistic: float
    p_value: float
    classical_se: float
    standardised: float
    vif: float


@dataclass(frozen=True, slots=True)
class DriverRegression:
    """A linear regression of the outcome on the drivers, intercept apart.

    `method` names the errors (`hc3`, `linearised`, `linearised-clusters`, `classical`), `degrees` are those of the t
    intervals, `sigma` is the residual standard deviation, `outcome_variance` the (weighted) variance with n - 1.
    """

    base: Base
    intercept: Coefficient
    coefficients: tuple[Coefficient, ...]
    r_squared: float
    adjusted_r_squared: float
    sigma: float
    outcome_variance: float
    degrees: float
    condition_number: float
    method: str
    source: str
    notes: tuple[Note, ...] = ()

    def coefficient(self, name: str) -> Coefficient:
        """Return the coefficient of a column; raise KeyError when it is not in the model."""
        for each in (self.intercept, *self.coefficients):
            if each.name == name:
                return each
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class PlayerImportance:
    """How strongly one player (a column, a group, a factor) goes with the outcome; estimates have unit `r2`.

    `lmg` is the headline, `share` its part of what the players explain together (0..1). `first` is the R2 it adds to
    the controls alone, `last` what the whole model loses without it. `relative_weight`, `betasq`, `pratt` and `car`
    exist where every player is one column and nothing is controlled, otherwise None. `rank` 1 is the strongest;
    `rank_probabilities[k]` is the share of draws in which it came k+1-th, `rank_interval` holds `level` of them.
    `noise_reference` is the LMG that shuffled outcomes exceed in 5 %, `p_value` how often they reach this one. Signs
    (-1, 0, 1) of the correlation with the outcome and of the slope are None for a player of several columns.
    """

    name: str
    columns: tuple[str, ...]
    lmg: Estimate
    share: float
    first: Estimate
    last: Estimate
    relative_weight: Estimate | None
    betasq: Estimate | None
    pratt: Estimate | None
    car: Estimate | None
    rank: int
    rank_interval: tuple[int, int]
    rank_probabilities: tuple[float, ...]
    p_value: float
    noise_reference: float
    zero_order_sign: int | None
    full_model_sign: int | None
    vif: float

    @property
    def signs_differ(self) -> bool:
        """Tell whether the slope turns against the correlation."""
        return (self.zero_order_sign or 0) * (self.full_model_sign or 0) < 0


@dataclass(frozen=True, slots=True)
class DriverImportance:
    """The importance of all players, strongest first.

    `r_squared` is that of the whole model; `controls_r_squared` of the controls alone; `decomposed_r_squared` the
    difference, which the players share. `r_squared_p_value` is the share of shuffled outcomes of which the players
    explain as much. `method` is `lmg` or, above 24 players, `lmg-sampled`; then `monte_carlo_error` is the largest
    error of sampling orders, otherwise 0.
    """

    base: Base
    players: tuple[PlayerImportance, ...]
    r_squared: Estimate
    adjusted_r_squared: float
    controls_r_squared: float
    decomposed_r_squared: Estimate
    r_squared_p_value: float
    collinearity: Collinearity
    n_draws: int
    monte_carlo_error: float
    method: str
    source: str
    notes: tuple[Note, ...] = ()

    def player(self, name: str) -> PlayerImportance:
        """Return the player of this name; raise KeyError when it is not in the model."""
        for each in self.players:
            if each.name == name:
                return each
        raise KeyError(name)
