"""What a plan takes for granted, and the figures it is made for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from analysis.values import Base, Note
from analysis.values.planning import Plan, PlannedFigure

MOST_ANSWERS = 10**9
FEWEST_ANSWERS = 3


@dataclass(frozen=True, slots=True)
class PlanningOptions:
    """Confidence of intervals and tests (alpha = 1 - confidence), power wanted, and the fieldwork that is expected.

    `design_effect`: what weights and repeated respondents cost, variance over that of a simple sample. `response_rate`:
    completed answers per invitation. `population`: how many customers there are; margins are corrected for it.
    `panel_correlation`: of a person's answers in two waves, where the same people are asked again; None for independent
    waves. `falling`: a detectable change is sought downwards.
    """

    confidence: float = 0.95
    power: float = 0.80
    design_effect: float = 1.0
    response_rate: float | None = None
    population: int | None = None
    panel_correlation: float | None = None
    falling: bool = False

    def __post_init__(self) -> None:
        """Refuse shares outside 0..1, a design effect that is none, and a population of nobody."""
        for name in ("confidence", "power"):
            if not 0 < getattr(self, name) < 1:
                raise ValueError(f"`{name}` lies between 0 and 1, not at {getattr(self, name)}.")
        if not 0 < self.design_effect < math.inf:
            raise ValueError(f"A design effect is a number above 0, not {self.design_effect}.")
        if self.response_rate is not None and not 0 < self.response_rate <= 1:
            raise ValueError(f"A response rate lies above 0 and up to 1, not at {self.response_rate}.")
        if self.population is not None and self.population < 1:
            raise ValueError(f"A population counts at least one customer, not {self.population}.")
        if self.panel_correlation is not None and not -1 < self.panel_correlation < 1:
            raise ValueError(f"A correlation lies between -1 and 1, not at {self.panel_correlation}.")

    @property
    def alpha(self) -> float:
        """Return the rate of false alarms."""
        return 1 - self.confidence

    def invitations(self, n: int) -> int | None:
        """Return how many invitations are expected to bring n completed answers."""
        return None if self.response_rate is None else math.ceil(n / self.response_rate - 1e-9)


DEFAULTS = PlanningOptions()


def planned_net_promoter_score(detractors: float, promoters: float) -> PlannedFigure:
    """Return an expected Net Promoter Score from the expected shares (0..1) of detractors and promoters.

    SD of one answer: 100 sqrt(pP + pD - (pP - pD)^2). Raises ValueError unless both are shares and sum to at most 1.
    """
    if min(detractors, promoters) < 0 or not detractors + promoters <= 1 + 1e-12:
        raise ValueError(f"Detractors and promoters are shares of all, not {detractors} and {promoters}.")
    net = promoters - detractors
    spread = 100 * math.sqrt(max(promoters + detractors - net**2, 0.0))
    return PlannedFigure("nps", "points", 100 * net, spread, -100.0, 100.0)


def planned_share(share: float) -> PlannedFigure:
    """Return an expected share, such as a CSAT, with SD sqrt(p (1 - p)); raises ValueError outside 0..1."""
    if not 0 <= share <= 1:
        raise ValueError(f"A share lies between 0 and 1, not at {share}.")
    return PlannedFigure("share", "share", share, math.sqrt(share * (1 - share)), 0.0, 1.0)


def planned_mean(mean: float, sd: float, low: float = -math.inf, high: float = math.inf) -> PlannedFigure:
    """Return an expected mean of answers with standard deviation `sd` on a scale from low to high.

    Raises ValueError for a mean off the scale and an SD that is not a number above 0.
    """
    if not (low <= mean <= high and math.isfinite(mean)) or not 0 < sd < math.inf:
        raise ValueError(f"Give a mean between {low} and {high} and an SD above 0, not {mean} and {sd}.")
    return PlannedFigure("mean", "mean", mean, sd, low, high)


def plan(
    n: int, effect: tuple[float, str], power: float | None, how: tuple[str, str], options: PlanningOptions
) -> Plan:
    """Return a plan with its invitations, base and warnings; `effect` has its unit, `how` is method and source."""
    return Plan(
        n,
        effect[0],
        effect[1],
        options.confidence,
        power,
        options.invitations(n),
        planned_base(n, options),
        *how,
        warnings(n, options),
    )


def planned_base(n: int, options: PlanningOptions) -> Base:
    """Return n answers and what is left of them after the design effect."""
    return Base(n, float(n), n / options.design_effect)


def warnings(n: int, options: PlanningOptions) -> tuple[Note, ...]:
    """Warn where there are fewer customers than answers or invitations needed."""
    asked = options.invitations(n) or n
    if options.population is None or asked <= options.population:
        return ()
    return (Note("population-too-small", {"needed": asked, "population": options.population}),)


def smallest(suffices: Callable[[int], bool], start: int = FEWEST_ANSWERS) -> int | None:
    """Return the smallest n from `start` that suffices, by doubling and halving; None where 10^9 do not."""
    low, high = start - 1, start
    while not suffices(high):
        low, high = high, 2 * high
        if low > MOST_ANSWERS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if suffices(middle) else (middle, high)
    return high


def checked_size(n: int, least: int = FEWEST_ANSWERS) -> int:
    """Return n; raise ValueError where it is too small for any plan."""
    if n < least:
        raise ValueError(f"A plan is made for at least {least} answers, not {n}.")
    return n
