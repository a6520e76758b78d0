"""Indices across waves: weights frozen at a base wave, and weights estimated anew beside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.arrays import FloatArray
from analysis.respondents import Respondents, weighted_mean
from analysis.satisfaction_index.answers import Items, item_table, prepared, whose
from analysis.satisfaction_index.estimates import Ground, Said, estimated
from analysis.satisfaction_index.index import DEFAULTS
from analysis.satisfaction_index.inference import Draws, Fit, draws, fit
from analysis.satisfaction_index.models import ItemScale, PathModel
from analysis.satisfaction_index.options import IndexOptions
from analysis.satisfaction_index.summary import INDEX
from analysis.values.estimates import Estimate, Interval, Note, Refusal
from analysis.values.satisfaction_index import ConstructChange, FrozenWeights, IndexChange

_SOURCE = "Fornell et al. 1996; bootstrap of both waves, weights included: Hesterberg 2015"
_FIXED = Said("index-at-base-weights", "index", _SOURCE)
_CHANGE_FIXED = Said("index-change-at-base-weights", "difference-index", _SOURCE)
_CHANGE = Said("index-change-re-estimated", "difference-index", _SOURCE)
_WEIGHTS = Said("index-change-by-weights", "difference-index", _SOURCE)
_FEWEST_ROWS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Wave:
    """The answers of one wave: items as in `satisfaction_index`, with weights and clusters if there are any."""

    items: Items
    sample: Respondents | None = None


@dataclass(frozen=True, slots=True, eq=False)
class IndexScores:
    """Each respondent's index (n x K, 0 worst to 100 best), NaN where an item of the construct is blank.

    `index` holds the mean of each construct over those who have one: unit `index`, linearised standard error and t
    interval, the weights taken as given; a Refusal below ten respondents.
    """

    constructs: tuple[str, ...]
    scores: FloatArray
    index: tuple[Estimate | Refusal, ...]

    def of(self, construct: str) -> FloatArray:
        """Return the scores of one construct (n); raise ValueError for one without weights."""
        scores: FloatArray = self.scores[:, self.constructs.index(construct)]
        return scores


def index_scores(
    items: Items, weights: FrozenWeights, sample: Respondents | None = None, level: float = 0.95
) -> IndexScores:
    """Return every respondent's indices with weights fixed beforehand, for instance at a base wave.

    100 sum of weight (x - low) / (high - low) over the items of a construct, x turned round where lower is better.
    Fixed weights let the index of a later wave change by answers only. `items` need only those that have weights; a
    blank item leaves that respondent without that index. The intervals of the means take the weights as known; where
    they were estimated on the same answers, those of `satisfaction_index` are the honest ones. Raises ValueError as
    that does.
    """
    codes = tuple(each.item for each in weights.items)
    scales = tuple(ItemScale(each.low, each.high, each.higher_is_better) for each in weights.items)
    table = item_table(items, codes, scales)
    found = whose(len(table), sample)
    parts = np.array([each.weight for each in weights.items])
    owners, constructs = np.array([each.construct for each in weights.items]), weights.constructs
    columns = [table[:, owners == each] @ parts[owners == each] for each in constructs]
    means = tuple(_mean(column, found, level) for column in columns)
    return IndexScores(constructs, np.column_stack(columns), means)


def _mean(scores: FloatArray, sample: Respondents, level: float) -> Estimate | Refusal:
    """Return the mean index over those who have one."""
    there = ~np.isnan(scores) & (sample.weights > 0)
    who = sample if there.all() else sample.rows(there)
    if who.n_units < _FEWEST_ROWS:
        return Refusal("base-too-small", who.base(), {"n": who.n_units, "needed": _FEWEST_ROWS})
    mean, error = weighted_mean(scores[there], who)
    half = float(special.stdtrit(who.n_units - 1, (1 + level) / 2)) * error
    blank = int((~there & (sample.weights > 0)).sum())
    notes = [Note("weights-taken-as-fixed")]
    notes += [Note("incomplete-rows-left-out", {"n": blank})] if blank else []
    notes += [Note("no-variation")] if error == 0 else []
    source = "Fornell et al. 1996; linearised error: Binder 1983"
    # Between the ends of the index, which a negative weight alone lets a mean leave.
    low, high = max(mean - half, min(0.0, mean)), min(mean + half, max(100.0, mean))
    interval = Interval(low, high, level, "t")
    return Estimate(mean, interval, who.base(), "index-at-fixed-weights", "index", error, tuple(notes), source)


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """A wave's fit and its draws."""

    fit: Fit
    draws: Draws


