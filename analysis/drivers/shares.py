"""The importance of named players with intervals, ranks, and what chance alone would give."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.drivers.cases import Case, case_of
from analysis.drivers.cautions import HALO_SHARE, HIGH_VIF, SETTLED_RANK
from analysis.drivers.collinearity import (
    aliased_columns,
    condition_number,
    first_eigenvalue_share,
    variance_inflation,
)
from analysis.drivers.draws import exceedance, ranks_held, sign_of
from analysis.drivers.figures import PAIRS, Figures, by_chance, figures_of, resampled
from analysis.drivers.importance import LMG_SOURCE, R_SQUARED_SOURCE, joined
from analysis.drivers.intervals import BootstrapInterval, Ends, ends, explained, without_bias
from analysis.drivers.resampling import rank_probabilities
from analysis.drivers.secondary import secondary_metrics
from analysis.drivers.shapley import Shares
from analysis.drivers.terms import Table, Terms
from analysis.moments import correlations, weighted_moments
from analysis.respondents import Respondents
from analysis.values.drivers import Collinearity
from analysis.values.estimates import Estimate, Note, Refusal
from analysis.values.importance import DriverImportance, PlayerImportance

FEWEST_DRAWS = 20
_SOURCES = {
    "lmg": LMG_SOURCE,
    "first": "R2 of the player alone",
    "last": "R2 lost without the player",
    "relative_weight": "Johnson 2000",
    "betasq": "squared standardised slope",
    "pratt": "Pratt 1987",
    "car": "Zuber & Strimmer 2010",
}


@dataclass(frozen=True, slots=True)
class ImportanceOptions:
    """How columns enter (`terms`), level and kind of the intervals, and how many draws and shuffles stand behind them.

    At least 20 draws and 19 shuffles; 2,000 draws and more for figures to be quoted.
    """

    terms: Terms = field(default_factory=Terms)
    level: float = 0.95
    n_draws: int = 1000
    n_shuffles: int = 400
    interval: BootstrapInterval = BootstrapInterval.EXPANDED

    def __post_init__(self) -> None:
        """Refuse so few draws that no interval or p-value could be read off them; take names for choices."""
        object.__setattr__(self, "interval", BootstrapInterval(self.interval))
        if self.n_draws < FEWEST_DRAWS or self.n_shuffles < FEWEST_DRAWS - 1:
            raise ValueError(f"Give at least {FEWEST_DRAWS} draws and {FEWEST_DRAWS - 1} shuffles.")


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the importance of all players is put together from."""

    case: Case
    matrix: FloatArray
    found: Figures
    draws: Figures
    chance: Shares
    which: Ends
    ranks: FloatArray
    inflation: FloatArray
    slopes: FloatArray
    n_spoilt: int


def _parts(case: Case, options: ImportanceOptions, rng: np.random.Generator) -> _Parts:
    """Return the figures, their draws and what chance gives; each has its own random stream."""
    drawing, shuffling, ordering = rng.spawn(3)
    table = joined(case.layout, case.outcome)
    matrix = correlations(weighted_moments(table, case.who.weights).covariance)
    draws, spoilt = resampled(table, case, options.n_draws, drawing)
    effective = min(case.base.effective, float(case.who.n_units))
    return _Parts(
        case=case,
        matrix=matrix,
        found=figures_of(matrix[None], case, ordering, PAIRS),
        draws=draws,
        chance=by_chance(table, case, options.n_shuffles, shuffling),
        which=ends(options.level, options.interval, effective, len(case.layout.columns)),
        ranks=rank_probabilities(draws.by_name["lmg"]),
        inflation=variance_inflation(matrix[:-1, :-1], case.layout.players),
        slopes=secondary_metrics(matrix[None]).standardised[0],
        n_spoilt=spoilt,
    )


def _figure(parts: _Parts, name: str, place: int) -> Estimate:
    """Return one figure of one player with its interval."""
    value, draws = float(parts.found.by_name[name][0, place]), parts.draws.by_name[name][:, place]
    method = "lmg-sampled" if name == "lmg" and parts.found.error else name.replace("_", "-")
    return explained(value, draws, parts.which, parts.case.base, (method, _SOURCES[name]))


def _secondary(parts: _Parts, name: str, place: int) -> Estimate | None:
    """Return a figure that only players of one column have, otherwise None."""
    return _figure(parts, name, place) if name in parts.found.by_name else None


def _signs(parts: _Parts, place: int) -> tuple[int | None, int | None]:
    """Return the signs of correlation and slope of a player of one column, None for wider ones."""
    columns = parts.case.layout.players[place]
    if len(columns) > 1:
        return None, None
    return sign_of(float(parts.matrix[columns[0], -1])), sign_of(float(parts.slopes[columns[0]]))


def _player(parts: _Parts, place: int, rank: int) -> PlayerImportance:
    """Return one player."""
    layout, lmg, chance = parts.case.layout, _figure(parts, "lmg", place), parts.chance.lmg[:, place]
    decomposed = float(parts.found.decomposed[0])
    signs = _signs(parts, place)
    return PlayerImportance(
        name=layout.names[place],
        columns=tuple(layout.columns[each] for each in layout.players[place]),
        lmg=lmg,
        share=lmg.value / decomposed if decomposed > 0 else 0.0,
        first=_figure(parts, "first", place),
        last=_figure(parts, "last", place),
        relative_weight=_secondary(parts, "relative_weight", place),
        betasq=_secondary(parts, "betasq", place),
        pratt=_secondary(parts, "pratt", place),
        car=_secondary(parts, "car", place),
        rank=rank,
        rank_interval=ranks_held(parts.ranks[place], parts.which.level),
        rank_probabilities=tuple(parts.ranks[place].tolist()),
        p_value=float(exceedance(chance, np.array(lmg.value))),
        noise_reference=float(np.quantile(chance, parts.which.level)),
        zero_order_sign=signs[0],
        full_model_sign=signs[1],
        vif=float(parts.inflation[place]),
    )


