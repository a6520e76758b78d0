"""Retention: who of each cohort came back, and how contracts run out."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.values.estimates import Base, Estimate, Note, Refusal


@dataclass(frozen=True, slots=True)
class CohortCell:
    """The share of a cohort that was active `age` periods after its first; a Refusal `not-observed` where too early."""

    age: int
    n_active: int | None
    retained: Estimate | Refusal


@dataclass(frozen=True, slots=True)
class Cohort:
    """Customers whose first interaction fell in one period, and their retention by age."""

    label: str
    n: int
    cells: tuple[CohortCell, ...]


@dataclass(frozen=True, slots=True)
class CohortTable:
    """Cohorts by age, and all cohorts together at each age (`overall`, only those observed that long)."""

    base: Base
    cohorts: tuple[Cohort, ...]
    overall: tuple[CohortCell, ...]
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class RenewalPoint:
    """Renewal `age`: the share that renews it, the share still there after it, and what was observed (None: ahead)."""

    age: int
    retention: Estimate
    survival: Estimate
    observed: float | None


@dataclass(frozen=True, slots=True)
class ContractualChurn:
    """A shifted beta-geometric model: churn at first renewal, how much customers differ, and renewals to come.

    Individual churn probabilities follow Beta(alpha, beta); `mean_churn` is alpha/(alpha+beta), `polarisation`
    1/(alpha+beta+1) runs from 0 (all alike) to 1 (some never leave, others at once).
    """

    base: Base
    alpha: float
    beta: float
    mean_churn: Estimate
    polarisation: Estimate
    points: tuple[RenewalPoint, ...]
    log_likelihood: float
    method: str
    source: str
    notes: tuple[Note, ...] = ()
