"""The fit and its bootstrap: point figures, the draws around them, or the reason why there are none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.satisfaction_index.answers import Prepared
from analysis.satisfaction_index.elimination import solve
from analysis.satisfaction_index.figures import Figures, Fitted, fitted, joined
from analysis.satisfaction_index.layout import Layout, layout_of
from analysis.satisfaction_index.models import PathModel
from analysis.satisfaction_index.moments import ItemMoments, of_tables, resampled
from analysis.satisfaction_index.options import IndexOptions
from analysis.values.estimates import Note, Refusal

INDICATIVE_BELOW = 100
_ROUGH_WEIGHTS_FROM = 2
_FEWEST_DRAWS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """One model fitted to prepared answers: figures of the sample (averaged over imputations), without leading axis."""

    model: PathModel
    layout: Layout
    prepared: Prepared
    figures: Figures
    correlation: FloatArray
    iterations: int

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return what was left out or imputed, and whether the base or the weights ask for care."""
        base, notes = self.prepared.base, list(self.prepared.notes)
        if self.prepared.sample.n_units < INDICATIVE_BELOW:
            notes.append(Note("base-indicative", {"n": self.prepared.sample.n_units, "needed": INDICATIVE_BELOW}))
        if base.n > _ROUGH_WEIGHTS_FROM * base.effective:
            notes.append(Note("uneven-weights", {"n": base.n, "effective": base.effective}))
        return tuple(notes)


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """The figures of the usable bootstrap draws (leading axis), and how many draws of each kind gave none.

    `n_units` is how many respondents were resampled, the effective number where weights make that smaller.
    """

    figures: Figures
    n_units: float
    n_asked: int
    n_unconverged: int
    n_degenerate: int

    @property
    def n(self) -> int:
        """Return how many draws can be used."""
        return len(self.figures.weights)

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return how many draws were left out, and why."""
        counts = {"draws-not-converged": self.n_unconverged, "draws-degenerate": self.n_degenerate}
        return tuple(Note(code, {"n": n, "of": self.n_asked}) for code, n in counts.items() if n)


def fit(prepared: Prepared, model: PathModel, options: IndexOptions) -> Fit | Refusal:
    """Return the fit, or a refusal with its reason.

    `base-too-small`, `item-constant`, `items-collinear` (in a mode B block), `constructs-collinear`, `not-converged`,
    `weights-cancel` (the unstandardised weights of a construct add up to nothing positive).
    """
    base, needed, layout = prepared.base, options.needed(model), layout_of(model)
    if prepared.sample.n_units < needed:
        return Refusal("base-too-small", base, {"n": prepared.sample.n_units, "needed": needed})
    moments = of_tables(prepared.tables, prepared.sample)
    constant = np.flatnonzero((moments.spread == 0).any(axis=0))
    if constant.size:
        return Refusal("item-constant", base, {"item": model.items[constant[0]]})
    found = fitted(moments, layout, options)
    if not found.usable.all():
        code, figures = _reason(found, moments, layout, model)
        return Refusal(code, base, figures)
    return Fit(
        model=model,
        layout=layout,
        prepared=prepared,
        figures=found.figures.mapped(lambda array: array.mean(axis=0)),
        correlation=moments.correlation.mean(axis=0),
        iterations=int(found.iterations.max()),
    )


def _reason(
    found: Fitted, moments: ItemMoments, layout: Layout, model: PathModel
) -> tuple[str, dict[str, float | int | str]]:
    """Return why a fit gave no figures: code and what it concerns."""
    for construct in layout.formative:
        items = layout.items_of(construct)
        block = moments.correlation[:, items, items]
        if not np.isfinite(solve(block, block)).all():
            return "items-collinear", {"construct": model.constructs[construct]}
    weights = found.figures.weights
    if not np.isfinite(weights).all() or not np.isfinite(found.figures.paths).all():
        return "constructs-collinear", {}
    if not found.converged.all():
        return "not-converged", {"iterations": int(found.iterations.max())}
    cancelled = int(np.argmin(np.isfinite(found.figures.index_mean).all(axis=0)))
    return "weights-cancel", {"construct": model.constructs[cancelled]}


def draws(fit: Fit, options: IndexOptions, rng: np.random.Generator) -> Draws | Refusal:
    """Return the whole fit repeated on resampled respondents, turned like the sample's own.

    With several imputations each is resampled with an equal part of the draws and all are pooled ("MI boot, pooled",
    Schomaker & Heumann 2018). Draws that don't converge or don't vary are counted and left out; where fewer than half
    are left there are no intervals, but a refusal (`draws-unusable`).
    """
    tables = fit.prepared.tables
    each = -(-options.n_draws // len(tables))
    kept, unconverged, degenerate = [], 0, 0
    for table in tables:
        for moments in resampled(table, fit.prepared.sample, each, rng):
            found = fitted(moments, fit.layout, options, fit.figures.loadings)
            usable = found.usable
            weighted = np.isfinite(found.figures.weights).all(axis=1)
            unconverged += int((weighted & ~found.converged).sum())
            degenerate += int((~usable).sum() - (weighted & ~found.converged).sum())
            kept.append(found.figures if usable.all() else found.figures.rows(usable))
    pooled = joined(kept)
    asked, n = each * len(tables), len(pooled.weights)
    if n < max(_FEWEST_DRAWS, asked / 2):
        return Refusal("draws-unusable", fit.prepared.base, {"usable": n, "of": asked})
    units = min(float(fit.prepared.sample.n_units), fit.prepared.base.effective)
    return Draws(pooled, units, asked, unconverged, degenerate)
