"""One driver model: a design fitted, with everything a reader needs beside the importance."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.arrays import FloatArray
from analysis.drivers.cautions import model_notes
from analysis.drivers.coefficients import Slopes, slopes, zero_order
from analysis.drivers.collinearity import (
    aliased_columns,
    condition_number,
    first_eigenvalue_share,
    variance_inflation,
)
from analysis.drivers.designs import Design, Entrant
from analysis.drivers.draws import (
    Chance,
    Draws,
    bootstrap_draws,
    chance_draws,
    controls_share,
    exceedance,
    ranks_held,
    sign_of,
)
from analysis.drivers.importance import LMG_SOURCE, R_SQUARED_SOURCE, shares_of
from analysis.drivers.intervals import Ends, ends, explained, without_bias
from analysis.drivers.options import DriverOptions
from analysis.drivers.orders import SampledShares
from analysis.drivers.resampling import rank_probabilities
from analysis.drivers.secondary import secondary_metrics
from analysis.moments import correlations, weighted_moments
from analysis.values.drivers import Collinearity, Driver, DriverAnswers, DriverModel, DriverSecondary
from analysis.values.estimates import Base, Estimate, Note


@dataclass(frozen=True, slots=True)
class FittedModel:
    """A driver model and the draws behind its intervals, drivers of the draws in the design's order.

    `slopes` are those of the ratings, in their order.
    """

    model: DriverModel
    design: Design
    draws: Draws
    slopes: FloatArray


@dataclass(frozen=True, slots=True)
class _Slope:
    """A driver's slope and its p-value where it has one, and its signs alone and in the full model, 0 where none."""

    estimate: Estimate | None
    p_value: float | None
    zero_order: int
    full_model: int


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a model is put together from; arrays are by driver in the design's order, `among` is their correlations."""

    design: Design
    options: DriverOptions
    base: Base
    among: FloatArray
    controls: float
    found: SampledShares
    draws: Draws
    chance: Chance
    ranks: FloatArray
    slopes: Slopes
    zero_order: FloatArray
    inflation: FloatArray
    secondary: tuple[DriverSecondary, ...]

    @property
    def lmg(self) -> FloatArray:
        """Return importance averaged over the imputations."""
        result: FloatArray = self.found.shares.lmg.mean(axis=0)
        return result

    @property
    def decomposed(self) -> float:
        """Return the R2 that the drivers share, averaged over the imputations."""
        return float(self.found.shares.total.mean())

    @property
    def total(self) -> float:
        """Return the R2 of the whole model, controls included."""
        return self.decomposed + self.controls


def _secondary(matrices: FloatArray, design: Design, found: SampledShares) -> tuple[DriverSecondary, ...]:
    """Return the cross-checks: first and last always, the rest where every driver is one column."""
    first, last = found.shares.first.mean(axis=0), found.shares.last.mean(axis=0)
    if design.controls or any(len(player) > 1 for player in design.players):
        return tuple(DriverSecondary(float(a), float(b)) for a, b in zip(first, last, strict=True))
    more = secondary_metrics(matrices)
    columns = [each.mean(axis=0) for each in (more.relative_weights, more.betasq, more.pratt, more.car)]
    rows = np.column_stack([first, last, *columns]).tolist()
    return tuple(DriverSecondary(*row) for row in rows)


def _parts(design: Design, options: DriverOptions, rng: np.random.Generator) -> _Parts:
    """Return everything the model is put together from."""
    weights = design.sample.weights
    matrices = np.stack([correlations(weighted_moments(each, weights).covariance) for each in design.tables])
    drawing, shuffling, ordering = rng.spawn(3)
    found = shares_of(matrices, design.players, ordering, controls=design.controls)
    draws = bootstrap_draws(design, options, drawing)
    among = matrices[:, :-1, :-1].mean(axis=0)
    return _Parts(
        design=design,
        options=options,
        base=design.sample.base(),
        among=among,
        controls=float(controls_share(matrices, design.controls).mean()),
        found=found,
        draws=draws,
        chance=chance_draws(design, options, shuffling),
        ranks=rank_probabilities(draws.importance),
        slopes=slopes(design, options.level),
        zero_order=zero_order(matrices, design),
        inflation=variance_inflation(among, design.players),
        secondary=_secondary(matrices, design, found),
    )


def _which(parts: _Parts) -> Ends:
    """Return how intervals are read off the draws."""
    effective = min(parts.base.effective, float(parts.design.sample.n_units))
    return ends(parts.options.level, parts.options.interval, effective, len(parts.among))


def _r_squared(parts: _Parts) -> Estimate:
    """Return the R2 of the whole model with its interval."""
    which, draws = _which(parts), parts.draws.r_squared
    freed = without_bias(draws, draws, len(parts.among), which)
    return explained(parts.total, freed, which, parts.base, ("r-squared", R_SQUARED_SOURCE))


