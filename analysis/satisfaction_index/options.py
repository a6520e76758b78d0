"""What may be chosen in a satisfaction index; the defaults are those of the reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from analysis.imputation import ImputationOptions
from analysis.satisfaction_index.models import PathModel, Scheme

_FEWEST_DRAWS = 2


class MissingItems(StrEnum):
    """What becomes of a row in which some items are blank."""

    COMPLETE_CASES = "complete-cases"
    IMPUTATION = "imputation"


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """Choices of a satisfaction index.

    The fit stops when no outer weight changes by more than `tolerance`; one that has not stopped after
    `max_iterations` is refused. `n_draws` bootstrap draws give every interval. A model needs `least_base` respondents,
    and ten for each path into its busiest construct and for each item of its largest mode B block (Barclay, Higgins &
    Thompson 1995). `target` is the construct of the importance-performance map, by default the one that no path leaves.
    A quadrant is named where `stability` of the draws agree.
    """

    scheme: Scheme = Scheme.PATH
    level: float = 0.95
    n_draws: int = 1000
    least_base: int = 50
    target: str | None = None
    missing: MissingItems = MissingItems.COMPLETE_CASES
    tolerance: float = 1e-10
    max_iterations: int = 500
    stability: float = 0.8
    imputation: ImputationOptions = field(default_factory=ImputationOptions)

    def __post_init__(self) -> None:
        """Raise ValueError for a choice that does not exist."""
        object.__setattr__(self, "scheme", Scheme(self.scheme))
        object.__setattr__(self, "missing", MissingItems(self.missing))
        if not 0 < self.level < 1:
            raise ValueError(f"A confidence level lies between 0 and 1, not at {self.level}.")
        if self.n_draws < _FEWEST_DRAWS or self.max_iterations < 1 or self.tolerance <= 0:
            raise ValueError("Give at least two draws, one iteration and a tolerance above zero.")

    def needed(self, model: PathModel) -> int:
        """Return how many respondents a model needs."""
        arrows = [len(model.leading_to(each)) for each in model.constructs]
        formative = [len(items) for each, items in model.blocks.items() if model.mode(each) == "B"]
        return max(self.least_base, 10 * max([*arrows, *formative]))

    def target_of(self, model: PathModel) -> str:
        """Return the construct whose drivers are mapped; raise ValueError for one that nothing leads to."""
        target = self.target or model.outcome
        if not (target in model.constructs and model.leading_to(target)):
            raise ValueError(f"{target} is no construct that a path leads to: it can't be the target.")
        return target
