"""If some ratings were better: what the linear model of the drivers associates with that, and how surely."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.arrays import FloatArray
from analysis.drivers.battery import DriverBattery, RatingScale
from analysis.drivers.designs import Design, rating_and_not_applicable
from analysis.drivers.headline import prepared
from analysis.drivers.options import DriverOptions
from analysis.drivers.raised import Raised, raised_ratings, raised_table
from analysis.imputation import pool
from analysis.respondents import Respondents, weighted_mean
from analysis.values.estimates import Base, Estimate, Interval, Note, Refusal
from analysis.values.what_if import Lift, OutcomeMeasure, WhatIf

SOURCE = "Binder 1983 (linearisation); MacKinnon & White 1985; Rubin 1987; Barnard & Rubin 1999"
_NET_PROMOTER = (6.0, 9.0)
# Unit of the outcome, and its range where that is not the scale's own.
_UNITS = {
    OutcomeMeasure.MEAN: "mean",
    OutcomeMeasure.NET_PROMOTER_SCORE: "points",
    OutcomeMeasure.TOP_BOX: "share",
}
# More respondents than this further out than anybody observed is worth a note, more than a quarter a refusal.
_SOME, _MOST = 0.05, 0.25


@dataclass(frozen=True, slots=True)
class Supposition:
    """Which ratings are supposed to be better, and what outcome is modelled on which scale.

    `raises` gives, by code, points towards the good end of each rating's scale (below zero: towards the bad end).
    `outcome_scale` are the declared ends (0 to 10 for the net promoter score); `top_box_from` is the lowest answer that
    counts as satisfied (the highest where low numbers are good), needed for `TOP_BOX` only. `model` are the choices of
    the driver model behind it.
    """

    raises: Mapping[str, float]
    measure: OutcomeMeasure = OutcomeMeasure.MEAN
    outcome_scale: RatingScale = field(default_factory=lambda: RatingScale(0, 10))
    top_box_from: float | None = None
    model: DriverOptions = field(default_factory=DriverOptions)

    def __post_init__(self) -> None:
        """Refuse an empty supposition, a top box without threshold, and promoters on another scale than 0 to 10."""
        object.__setattr__(self, "measure", OutcomeMeasure(self.measure))
        if not self.raises or not all(math.isfinite(each) for each in self.raises.values()):
            raise ValueError("Say by how many points at least one rating is raised.")
        if self.measure is OutcomeMeasure.TOP_BOX and self.top_box_from is None:
            raise ValueError("A top-box share needs `top_box_from`, the lowest answer that counts.")
        scale = self.outcome_scale
        if self.measure is OutcomeMeasure.NET_PROMOTER_SCORE and (scale.low, scale.high) != (0, 10):
            raise ValueError("The net promoter score is defined on answers from 0 to 10.")

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the least and the greatest value that the modelled outcome can have."""
        scale = (self.outcome_scale.low, self.outcome_scale.high)
        return {OutcomeMeasure.NET_PROMOTER_SCORE: (-100.0, 100.0), OutcomeMeasure.TOP_BOX: (0.0, 1.0)}.get(
            self.measure, scale
        )

    def scored(self, outcome: FloatArray) -> FloatArray:
        """Return the outcome as modelled: as it is, -100, 0 or 100, or whether it is in the top box."""
        if self.measure is OutcomeMeasure.NET_PROMOTER_SCORE:
            worst, best = outcome <= _NET_PROMOTER[0], outcome >= _NET_PROMOTER[1]
            return 100.0 * (best.astype(np.float64) - worst)
        if self.measure is OutcomeMeasure.TOP_BOX and self.top_box_from is not None:
            good = outcome >= self.top_box_from if self.outcome_scale.higher_is_better else outcome <= self.top_box_from
            return good.astype(np.float64)
        return outcome


@dataclass(frozen=True, slots=True)
class _Pooled:
    """Change and its parts, pooled over imputations: values, errors, half-widths of their intervals."""

    values: FloatArray
    errors: FloatArray
    halves: FloatArray
    method: str


