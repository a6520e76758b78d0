"""What may be chosen in a driver analysis; the defaults are those of the reports."""

from __future__ import annotations

from dataclasses import dataclass, field

from analysis.drivers.intervals import BootstrapInterval
from analysis.imputation import ImputationOptions
from analysis.values.drivers import QuadrantLines


@dataclass(frozen=True, slots=True)
class DriverOptions:
    """Choices of a driver analysis.

    A model needs `least_per_driver` answers per driver, at least `least_base`; a driver needs `least_ratings` raters.
    `n_draws` bootstrap draws give intervals and ranks, `n_shuffles` the reference of chance; both are spread over the
    imputations. Quadrants are parted at `lines`, and one is named when `stability` of the draws agree. `sensitivities`
    adds the other two methods.
    """

    level: float = 0.95
    interval: BootstrapInterval = BootstrapInterval.EXPANDED
    n_draws: int = 1000
    n_shuffles: int = 400
    least_base: int = 50
    least_per_driver: int = 10
    least_ratings: int = 30
    stability: float = 0.8
    lines: QuadrantLines = QuadrantLines.MEAN
    outcome_higher_is_better: bool = True
    sensitivities: bool = True
    imputation: ImputationOptions = field(default_factory=ImputationOptions)

    def __post_init__(self) -> None:
        """Take the names of choices for the choices."""
        object.__setattr__(self, "interval", BootstrapInterval(self.interval))
        object.__setattr__(self, "lines", QuadrantLines(self.lines))

    def needed(self, n_drivers: int) -> int:
        """Return how many answers a model with this many drivers needs."""
        return max(self.least_per_driver * n_drivers, self.least_base)
