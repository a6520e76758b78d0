"""Who mentions which theme, each comment coded by words that were learned without it (cross-fitting)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.arrays import BoolArray, FloatArray
from analysis.respondents import Respondents
from analysis.values import Refusal
from analysis.values.verbatims import Themes
from analysis.verbatims.themes import ThemeOptions, match_themes, mentions, themes
from analysis.verbatims.vocabulary import Verbatim


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """Themes, the mentions that cross-fitting gave (n x k), and how well each was found in the worse of both halves."""

    found: Themes
    said: BoolArray
    agreement: FloatArray


def coded(
    comments: Sequence[Verbatim],
    who: Respondents,
    rng: np.random.Generator,
    given: Themes | None,
    search: ThemeOptions,
) -> Coded | Refusal:
    """Return who mentions which theme, each comment coded by words learned from the other half."""
    if given is not None:
        return Coded(given, mentions(given, comments), np.ones(len(given.themes)))
    found = themes(comments, rng, search)
    if isinstance(found, Refusal):
        return found
    fold = _halves(who, rng)
    said = np.zeros((len(comments), len(found.themes)), dtype=bool)
    agreement = np.ones(len(found.themes))
    for half in (False, True):
        rows = np.flatnonzero(fold == half).tolist()
        others = [each for each, at in zip(comments, fold, strict=True) if at != half]
        learned = themes(others, rng, _in_a_half(search, len(found.themes)))
        values = np.zeros(len(found.themes))
        if not isinstance(learned, Refusal):
            said[rows], values = _matched(found, learned, [comments[row] for row in rows])
        agreement = np.minimum(agreement, values)
    return Coded(found, said, agreement)


def _matched(found: Themes, learned: Themes, comments: Sequence[Verbatim]) -> tuple[BoolArray, FloatArray]:
    """Return who mentions each found theme by the words of its learned partner, and how far the partners agree."""
    partners, values = match_themes([each.terms for each in found.themes], [each.terms for each in learned.themes])
    held = mentions(learned, comments)
    nobody = np.zeros(len(comments), dtype=bool)
    columns = [held[:, partner] if value > 0 else nobody for partner, value in zip(partners, values, strict=True)]
    return np.column_stack(columns), values


def _in_a_half(search: ThemeOptions, n_themes: int) -> ThemeOptions:
    """Return the search in one half of the comments: about as many themes, half the demands, fewer repetitions."""
    return replace(
        search,
        n_themes=None,
        candidates=tuple(range(max(n_themes - 1, 2), n_themes + 3)),
        minimum_base=search.minimum_base // 2,
        least=max(search.least // 2, 2),
        n_resamples=max(search.n_resamples // 2, 2),
    )


def _halves(who: Respondents, rng: np.random.Generator) -> BoolArray:
    """Return a random half of the rows, all rows of one author on the same side."""
    units = np.arange(who.weights.size) if who.clusters is None else who.clusters
    n = int(units.max()) + 1
    half = np.zeros(n, dtype=bool)
    half[rng.permutation(n)[: n // 2]] = True
    chosen: BoolArray = half[units]
    return chosen