def _pooled(found: list[Raised], level: float, method: str) -> _Pooled:
    """Return the parts and, last, their sum by Rubin's rules, with t intervals."""
    values = np.stack([np.append(each.parts, each.parts.sum()) for each in found])
    variances = np.stack([np.append(np.diagonal(each.covariance), each.covariance.sum()) for each in found])
    pooled = pool(values, np.maximum(variances, 0.0), found[0].degrees)
    halves = stats.t.ppf((1 + level) / 2, pooled.degrees) * pooled.standard_errors
    return _Pooled(pooled.estimate, pooled.standard_errors, halves, method)


def _difference(pooled: _Pooled, place: int, base: Base, unit: str, level: float) -> Estimate:
    """Return one part, or (last) the whole change."""
    value, half = float(pooled.values[place]), float(pooled.halves[place])
    interval = Interval(value - half, value + half, level, "t")
    return Estimate(
        value, interval, base, pooled.method, f"difference-{unit}", float(pooled.errors[place]), source=SOURCE
    )


def _mean(values: FloatArray, who: Respondents, unit: str, level: float, bounds: tuple[float, float]) -> Estimate:
    """Return the outcome as it is."""
    mean, error = weighted_mean(values, who)
    half = float(stats.t.ppf((1 + level) / 2, max(who.n_units - 1, 1))) * error
    interval = Interval(max(mean - half, bounds[0]), min(mean + half, bounds[1]), level, "t")
    return Estimate(mean, interval, who.base(), "weighted-mean-linearised", unit, error, source="Binder 1983")


def _then(
    found: list[Raised], design: Design, outcome: FloatArray, change: Estimate, supposed: Supposition
) -> Estimate:
    """Return the outcome with the change.

    Its error adds up those of both, as if they went together: it is never too small.
    """
    unit, level, bounds = _UNITS[supposed.measure], supposed.model.level, supposed.bounds
    now = _mean(outcome, design.sample, unit, level, bounds)
    value, error = now.value + change.value, (now.se or 0.0) + (change.se or 0.0)
    half = float(stats.t.ppf((1 + level) / 2, found[0].degrees)) * error
    interval = Interval(max(value - half, bounds[0]), min(value + half, bounds[1]), level, "t")
    return replace(now, value=value, interval=interval, se=error, method=change.method, source=SOURCE)


def _unseen(design: Design, raises: Mapping[int, float]) -> Refusal | None:
    """Return a refusal where a raised rating would lie beyond every rating that anybody gave."""
    for column, points in raises.items():
        given = design.screened.answers.ratings[:, column]
        seen = given[~np.isnan(given)]
        new = raised_ratings(seen, np.ones(seen.size, dtype=bool), design.screened.scales[column], points)
        if new.max() > seen.max() + 1e-9 or new.min() < seen.min() - 1e-9:
            figures: dict[str, float | int | str] = {
                "driver": design.screened.codes[column],
                "lowest": float(seen.min()),
                "highest": float(seen.max()),
            }
            return Refusal("beyond-observed-ratings", design.sample.base(), figures)
    return None


def _notes(found: list[Raised], then: Estimate, supposed: Supposition, case_notes: tuple[Note, ...]) -> list[Note]:
    """Return what a reader of the change must be told."""
    share, notes = float(np.mean([each.beyond.mean() for each in found])), list(case_notes)
    if share > _SOME:
        notes.append(Note("beyond-observed-combinations", {"share": share}))
    if supposed.measure is not OutcomeMeasure.MEAN:
        notes.append(Note("linear-in-shares", {"r_squared": float(np.mean([each.r_squared for each in found]))}))
    if then.interval and (then.interval.low <= supposed.bounds[0] or then.interval.high >= supposed.bounds[1]):
        notes.append(Note("outcome-at-end-of-scale"))
    return [*notes, Note("association-not-effect")]


def _lifts(
    design: Design, raises: Mapping[int, float], found: list[Raised], pooled: _Pooled, told: tuple[str, float]
) -> tuple[Lift, ...]:
    """Return every raised rating with its part of the change; `told` are unit and level."""
    base, screened = design.sample.base(), design.screened
    return tuple(
        Lift(
            code=screened.codes[column],
            label=screened.labels[column],
            points=points,
            mean_lift=float(np.mean([each.lifts[at] for each in found])),
            share_capped=float(np.mean([each.capped[at] for each in found])),
            part=_difference(pooled, at, base, *told),
        )
        for at, (column, points) in enumerate(raises.items())
    )