def _player_notes(players: tuple[PlayerImportance, ...]) -> list[Note]:
    """Return notes on single players: collinear ones, and those whose sign turns in the full model."""
    notes = [Note("collinear", {"driver": each.name, "vif": each.vif}) for each in players if each.vif > HIGH_VIF]
    for each in players:
        if each.signs_differ:
            figures = {"zero_order": each.zero_order_sign or 0, "full_model": each.full_model_sign or 0}
            notes.append(Note("signs-differ", {"driver": each.name, **figures}))
    return notes


def _notes(parts: _Parts, result: DriverImportance, level: float) -> tuple[Note, ...]:
    """Return what a reader of the importance must be told."""
    first, notes = result.players[0], _player_notes(result.players)
    aliased = aliased_columns(parts.matrix[:-1, :-1])
    if aliased:
        names = ", ".join(parts.case.layout.columns[each] for each in aliased)
        notes.append(Note("aliased", {"drivers": names}))
    share = result.collinearity.first_eigenvalue_share
    if len(result.players) > 1 and share >= HALO_SHARE:
        notes.append(Note("halo", {"first_eigenvalue_share": share}))
    if first.rank_probabilities[0] < SETTLED_RANK:
        notes.append(Note("first-rank-not-settled", {"driver": first.name, "probability": first.rank_probabilities[0]}))
    if result.r_squared_p_value > 1 - level:
        notes.append(Note("outcome-not-explained", {"p_value": result.r_squared_p_value}))
    if result.monte_carlo_error:
        notes.append(Note("importance-sampled", {"largest_error": result.monte_carlo_error}))
    if parts.n_spoilt:
        notes.append(Note("draws-without-variation", {"n": parts.n_spoilt}))
    return (*parts.case.notes, *notes, Note("association-not-effect"))


def _total(parts: _Parts, value: float, draws: FloatArray, method: str) -> Estimate:
    """Return an R2, of the whole model or of the players after the controls."""
    layout = parts.case.layout
    n_columns = len(layout.columns) - (len(layout.controls) if method == "r-squared-decomposed" else 0)
    freed = without_bias(draws, parts.draws.total, n_columns, parts.which)
    return explained(value, freed, parts.which, parts.case.base, (method, R_SQUARED_SOURCE))


def _result(parts: _Parts) -> DriverImportance:
    """Return the importance of all players, its cautions still to be noted."""
    base, matrix, found = parts.case.base, parts.matrix, parts.found
    order = np.argsort(-found.by_name["lmg"][0], kind="stable")
    total, decomposed = float(found.total[0]), float(found.decomposed[0])
    degrees = base.n - int(np.linalg.matrix_rank(matrix[:-1, :-1], hermitian=True)) - 1
    among = matrix[:-1, :-1]
    return DriverImportance(
        base=base,
        players=tuple(_player(parts, int(place), rank) for rank, place in enumerate(order, start=1)),
        r_squared=_total(parts, total, parts.draws.total, "r-squared"),
        adjusted_r_squared=1 - (1 - total) * (base.n - 1) / max(degrees, 1),
        controls_r_squared=total - decomposed,
        decomposed_r_squared=_total(parts, decomposed, parts.draws.decomposed, "r-squared-decomposed"),
        r_squared_p_value=float(exceedance(parts.chance.total, np.array(decomposed))),
        collinearity=Collinearity(float(parts.inflation.max()), condition_number(among), first_eigenvalue_share(among)),
        n_draws=len(parts.draws.total),
        monte_carlo_error=found.error,
        method="lmg-sampled" if found.error else "lmg",
        source=LMG_SOURCE,
    )


def driver_importance(
    drivers: Table,
    outcome: ArrayLike,
    rng: np.random.Generator,
    who: Respondents | None = None,
    options: ImportanceOptions | None = None,
) -> DriverImportance | Refusal:
    """Return how strongly each named column, group or factor of `drivers` (n x k) goes with the outcome (n).

    LMG (exact up to 24 players, sampled above) and the measures beside it, each with a bootstrap interval over
    respondents (clusters where given), ranks with their probabilities, and a permutation reference. Rows in which
    anything is missing or the weight is zero are left out and counted: `key_drivers` treats gaps better. Refuses with
    `base-too-small` (fewer respondents than columns + 2), `outcome-constant`, `no-whole-row`, `no-usable-driver`.
    Raises ValueError for infinite numbers, lengths that differ, and columns named twice. The same generator state
    gives the same result. Sources: Groemping 2006, 2007; docs/statistics/drivers.md.
    """
    options = options or ImportanceOptions()
    case = case_of(drivers, outcome, who, options.terms)
    if isinstance(case, Refusal):
        return case
    if not case.layout.players:
        return Refusal("no-usable-driver", case.base)
    parts = _parts(case, options, rng)
    result = _result(parts)
    return replace(result, notes=_notes(parts, result, options.level))
