"""The importance-performance map of a path model (Ringle & Sarstedt 2016; Martilla & James 1977)."""

from __future__ import annotations

import numpy as np

from analysis.arrays import FloatArray
from analysis.satisfaction_index.estimates import Uncertain
from analysis.satisfaction_index.figures import Figures
from analysis.satisfaction_index.inference import Draws, Fit
from analysis.satisfaction_index.options import IndexOptions
from analysis.satisfaction_index.summary import IMPORTANCE, INDEX, negative_weights, reaches
from analysis.values.drivers import Quadrant
from analysis.values.estimates import Note
from analysis.values.satisfaction_index import IndexMap, IndexPoint

# By two bits: 2 for at least as important as the mean, 1 for at least as good as the mean.
_PLACES = (Quadrant.LOW_PRIORITY, Quadrant.POSSIBLE_OVERKILL, Quadrant.FIX_FIRST, Quadrant.KEEP_UP)
_FEWEST_POINTS = 2
_SOURCE = "Ringle & Sarstedt 2016; Martilla & James 1977; bootstrap: Hesterberg 2015"


def _axes(figures: Figures, leading: list[int], target: int) -> tuple[FloatArray, FloatArray]:
    """Return importance and performance of the constructs that lead to the target, last axis constructs."""
    return figures.unstandardised_effects[..., leading, target], figures.index_mean[..., leading]


def _sides(figures: Figures, leading: list[int], target: int) -> FloatArray:
    """Return on which sides of the lines the points lie, 0 to 3, the lines moving with every draw."""
    importance, performance = _axes(figures, leading, target)
    important = importance >= importance.mean(axis=-1, keepdims=True)
    good = performance >= performance.mean(axis=-1, keepdims=True)
    sides: FloatArray = 2.0 * important + good
    return sides


def _point(fit: Fit, sure: Uncertain, which: tuple[int, int], standing: tuple[Quadrant, Quadrant, float]) -> IndexPoint:
    """Return one construct's point; `which` are its place and the target's, `standing` where it is, how surely."""
    names, flags = fit.model.constructs, negative_weights(fit)
    own = flags.get(names[which[0]], ())
    notes = own + flags.get(names[which[1]], ())
    return IndexPoint(
        construct=names[which[0]],
        importance=sure.estimate("unstandardised_effects", which, IMPORTANCE, notes),
        performance=sure.estimate("index_mean", which[0], INDEX, own),
        place=standing[0],
        quadrant=standing[1],
        stability=standing[2],
        notes=notes,
    )


def importance_performance(fit: Fit, drawn: Draws, sure: Uncertain, options: IndexOptions) -> IndexMap:
    """Return the map of everything that leads to the target.

    A quadrant is named only where the point stays in it in `stability` of the draws.
    """
    target = fit.model.constructs.index(options.target_of(fit.model))
    leading = np.flatnonzero(reaches(fit)[:, target]).tolist()
    sides = _sides(fit.figures, leading, target)
    stability = (_sides(drawn.figures, leading, target) == sides).mean(axis=0)
    clear = (stability >= options.stability) & (len(leading) >= _FEWEST_POINTS)
    places = [_PLACES[int(each)] for each in sides]
    quadrants = [place if is_clear else Quadrant.UNCLEAR for place, is_clear in zip(places, clear, strict=True)]
    importance, performance = _axes(fit.figures, leading, target)
    alone = (Note("too-few-constructs-for-quadrants", {"n": len(leading)}),) if len(leading) < _FEWEST_POINTS else ()
    return IndexMap(
        target=fit.model.constructs[target],
        points=tuple(
            _point(fit, sure, (k, target), (place, quadrant, float(stable)))
            for k, place, quadrant, stable in zip(leading, places, quadrants, stability, strict=True)
        ),
        importance_line=float(importance.mean()),
        performance_line=float(performance.mean()),
        base=fit.prepared.base,
        method="importance-performance-map",
        source=_SOURCE,
        notes=alone,
    )
