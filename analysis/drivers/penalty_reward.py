"""Penalty-reward contrasts: what an attribute costs when it is bad, against what it brings when it is good."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.arrays import BoolArray, FloatArray
from analysis.drivers.cases import case_of
from analysis.drivers.fieller import ratio_interval
from analysis.drivers.regression import SOURCES, Regression, identified, linear_model
from analysis.drivers.terms import Layout, Table, Terms, as_frame
from analysis.intervals import student
from analysis.multiplicity import adjusted_p_values
from analysis.respondents import Respondents
from analysis.values.estimates import Base, Estimate, Interval, Note, Refusal
from analysis.values.penalty_reward import AttributeContrast, ContrastClass, ContrastReason, PenaltyReward

SOURCE = "Brandt 1987; Mittal, Ross & Baldasare 1998; MacKinnon & White 1985; Holm 1979"
_ASYMMETRY_SOURCE = "Mikulic & Prebezac 2008; Fieller 1954"
# One respondent alone tells a level, but not how much it varies.
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Cuts:
    """A rating of at most `low` is low, of at least `high` high, between them is the middle that both are held against.

    Where low numbers are good (`higher_is_better` False) a rating of at least `low` is low and of at most `high` high.
    """

    low: float
    high: float
    higher_is_better: bool = True

    def __post_init__(self) -> None:
        """Refuse cuts that leave no middle."""
        if not (self.low < self.high if self.higher_is_better else self.high < self.low):
            raise ValueError(f"Low ({self.low}) and high ({self.high}) leave no middle.")

    def parts(self, ratings: FloatArray) -> tuple[BoolArray, BoolArray]:
        """Return which ratings are low and which are high."""
        turn = 1.0 if self.higher_is_better else -1.0
        return turn * ratings <= turn * self.low, turn * ratings >= turn * self.high


@dataclass(frozen=True, slots=True)
class ContrastOptions:
    """Level of the intervals, error rate of the classes over all attributes, and respondents needed in each cell."""

    level: float = 0.95
    alpha: float = 0.05
    least_cell: int = 30


@dataclass(frozen=True, slots=True)
class _Fitted:
    """The model on low and high dummies (attribute j in columns 1 + 2j and 2 + 2j), and what judges it.

    `doubts` say for each attribute why it has no penalty and why no reward, None where it has.
    """

    fit: Regression
    base: Base
    options: ContrastOptions
    cells: tuple[tuple[float, float], ...]
    counts: tuple[tuple[int, int], ...]
    doubts: tuple[tuple[Refusal | None, Refusal | None], ...]
    adjusted: FloatArray
    names: tuple[str, ...]

    def doubt(self, place: int, signs: tuple[float, float]) -> Refusal | None:
        """Return why a combination of one attribute's penalty and reward is not known, None where it is."""
        return next((why for why, sign in zip(self.doubts[place], signs, strict=True) if sign and why), None)


@dataclass(frozen=True, slots=True)
class _Combined:
    """A linear combination of coefficients: value, error and two-sided p."""

    value: float
    error: float
    p_value: float


def _combined(fit: Regression, place: int, signs: tuple[float, float]) -> _Combined:
    """Return signs[0] * penalty + signs[1] * reward of one attribute."""
    vector = np.zeros(len(fit.coefficients))
    vector[[1 + 2 * place, 2 + 2 * place]] = signs
    value, error = float(vector @ fit.coefficients), math.sqrt(max(float(vector @ fit.covariance @ vector), 0.0))
    size = abs(value) / error if error > 0 else (math.inf if value else 0.0)
    return _Combined(value, error, float(2 * stats.t.sf(size, fit.degrees)))


