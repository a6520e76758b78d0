"""Arrays become values: constructs, items, paths, effects and pairs by name."""

from __future__ import annotations

import math

import numpy as np

from analysis.arrays import BoolArray
from analysis.satisfaction_index.estimates import Said, Uncertain
from analysis.satisfaction_index.inference import Fit
from analysis.satisfaction_index.models import Mode
from analysis.satisfaction_index.reliability import variance_inflation
from analysis.values.estimates import Estimate, Note, Refusal
from analysis.values.satisfaction_index import (
    Construct,
    ConstructPair,
    Effect,
    FrozenItem,
    FrozenWeights,
    MeasuredItem,
    PathCoefficient,
    Reliability,
)

_INDEX_SOURCE = "Fornell et al. 1996; Tenenhaus et al. 2005; bootstrap of the whole fit: Hesterberg 2015"
_WEIGHT = Said("pls-outer-weight", "weight")
_LOADING = Said("pls-outer-loading", "correlation")
_INDEX_WEIGHT = Said("pls-unstandardised-weight", "share", _INDEX_SOURCE)
INDEX = Said("pls-index", "index", _INDEX_SOURCE)
_INDEX_SD = Said("pls-index-standard-deviation", "index", _INDEX_SOURCE)
_R_SQUARED = Said("pls-r-squared", "r2")
_PATH = Said("pls-path", "standard-deviations")
_SLOPE = Said("pls-path-unstandardised", "points-per-point", "Ringle & Sarstedt 2016; bootstrap: Hesterberg 2015")
_TOTAL = Said("pls-total-effect", "standard-deviations")
IMPORTANCE = Said(
    "pls-total-effect-unstandardised", "points-per-point", "Ringle & Sarstedt 2016; bootstrap: Hesterberg 2015"
)
_CORRELATION = Said("pls-score-correlation", "correlation")
_HTMT = Said("htmt", "ratio", "Henseler, Ringle & Sarstedt 2015; absolute correlations: Ringle et al. 2023")
_RELIABILITY = {
    "alpha": Said("cronbach-alpha", "reliability", "Cronbach 1951; bootstrap: Hesterberg 2015"),
    "alpha_standardised": Said(
        "cronbach-alpha-standardised", "reliability", "Cronbach 1951; bootstrap: Hesterberg 2015"
    ),
    "rho_c": Said("composite-reliability", "reliability", "Joereskog 1971; Werts, Linn & Joereskog 1974"),
    "rho_a": Said("rho-a", "reliability", "Dijkstra & Henseler 2015"),
    "ave": Said("average-variance-extracted", "share", "Fornell & Larcker 1981"),
}
WEAK_LOADING = 0.4
LOW_RELIABILITY = 0.6
HIGH_HTMT = 0.9
HIGH_VIF = 5.0


def items_of(fit: Fit, sure: Uncertain, k: int) -> tuple[MeasuredItem, ...]:
    """Return the items of the k-th construct."""
    inflation = variance_inflation(fit.correlation, fit.layout)
    start = int(fit.layout.starts[k])
    names = fit.model.constructs
    return tuple(
        MeasuredItem(
            code=code,
            weight=sure.estimate("weights", place, _WEIGHT),
            loading=sure.estimate("loadings", place, _LOADING),
            index_weight=sure.estimate("index_weights", place, _INDEX_WEIGHT),
            cross_loadings={
                name: sure.estimate("cross_loadings", (place, other), _LOADING) for other, name in enumerate(names)
            },
            vif=None if math.isnan(inflation[place]) else float(inflation[place]),
        )
        for place, code in enumerate(fit.model.blocks[names[k]], start)
    )


def _reliability(fit: Fit, sure: Uncertain, k: int) -> Reliability:
    """Return how well a construct's items go together."""
    if k in fit.layout.formative:
        return Reliability(*(Refusal("formative-block", sure.base) for _ in _RELIABILITY))
    alone = (Note("single-item", {"construct": fit.model.constructs[k]}),) if fit.layout.sizes[k] == 1 else ()
    return Reliability(*(_refused_or(sure, field, k, said, alone) for field, said in _RELIABILITY.items()))


def _refused_or(
    sure: Uncertain, field: str, place: int | tuple[int, int], said: Said, notes: tuple[Note, ...] = ()
) -> Estimate | Refusal:
    """Return a figure, or a refusal where its formula divides by nothing."""
    if not np.isfinite(getattr(sure.value, field)[place]):
        return Refusal("not-defined", sure.base)
    return sure.estimate(field, place, said, notes)


def constructs_of(fit: Fit, sure: Uncertain) -> tuple[Construct, ...]:
    """Return every construct in the order of the model."""
    flags = negative_weights(fit)
    return tuple(
        Construct(
            code=name,
            mode=fit.model.mode(name).value,
            index=sure.estimate("index_mean", k, INDEX, flags.get(name, ())),
            index_sd=sure.estimate("index_sd", k, _INDEX_SD),
            r_squared=sure.estimate("r_squared", k, _R_SQUARED) if fit.layout.leading[k].size else None,
            reliability=_reliability(fit, sure, k),
            items=items_of(fit, sure, k),
        )
        for k, name in enumerate(fit.model.constructs)
    )


