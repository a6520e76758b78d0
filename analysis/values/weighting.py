"""Who answered, and how answers are weighted: margins reached, estimates of a design, respondents beside the base."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.values.estimates import Base, Estimate, Note, Refusal


@dataclass(frozen=True, slots=True)
class Margin:
    """One category (or numeric total) that weights were made to meet: its target, the base weights' total, what is met.

    `n` counts the rows in the category; for a numeric variable `category` is empty and `n` all rows.
    """

    variable: str
    category: str
    n: int
    before: float
    target: float
    reached: float


@dataclass(frozen=True, slots=True)
class WeightingSummary:
    """What weighting did: margins met and what that costs.

    `design_effect` is Kish's n / n_eff; `smallest`, `median` and `largest` are those of the weights above zero;
    `largest_error` is the largest relative distance of a margin from its target. `n_trimmed` rows stand at a limit.
    """

    base: Base
    margins: tuple[Margin, ...]
    iterations: int
    largest_error: float
    design_effect: float
    smallest: float
    median: float
    largest: float
    n_trimmed: int
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class DesignEstimate(Estimate):
    """An estimate whose error knows weights, clusters, strata and calibration.

    `design_effect` is its variance over that of a simple random sample of the same n, None where that has none;
    `degrees` are those of its interval.
    """

    design_effect: float | None = None
    degrees: float | None = None


@dataclass(frozen=True, slots=True)
class DesignRegression:
    """A weighted linear regression: one estimate per coefficient, the intercept first, and the share explained."""

    names: tuple[str, ...]
    coefficients: tuple[DesignEstimate, ...]
    p_values: tuple[float, ...]
    r_squared: float
    degrees: float
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class WeightedBeside:
    """One figure without and with weights, and how far weighting moved it (weighted minus unweighted)."""

    unweighted: DesignEstimate
    weighted: DesignEstimate
    difference: DesignEstimate
    p_value: float


@dataclass(frozen=True, slots=True)
class GroupAnswering:
    """One category of a characteristic: how many were asked, how many answered, and whether that differs.

    `share_of_base` and `share_of_respondents` say how large the category is in each; `difference` is respondents minus
    base. `response_rate` is the category's own; `adjusted_p_value` (Holm, over all categories compared) tests it
    against everybody else's; `verdict` is `answers-less`, `answers-more` or `no-clear-difference`.
    """

    category: str
    n_base: int
    n_respondents: int
    share_of_base: float
    share_of_respondents: float
    difference: Estimate
    response_rate: Estimate
    p_value: float
    adjusted_p_value: float
    verdict: str


@dataclass(frozen=True, slots=True)
class CategoricalComparison:
    """A characteristic in categories: its groups, and Pearson's chi-square of answering by category.

    `standardised_difference` is the largest over the categories, in standard deviations of the base.
    `p_value` is adjusted by nothing; `adjusted_p_value` by Holm over the characteristics.
    """

    variable: str
    groups: tuple[GroupAnswering, ...]
    standardised_difference: float
    statistic: float
    degrees: float
    p_value: float
    adjusted_p_value: float
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class NumericComparison:
    """A numeric characteristic: means of base and respondents, difference, and Welch's test of answering or not."""

    variable: str
    mean_of_base: float
    mean_of_respondents: float
    difference: Estimate
    standardised_difference: float
    p_value: float
    adjusted_p_value: float
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class BaseComparison:
    """Those who answered beside everybody asked: each characteristic, and how alike the two are as a whole.

    `representativity` is the R-indicator (1: answering does not depend on the characteristics), or why there is none.
    """

    n_base: int
    n_respondents: int
    response_rate: Estimate
    characteristics: tuple[CategoricalComparison | NumericComparison, ...]
    representativity: Estimate | Refusal
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class CalibrationBand:
    """People of similar predicted propensity: how many, what was predicted on average, what share answered."""

    n: int
    predicted: float
    answered: Estimate


@dataclass(frozen=True, slots=True)
class LogitCoefficient:
    """One term of a logistic model, as log odds; numeric terms per standard deviation. `p_value` by Wald."""

    name: str
    estimate: Estimate
    p_value: float


@dataclass(frozen=True, slots=True)
class PropensityReport:
    """How well attributes tell who answers: discrimination and calibration on people the model had not seen.

    `discrimination` is the cross-validated area under the ROC curve (0.5: none); `calibration_slope` is 1 where the
    propensities are neither too extreme nor too flat.
    """

    base: Base
    n_answered: int
    coefficients: tuple[LogitCoefficient, ...]
    discrimination: Estimate
    calibration_slope: Estimate
    bands: tuple[CalibrationBand, ...]
    smallest: float
    largest: float
    method: str
    source: str
    notes: tuple[Note, ...] = ()