def _answers(parts: _Parts, entrant: Entrant) -> DriverAnswers:
    """Return how many rated a driver (any rating of a group), found all of it not applicable, or left it blank.

    Everybody is in some category of a factor.
    """
    answers, places = parts.design.screened.answers, list(entrant.ratings)
    n = len(answers.ratings)
    if not places:
        return DriverAnswers(n, 0, 0)
    rated = answers.rated[:, places].any(axis=1)
    absent = answers.not_applicable[:, places].all(axis=1)
    return DriverAnswers(int(rated.sum()), int(absent.sum()), int((~rated & ~absent).sum()))


def _slope(parts: _Parts, entrant: Entrant) -> _Slope:
    """Return the slope and signs of a driver of one rating; a group or a factor has none."""
    if len(entrant.ratings) != 1:
        return _Slope(None, None, 0, 0)
    place = entrant.ratings[0]
    found = parts.slopes.estimate(place, parts.base)
    p_value = float(parts.slopes.p_values[place])
    return _Slope(found, p_value, sign_of(float(parts.zero_order[place])), sign_of(found.value))


def _driver(parts: _Parts, place: int, rank: int) -> Driver:
    """Return one driver of the model."""
    entrant, value = parts.design.entrants[place], float(parts.lmg[place])
    slope, chance = _slope(parts, entrant), parts.chance.importance[:, place]
    draws, method = parts.draws.importance[:, place], "lmg-sampled" if parts.found.error.any() else "lmg"
    return Driver(
        code=entrant.code,
        label=entrant.label,
        answers=_answers(parts, entrant),
        importance=explained(value, draws, _which(parts), parts.base, (method, LMG_SOURCE)),
        share=value / parts.decomposed if parts.decomposed > 0 else 0.0,
        rank=rank,
        rank_interval=ranks_held(parts.ranks[place], parts.options.level),
        rank_probabilities=tuple(parts.ranks[place].tolist()),
        p_value=float(exceedance(chance, np.array(value))),
        noise_reference=float(np.quantile(chance, parts.options.level)),
        coefficient=slope.estimate,
        coefficient_p_value=slope.p_value,
        zero_order_sign=slope.zero_order,
        full_model_sign=slope.full_model,
        signs_differ=slope.zero_order * slope.full_model < 0,
        vif=float(parts.inflation[place]),
        secondary=parts.secondary[place],
    )


def _collinearity(parts: _Parts) -> Collinearity:
    """Return how far the drivers say the same; the halo is that of the ratings, indicators left aside."""
    ratings = parts.among[: len(parts.design.screened.codes), : len(parts.design.screened.codes)]
    return Collinearity(
        largest_vif=float(parts.inflation.max()),
        condition_number=condition_number(parts.among),
        first_eigenvalue_share=first_eigenvalue_share(ratings) if len(ratings) else 0.0,
    )


def _adjusted(parts: _Parts) -> float:
    """Return 1 - (1 - R2)(n - 1)/(n - k - 1), k the columns that carry information of their own."""
    k = int(np.linalg.matrix_rank(parts.among, hermitian=True))
    return 1 - (1 - parts.total) * (parts.base.n - 1) / max(parts.base.n - k - 1, 1)


def _model(parts: _Parts) -> DriverModel:
    """Return the model, drivers strongest first, its own cautions still to be noted."""
    order = np.argsort(-parts.lmg, kind="stable")
    return DriverModel(
        method=parts.design.method,
        base=parts.base,
        r_squared=_r_squared(parts),
        adjusted_r_squared=_adjusted(parts),
        r_squared_p_value=float(exceedance(parts.chance.r_squared, np.array(parts.decomposed))),
        controls_r_squared=parts.controls,
        drivers=tuple(_driver(parts, int(place), rank) for rank, place in enumerate(order, start=1)),
        collinearity=_collinearity(parts),
        n_imputations=len(parts.design.tables),
        n_draws=len(parts.draws.importance),
        notes=(*parts.design.screened.notes, *parts.design.notes),
    )


def _drawing_notes(parts: _Parts) -> tuple[Note, ...]:
    """Return notes on how the figures were drawn: sampled orders, resamples in which the outcome did not vary."""
    error, spoilt = float(parts.found.error.max()), parts.draws.n_degenerate
    sampled = (Note("importance-sampled", {"largest_error": error}),) if error else ()
    return (*sampled, *((Note("draws-without-variation", {"n": spoilt}),) if spoilt else ()))


def fit(design: Design, options: DriverOptions, rng: np.random.Generator) -> FittedModel:
    """Return the model of a design: LMG averaged over imputations, with intervals, ranks, signs and cautions."""
    parts = _parts(design, options, rng)
    model, columns = _model(parts), set(aliased_columns(parts.among))
    aliased = tuple(each.code for each in design.entrants if not columns.isdisjoint(each.columns))
    notes = (*model.notes, *_drawing_notes(parts), *model_notes(model, aliased, options))
    return FittedModel(replace(model, notes=notes), design, parts.draws, parts.slopes.pooled.estimate)
