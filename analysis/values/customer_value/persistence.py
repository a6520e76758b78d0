"""Persistence: how long customers stay, what it depends on, and by which way they leave."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.values.estimates import Base, Estimate, Note, Refusal


@dataclass(frozen=True, slots=True)
class SurvivalPoint:
    """The curve at one time: customers (weighted) at risk just before, departures then, and the share that stays.

    `estimate` is a Refusal where the curve has reached zero or nobody was left to observe.
    """

    time: float
    at_risk: float
    events: float
    estimate: Estimate | Refusal


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """The share of customers still there, as a step function with one point per time of a departure.

    Before the first point the share is 1; `last_time` is the longest time anybody was observed.
    """

    base: Base
    n_events: int
    points: tuple[SurvivalPoint, ...]
    median: Estimate | Refusal
    last_time: float
    level: float
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class ObservedExpected:
    """One group of a log-rank test: departures observed, and expected if the groups were alike."""

    group: str
    n: int
    observed: float
    expected: float


@dataclass(frozen=True, slots=True)
class LogRank:
    """Do groups leave at different rates? Chi-square with `df` degrees of freedom; `differs` is p below `alpha`."""

    base: Base
    n_events: int
    groups: tuple[ObservedExpected, ...]
    statistic: float
    df: int
    p_value: float
    alpha: float
    differs: bool
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class HazardTerm:
    """One covariate: its log hazard ratio, the ratio itself, the test of "none", and of a constant ratio over time.

    `drift` is the correlation of the scaled Schoenfeld residuals with time, `drift_p_value` its test.
    """

    name: str
    coefficient: Estimate
    hazard_ratio: Estimate
    statistic: float
    p_value: float
    drift: float
    drift_p_value: float


@dataclass(frozen=True, slots=True)
class ProportionalHazards:
    """Grambsch and Therneau's test of all terms together: a small p says that ratios change with time."""

    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True, slots=True)
class CoxModel:
    """Hazard ratios of covariates, the partial log-likelihood with and without them, checks and concordance.

    `statistic`, `df`, `p_value` test all terms together: likelihood ratio, or Wald where errors are robust.
    """

    base: Base
    n_events: int
    terms: tuple[HazardTerm, ...]
    log_likelihood: float
    log_likelihood_null: float
    statistic: float
    df: int
    p_value: float
    proportionality: ProportionalHazards
    concordance: Estimate | Refusal
    ties: str
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidencePoint:
    """The share that has left by one cause until a time."""

    time: float
    at_risk: float
    estimate: Estimate | Refusal


@dataclass(frozen=True, slots=True)
class Incidence:
    """One way of leaving: how many took it, and its cumulative incidence at the times asked for."""

    cause: str
    n_events: int
    points: tuple[IncidencePoint, ...]


@dataclass(frozen=True, slots=True)
class CompetingRisks:
    """Cumulative incidence by cause; at every time the shares of all causes and of those who stay sum to one."""

    base: Base
    causes: tuple[Incidence, ...]
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class ValueAtRisk:
    """What leaves with a risk group beyond what would leave if it behaved like the others: association, not effect.

    `value` is the group's value; `churn` and `churn_of_others` the shares gone by the horizon; `excess` their
    difference; `at_risk` value times excess, in money. `value_weighted` repeats `at_risk` with customers weighted by
    value, which differs where valuable customers stay longer or shorter.
    """

    base: Base
    horizon: float
    value: float
    churn: Estimate
    churn_of_others: Estimate
    excess: Estimate
    at_risk: Estimate
    value_weighted: Estimate | Refusal
    method: str
    source: str
    notes: tuple[Note, ...] = ()
