"""Missing answers: which, how many, whether they look random, and estimates after multiple imputation."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.values.estimates import Base, Estimate, Note, Refusal
from analysis.values.weighting import LogitCoefficient


@dataclass(frozen=True, slots=True)
class MissingPattern:
    """One combination of missing items (empty: everything answered) and how many rows have it."""

    missing: tuple[str, ...]
    n: int
    share: float


@dataclass(frozen=True, slots=True)
class MissingPatterns:
    """All combinations that occur, the most frequent first; `n_complete` rows have every item."""

    items: tuple[str, ...]
    patterns: tuple[MissingPattern, ...]
    n_complete: int
    base: Base


@dataclass(frozen=True, slots=True)
class ItemMissing:
    """How often one item has no answer, and why.

    `rate` is the share of all rows. `nonresponse` is the share without an answer among those to whom the item applied
    (rows not asked or not applicable left out): what may bias a figure. `by_reason` counts rows by reason code;
    `unknown` where no reason was given.
    """

    item: str
    n_missing: int
    by_reason: dict[str, int]
    rate: Estimate
    nonresponse: Estimate | Refusal


@dataclass(frozen=True, slots=True)
class McarTest:
    """Little's test that gaps are unrelated to any answer.

    `verdict`: `related-to-answers` where p is below alpha, `no-sign-of-relation` otherwise, which proves nothing.
    """

    statistic: float
    degrees: float
    p_value: float
    verdict: str
    n_patterns: int
    iterations: int
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class GapCheck:
    """Whether the gaps of one item go with the answers to the others.

    `coefficients` say who leaves gaps: log odds of a gap per standard deviation of each other item, empty where they
    could not be fitted. Verdicts as of `McarTest`, on the p-value adjusted by Holm over the items.
    """

    item: str
    n_missing: int
    statistic: float
    degrees: float
    p_value: float
    adjusted_p_value: float
    verdict: str
    coefficients: tuple[LogitCoefficient, ...]
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class PooledCoefficient:
    """One quantity over all completed tables.

    `degrees` after Barnard & Rubin 1999; `missing_information` is the fraction of information that the gaps cost,
    `between_share` the share of the variance that lies between completed tables (lambda).
    """

    name: str
    estimate: Estimate
    p_value: float
    degrees: float
    missing_information: float
    between_share: float


@dataclass(frozen=True, slots=True)
class PooledRegression:
    """A regression over completed tables; `r_squared` is the mean over them."""

    outcome: str
    coefficients: tuple[PooledCoefficient, ...]
    r_squared: float
    n_imputations: int
    recommended_imputations: int
    complete_degrees: float
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class SensitivityRun:
    """The regression if the answers that are missing differ by `delta` from what similar people answered."""

    item: str
    delta: float
    regression: PooledRegression