def _drawn(wave: Wave, model: PathModel, options: IndexOptions, rng: np.random.Generator) -> _Drawn | Refusal:
    found = fit(prepared(wave.items, model, wave.sample, options, rng), model, options)
    if isinstance(found, Refusal):
        return found
    drawn = draws(found, options, rng)
    return drawn if isinstance(drawn, Refusal) else _Drawn(found, drawn)


def index_change(
    before: Wave, after: Wave, model: PathModel, rng: np.random.Generator, options: IndexOptions = DEFAULTS
) -> IndexChange | Refusal:
    """Return how every index changed between two waves: at the weights of the first, and re-estimated.

    Only the first of the two is a change of the answers; the second mixes it with a change of weights, which stands
    beside it. Both waves are resampled and refitted, so that the intervals hold the uncertainty of the weights as well.
    The waves are taken as samples of different people; for a panel the intervals are then too wide. Refuses with the
    code of the wave that can't be fitted and `wave` among its figures.
    """
    both = []
    for name, wave in (("before", before), ("after", after)):
        found = _drawn(wave, model, options, rng)
        if isinstance(found, Refusal):
            return Refusal(found.code, found.base, {**found.figures, "wave": name})
        both.append(found)
    first, later = both
    sides = (("before", first), ("after", later))
    notes = [Note(each.code, {**each.figures, "wave": name}) for name, one in sides for each in one.fit.notes]
    notes += [Note(each.code, {**each.figures, "wave": name}) for name, one in sides for each in one.draws.notes]
    return IndexChange(
        constructs=tuple(_change(first, later, k, options.level) for k in range(len(model.constructs))),
        base_before=first.fit.prepared.base,
        base_after=later.fit.prepared.base,
        n_draws=min(first.draws.n, later.draws.n),
        method=f"pls-{options.scheme.value}-change",
        source=_SOURCE,
        notes=tuple(notes),
    )


def _change(first: _Drawn, later: _Drawn, k: int, level: float) -> ConstructChange:
    """Return the change of the k-th construct."""
    before, after = first.fit.prepared.base, later.fit.prepared.base
    n = min(first.draws.n, later.draws.n)
    own, other = first.fit.figures, later.fit.figures
    draws_own, draws_other = first.draws.figures, later.draws.figures
    items = first.fit.layout.items_of(k)
    fixed = float(own.index_weights[items] @ other.item_mean[items])
    drawn_fixed = np.einsum("bi,bi->b", draws_own.index_weights[:n, items], draws_other.item_mean[:n, items])
    start, drawn_start = float(own.index_mean[k]), draws_own.index_mean[:n, k]
    end, drawn_end = float(other.index_mean[k]), draws_other.index_mean[:n, k]
    early, late = Ground(before, first.draws.n_units, level), Ground(after, later.draws.n_units, level)
    less = early if early.n_units <= late.n_units else late
    return ConstructChange(
        construct=first.fit.model.constructs[k],
        before=estimated(start, drawn_start, early, INDEX),
        after_fixed=estimated(fixed, drawn_fixed, late, _FIXED),
        after_re_estimated=estimated(end, drawn_end, late, INDEX),
        change_fixed=estimated(fixed - start, drawn_fixed - drawn_start, less, _CHANGE_FIXED),
        change_re_estimated=estimated(end - start, drawn_end - drawn_start, less, _CHANGE),
        weight_effect=estimated(end - fixed, drawn_end - drawn_fixed, less, _WEIGHTS),
    )
