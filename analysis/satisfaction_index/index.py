"""The satisfaction index of one sample: the path model with an interval on every figure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.respondents import Respondents
from analysis.satisfaction_index.answers import Items, complete_rows, prepared
from analysis.satisfaction_index.estimates import PLS_SOURCE, uncertain
from analysis.satisfaction_index.figures import Figures
from analysis.satisfaction_index.inference import Draws, Fit, draws, fit
from analysis.satisfaction_index.models import PathModel
from analysis.satisfaction_index.options import IndexOptions
from analysis.satisfaction_index.quadrants import importance_performance
from analysis.satisfaction_index.summary import constructs_of, effects_of, frozen, pairs_of, paths_of, warnings_of
from analysis.values.estimates import Base, Note, Refusal
from analysis.values.satisfaction_index import FrozenWeights, SatisfactionIndex

DEFAULTS = IndexOptions()


@dataclass(frozen=True, slots=True, eq=False)
class PathFit:
    """One fit as arrays, without intervals: p items in the order of `items`, K constructs in that of `constructs`.

    `figures` holds the arrays, each explained at `Figures`; `iterations` counts those until the stop rule held;
    `weights` are the index weights to freeze.
    """

    items: tuple[str, ...]
    constructs: tuple[str, ...]
    figures: Figures
    weights: FrozenWeights
    iterations: int
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...]

    def path(self, driver: str, target: str) -> float:
        """Return a standardised path coefficient; raise ValueError for a construct the model does not have."""
        return float(self.figures.paths[self.constructs.index(driver), self.constructs.index(target)])


def path_model_fit(
    items: Items, model: PathModel, sample: Respondents | None = None, options: IndexOptions = DEFAULTS
) -> PathFit | Refusal:
    """Return the PLS fit of a path model to rows of answers, without intervals.

    `items` maps item codes to answers (n each, NaN for blank; a DataFrame will do); rows with a blank are left out,
    whatever `options.missing` says. `sample` gives weights and clusters. Refuses as `satisfaction_index` does; raises
    ValueError for items that are not there, infinite, or beyond their scale.
    """
    found = fit(complete_rows(items, model, sample), model, options)
    if isinstance(found, Refusal):
        return found
    return PathFit(
        items=model.items,
        constructs=model.constructs,
        figures=found.figures,
        weights=frozen(found),
        iterations=found.iterations,
        base=found.prepared.base,
        method=f"pls-{options.scheme.value}",
        source=PLS_SOURCE,
        notes=found.notes,
    )


def satisfaction_index(
    items: Items,
    model: PathModel,
    rng: np.random.Generator,
    sample: Respondents | None = None,
    options: IndexOptions = DEFAULTS,
) -> SatisfactionIndex | Refusal:
    """Return the path model fitted to the answers: indices, paths, effects, reliability and the map, with intervals.

    `items` maps item codes to answers (n each, NaN for blank; a DataFrame will do), on the scales of the model.
    `sample` gives weights and clusters, `rng` the bootstrap draws (and imputations). Refuses with `base-too-small`,
    `item-constant`, `items-collinear`, `constructs-collinear`, `not-converged`, `weights-cancel` or `draws-unusable`;
    raises ValueError for items that are not there, infinite, or beyond their scale, and for a target nothing leads to.
    """
    options.target_of(model)
    found = fit(prepared(items, model, sample, options, rng), model, options)
    if isinstance(found, Refusal):
        return found
    drawn = draws(found, options, rng)
    if isinstance(drawn, Refusal):
        return drawn
    return _index(found, drawn, options)


def _index(found: Fit, drawn: Draws, options: IndexOptions) -> SatisfactionIndex:
    """Return everything a fit and its draws say."""
    sure = uncertain(found.figures, drawn, found.prepared.base, options.level)
    return SatisfactionIndex(
        constructs=constructs_of(found, sure),
        paths=paths_of(found, sure),
        effects=effects_of(found, sure),
        pairs=pairs_of(found, sure),
        map=importance_performance(found, drawn, sure, options),
        weights=frozen(found),
        scheme=options.scheme.value,
        base=found.prepared.base,
        n_draws=drawn.n,
        iterations=found.iterations,
        method=f"pls-{options.scheme.value}",
        source=PLS_SOURCE,
        notes=(Note("association-not-effect"), *found.notes, *drawn.notes, *warnings_of(found)),
    )