def paths_of(fit: Fit, sure: Uncertain) -> tuple[PathCoefficient, ...]:
    """Return every path in the order given."""
    place = fit.model.constructs.index
    return tuple(
        PathCoefficient(
            driver=start,
            target=end,
            standardised=sure.estimate("paths", (place(start), place(end)), _PATH),
            unstandardised=sure.estimate("unstandardised_paths", (place(start), place(end)), _SLOPE),
        )
        for start, end in fit.model.pairs
    )


def reaches(fit: Fit) -> BoolArray:
    """Return which constructs (rows) some chain of paths takes to which (columns)."""
    direct = np.zeros((len(fit.model.constructs),) * 2, dtype=bool)
    for end, leading in enumerate(fit.layout.leading):
        direct[leading, end] = True
    found = direct.copy()
    for _ in range(len(direct)):
        found = found | (found @ direct)
    return found


def effects_of(fit: Fit, sure: Uncertain) -> tuple[Effect, ...]:
    """Return the total effects of every construct on all that its paths reach, target after target."""
    names, direct, total = fit.model.constructs, fit.figures.paths, fit.figures.total_effects
    return tuple(
        Effect(
            driver=names[start],
            target=names[end],
            direct=float(direct[start, end]),
            indirect=float(total[start, end] - direct[start, end]),
            total=sure.estimate("total_effects", (start, end), _TOTAL),
            unstandardised=sure.estimate("unstandardised_effects", (start, end), IMPORTANCE),
        )
        for end, start in np.argwhere(reaches(fit).T).tolist()
    )


def pairs_of(fit: Fit, sure: Uncertain) -> tuple[ConstructPair, ...]:
    """Return every two constructs."""
    names = fit.model.constructs
    places = [(one, other) for one in range(len(names)) for other in range(one + 1, len(names))]
    return tuple(
        ConstructPair(
            first=names[one],
            second=names[other],
            correlation=sure.estimate("latent_correlations", (one, other), _CORRELATION),
            htmt=_htmt(fit, sure, (one, other)),
        )
        for one, other in places
    )


def _htmt(fit: Fit, sure: Uncertain, pair: tuple[int, int]) -> Estimate | Refusal:
    if set(pair) & set(fit.layout.formative):
        return Refusal("formative-block", sure.base)
    return _refused_or(sure, "htmt", pair, _HTMT)


def frozen(fit: Fit) -> FrozenWeights:
    """Return the index weights to keep for later waves."""
    owners = [construct for construct, items in fit.model.blocks.items() for _ in items]
    parts = zip(owners, fit.model.items, fit.figures.index_weights.tolist(), fit.model.ends, strict=True)
    return FrozenWeights(
        tuple(
            FrozenItem(owner, item, weight, ends.low, ends.high, ends.higher_is_better)
            for owner, item, weight, ends in parts
        )
    )


def negative_weights(fit: Fit) -> dict[str, tuple[Note, ...]]:
    """Return a note for each construct with a negative outer weight, by its name."""
    found: dict[str, tuple[Note, ...]] = {}
    for k, name in enumerate(fit.model.constructs):
        items = fit.layout.items_of(k)
        below = [
            code for code, weight in zip(fit.model.blocks[name], fit.figures.weights[items], strict=True) if weight < 0
        ]
        if below:
            found[name] = (Note("negative-outer-weights", {"construct": name, "items": ", ".join(below)}),)
    return found


def warnings_of(fit: Fit) -> tuple[Note, ...]:
    """Return what a reader must know of the measurement before reading the model."""
    notes = [note for each in negative_weights(fit).values() for note in each]
    for place, (item, loading) in enumerate(zip(fit.model.items, fit.figures.loadings, strict=True)):
        construct = fit.model.constructs[fit.layout.block[place]]
        if fit.model.mode(construct) is Mode.A and loading < WEAK_LOADING:
            code = "loading-negative" if loading < 0 else "loading-weak"
            notes.append(Note(code, {"construct": construct, "item": item, "loading": float(loading)}))
    for k, construct in enumerate(fit.model.constructs):
        if fit.figures.rho_a[k] < LOW_RELIABILITY:
            notes.append(Note("reliability-low", {"construct": construct, "rho_a": float(fit.figures.rho_a[k])}))
    return (*notes, *_overlapping(fit))


def _overlapping(fit: Fit) -> list[Note]:
    """Return which constructs are hard to tell apart, and which items of a mode B block."""
    names, ratio = fit.model.constructs, fit.figures.htmt
    notes = [
        Note("htmt-high", {"first": names[one], "second": names[other], "htmt": float(ratio[one, other])})
        for one, other in np.argwhere(np.triu(ratio, 1) >= HIGH_HTMT).tolist()
    ]
    inflation = variance_inflation(fit.correlation, fit.layout)
    notes += [
        Note("vif-high", {"item": fit.model.items[place], "vif": float(inflation[place])})
        for place in np.flatnonzero(inflation >= HIGH_VIF)
    ]
    return notes