PENALTY, REWARD, SUM, RANGE = (1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (-1.0, 1.0)


def _estimate(fitted: _Fitted, place: int, signs: tuple[float, float]) -> Estimate | Refusal:
    """Return a combination of penalty and reward with its t interval, or why it is not known."""
    doubt = fitted.doubt(place, signs)
    if doubt:
        return doubt
    found, method = _combined(fitted.fit, place, signs), fitted.fit.method
    interval = student(found.value, found.error, fitted.fit.degrees, fitted.options.level)
    return Estimate(found.value, interval, fitted.base, method, "slope", found.error, source=SOURCES[method])


def _impact_asymmetry(fitted: _Fitted, place: int) -> Estimate | None:
    """Return (penalty + reward) / (reward - penalty) with Fieller's interval within -1 .. 1."""
    penalty, reward = (_combined(fitted.fit, place, each).value for each in (PENALTY, REWARD))
    if fitted.doubt(place, RANGE) or not penalty < 0 < reward:
        return None
    places = [1 + 2 * place, 2 + 2 * place]
    covariance = np.array([SUM, RANGE]) @ fitted.fit.covariance[np.ix_(places, places)] @ np.array([SUM, RANGE]).T
    level, value = fitted.options.level, (penalty + reward) / (reward - penalty)
    critical = float(stats.t.ppf((1 + level) / 2, fitted.fit.degrees))
    low, high, bounded = ratio_interval(penalty + reward, reward - penalty, covariance, critical)
    notes = () if bounded else (Note("impact-range-not-settled"),)
    interval = Interval(max(low, -1.0), min(high, 1.0), level, "fieller")
    return Estimate(value, interval, fitted.base, "impact-asymmetry", "ratio", None, notes, _ASYMMETRY_SOURCE)


def _kind(fitted: _Fitted, place: int) -> tuple[ContrastClass, ContrastReason]:
    """Return the class of an attribute and why: unclassified unless cells, signs and tests all support a class."""
    penalty, reward, balance = (_combined(fitted.fit, place, each).value for each in (PENALTY, REWARD, SUM))
    against = (
        (min(fitted.cells[place]) < fitted.options.least_cell, ContrastReason.TOO_FEW_LOW_OR_HIGH),
        (fitted.doubt(place, SUM) is not None, ContrastReason.NOT_TOLD_APART),
        (not penalty < 0 < reward, ContrastReason.UNEXPECTED_SIGNS),
    )
    reason = next((reason for holds, reason in against if holds), None)
    if reason:
        return ContrastClass.UNCLASSIFIED, reason
    costs, brings, uneven = fitted.adjusted[:, place] <= fitted.options.alpha
    if uneven and balance < 0 and costs:
        return ContrastClass.BASIC, ContrastReason.SETTLED
    if uneven and balance > 0 and brings:
        return ContrastClass.EXCITER, ContrastReason.SETTLED
    if costs and brings and not uneven:
        return ContrastClass.PERFORMANCE, ContrastReason.SETTLED
    return ContrastClass.UNCLASSIFIED, ContrastReason.NOT_SETTLED


def _attribute(fitted: _Fitted, place: int) -> AttributeContrast:
    """Return one attribute's contrast."""
    fit, balance = fitted.fit, _combined(fitted.fit, place, SUM)
    known = [fitted.doubt(place, each) is None for each in (PENALTY, REWARD)]
    classical = np.where(known, np.sqrt(np.diagonal(fit.classical))[[1 + 2 * place, 2 + 2 * place]], np.nan)
    kind, reason = _kind(fitted, place)
    return AttributeContrast(
        name=fitted.names[place],
        n_low=fitted.counts[place][0],
        n_high=fitted.counts[place][1],
        penalty=_estimate(fitted, place, PENALTY),
        reward=_estimate(fitted, place, REWARD),
        penalty_classical_se=float(classical[0]),
        reward_classical_se=float(classical[1]),
        penalty_p_value=float(fitted.adjusted[0, place]),
        reward_p_value=float(fitted.adjusted[1, place]),
        asymmetry=_estimate(fitted, place, SUM),
        z=balance.value / balance.error if all(known) and balance.error > 0 else 0.0,
        p_value=balance.p_value if all(known) else 1.0,
        adjusted_p_value=float(fitted.adjusted[2, place]),
        impact_range=_estimate(fitted, place, RANGE),
        impact_asymmetry=_impact_asymmetry(fitted, place),
        kind=kind,
        reason=reason,
    )


def _cut_for(cuts: Cuts | Mapping[str, Cuts], name: str) -> Cuts:
    """Return an attribute's cuts; raises ValueError where it has none."""
    if isinstance(cuts, Cuts):
        return cuts
    if name not in cuts:
        raise ValueError(f"Give cuts for {name!r}.")
    return cuts[name]


def _dummies(layout: Layout, cuts: Cuts | Mapping[str, Cuts]) -> list[BoolArray]:
    """Return low and high of every attribute, one after the other."""
    pairs = [_cut_for(cuts, name).parts(column) for name, column in zip(layout.columns, layout.data.T, strict=True)]
    return [each for pair in pairs for each in pair]


def _in_cell(cell: BoolArray, who: Respondents) -> tuple[int, int, float]:
    """Return how many rows a cell holds, how many respondents, and the smaller of these and the effective base."""
    if not cell.any():
        return 0, 0, 0.0
    inside = who.rows(cell)
    return int(cell.sum()), inside.n_units, min(float(inside.n_units), inside.base().effective)


def _doubt(n_units: int, base: Base, *, is_told: bool) -> Refusal | None:
    """Return why low or high ratings of an attribute have no slope of their own, None where they have."""
    if n_units < _FEWEST:
        return Refusal("base-too-small", base, {"n": n_units, "needed": _FEWEST})
    return None if is_told else Refusal("not-told-apart", base)


def _fitted(
    layout: Layout, columns: list[BoolArray], answered: tuple[FloatArray, Respondents], options: ContrastOptions
) -> _Fitted:
    """Return the model, the sizes of the cells, and p-values adjusted by Holm within each of the three questions."""
    outcome, who = answered
    dummies = np.column_stack(columns).astype(np.float64)
    sizes, told = [_in_cell(each, who) for each in columns], identified(dummies, who.weights)
    doubts = [
        _doubt(units, who.base(), is_told=bool(is_told)) for (_, units, _), is_told in zip(sizes, told, strict=True)
    ]
    places = range(len(layout.columns))
    fitted = _Fitted(
        fit=linear_model(outcome, dummies, who),
        base=who.base(),
        options=options,
        cells=tuple((sizes[2 * place][2], sizes[2 * place + 1][2]) for place in places),
        counts=tuple((sizes[2 * place][0], sizes[2 * place + 1][0]) for place in places),
        doubts=tuple((doubts[2 * place], doubts[2 * place + 1]) for place in places),
        adjusted=np.ones((3, len(places))),
        names=layout.columns,
    )
    return replace(fitted, adjusted=np.array([_family(fitted, signs) for signs in (PENALTY, REWARD, SUM)]))


def _family(fitted: _Fitted, signs: tuple[float, float]) -> list[float]:
    """Return the p-values of one question to all attributes, adjusted by Holm; 1 where the answers do not tell."""
    return adjusted_p_values(
        [
            1.0 if fitted.doubt(place, signs) else _combined(fitted.fit, place, signs).p_value
            for place in range(len(fitted.names))
        ]
    )


def _result(fitted: _Fitted, notes: tuple[Note, ...]) -> PenaltyReward:
    """Return the contrast of all attributes."""
    fit, base = fitted.fit, fitted.base
    value, error = float(fit.coefficients[0]), float(fit.standard_errors[0])
    interval = student(value, error, fit.degrees, fitted.options.level)
    return PenaltyReward(
        base=base,
        attributes=tuple(_attribute(fitted, place) for place in range(len(fitted.names))),
        intercept=Estimate(value, interval, base, fit.method, "mean", error, source=SOURCES[fit.method]),
        intercept_classical_se=float(np.sqrt(fit.classical[0, 0])),
        r_squared=fit.r_squared,
        adjusted_r_squared=fit.adjusted_r_squared,
        degrees=fit.degrees,
        method=f"penalty-reward-{fit.method}",
        source=SOURCE,
        notes=(*notes, Note("classes-depend-on-cuts"), Note("association-not-effect")),
    )


def penalty_reward_contrast(
    drivers: Table,
    outcome: ArrayLike,
    cuts: Cuts | Mapping[str, Cuts],
    who: Respondents | None = None,
    options: ContrastOptions | None = None,
) -> PenaltyReward | Refusal:
    """Return what low ratings of each attribute cost and high ones bring, and what kind of attribute it is.

    Least squares of the outcome (n) on a low and a high dummy per attribute (n x k), the middle as reference; HC3
    errors (linearised with weights or clusters), t intervals. `cuts` are the same for all or by name. A class is given
    only where both cells hold `least_cell` respondents, the penalty is below and the reward above zero, and tests (Holm
    over the attributes) settle it: basic, the two differ and the penalty weighs more; exciter, the reward does;
    performance, both are there and their difference is not shown. A penalty or reward that fewer than two gave, or that
    the answers cannot tell apart (nobody in the middle, an attribute twice), is refused by itself (`base-too-small`,
    `not-told-apart`). Rows with gaps are left out and counted. Refuses with
    `base-too-small` (fewer respondents than dummies + 2), `outcome-constant`, `no-whole-row`, `no-usable-driver`.
    Raises ValueError for infinite numbers, lengths that differ, columns that are no numbers, and missing cuts.
    """
    frame = as_frame(drivers).astype(np.float64)
    case = case_of(frame, outcome, who, Terms())
    if isinstance(case, Refusal):
        return case
    columns = _dummies(case.layout, cuts)
    if case.who.n_units < len(columns) + 2:
        return Refusal("base-too-small", case.base, {"n": case.who.n_units, "needed": len(columns) + 2})
    return _result(_fitted(case.layout, columns, (case.outcome, case.who), options or ContrastOptions()), case.notes)