def _result(
    design: Design, raises: Mapping[int, float], found: list[Raised], supposed: Supposition, notes: tuple[Note, ...]
) -> WhatIf:
    """Return the change, its parts, and the outcome before and after."""
    outcome, told = supposed.scored(design.outcome), (_UNITS[supposed.measure], supposed.model.level)
    pooled = _pooled(found, told[1], "linear-model" if len(found) == 1 else "linear-model-pooled")
    change = _difference(pooled, len(raises), design.sample.base(), *told)
    then = _then(found, design, outcome, change, supposed)
    return WhatIf(
        base=design.sample.base(),
        measure=supposed.measure,
        now=_mean(outcome, design.sample, *told, supposed.bounds),
        change=change,
        then=then,
        lifts=_lifts(design, raises, found, pooled, told),
        share_beyond=float(np.mean([each.beyond.mean() for each in found])),
        r_squared=float(np.mean([each.r_squared for each in found])),
        n_imputations=len(found),
        method=pooled.method,
        source=SOURCE,
        notes=tuple(_notes(found, then, supposed, notes)),
    )


def _supported(design: Design, found: list[Raised], supposed: Supposition) -> Refusal | None:
    """Return why the model does not reach that far: many respondents beyond all observed, or past the scale's end."""
    base, share = design.sample.base(), float(np.mean([each.beyond.mean() for each in found]))
    if share > _MOST or any(each.mean_beyond for each in found):
        return Refusal("beyond-observed-combinations", base, {"share": share})
    now = weighted_mean(supposed.scored(design.outcome), design.sample)[0]
    then = now + float(np.mean([each.parts.sum() for each in found]))
    if not supposed.bounds[0] <= then <= supposed.bounds[1]:
        return Refusal(
            "beyond-outcome-scale", base, {"value": then, "low": supposed.bounds[0], "high": supposed.bounds[1]}
        )
    return None


def _places(design: Design, raises: Mapping[str, float]) -> dict[int, float] | Refusal:
    """Return the raises by column, in the order of the battery; a refusal where a rating could not enter the model."""
    gone = [code for code in raises if code not in design.screened.codes]
    if gone:
        return Refusal("driver-not-in-model", design.sample.base(), {"driver": gone[0]})
    return {place: float(raises[code]) for place, code in enumerate(design.screened.codes) if code in raises}


def _answer(
    design: Design, places: Mapping[int, float], supposed: Supposition, notes: tuple[Note, ...]
) -> WhatIf | Refusal:
    """Return the change, or why the model does not reach that far."""
    scored = supposed.scored(design.outcome)
    if np.ptp(scored) <= 0:
        return Refusal("outcome-constant", design.sample.base(), {"value": float(scored[0])})
    found = [raised_table(design, place, places, scored) for place in range(len(design.tables))]
    return _supported(design, found, supposed) or _result(design, places, found, supposed, notes)


def what_if(
    outcome: ArrayLike,
    battery: DriverBattery,
    supposed: Supposition,
    rng: np.random.Generator,
    sample: Respondents | None = None,
) -> WhatIf | Refusal:
    """Return the change of the outcome (n) that the model associates with better ratings of the battery.

    The model is the headline of `key_drivers` by least squares: sum of slope times the mean rise, each rise cut at the
    end of its scale and none where a driver is not applicable; t interval from the slopes' robust errors and from how
    far people are from the end, pooled over imputations. It says what goes together, not what an action would do.
    Refuses like `key_drivers`, and with `driver-not-in-model`, `beyond-observed-ratings` (a raised rating that nobody
    gave), `beyond-observed-combinations` (a quarter of them further out than anybody), `beyond-outcome-scale`.
    Raises ValueError for codes that are not in the battery and as `key_drivers` does.
    """
    unknown = [each for each in supposed.raises if each not in battery.ratings.columns]
    if unknown:
        raise ValueError(f"There is no rating {unknown[0]!r} in the battery.")
    case = prepared(outcome, battery, sample, supposed.model)
    if isinstance(case, Refusal):
        return case
    design = rating_and_not_applicable(case.material, supposed.model, rng)
    places = _places(design, supposed.raises)
    if isinstance(places, Refusal):
        return places
    return _unseen(design, places) or _answer(design, places, supposed, case.notes + design.notes)
