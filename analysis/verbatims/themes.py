"""Themes: what several comments share, found in the texts alone, each with how surely it comes back.

Comments by terms are factorised (factorisation.py). A theme is then made plain: its terms are those that weigh more
in it than in any other theme and keep company with each other, and a comment mentions the theme when it holds one of
them. So anybody can check, rename or merge a theme, and a comment may mention several or none. A word without company
is no theme; where it sets camps apart, it stands among the distinctive words.

Stability (Greene, O'Callaghan & Cunningham 2014): the themes are looked for again in many random parts of the
comments and matched with those of all comments by the agreement of their ranked terms; where the number of themes is
not given, the one with the most stability in its stable themes is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from analysis.arrays import BoolArray, FloatArray
from analysis.scores import share_of_sample
from analysis.values import Base, Note, Refusal
from analysis.values.verbatims import Theme, Themes
from analysis.verbatims.factorisation import factorise, weighted_terms
from analysis.verbatims.phrases import Phrases, keep_company
from analysis.verbatims.vocabulary import TermTable, Verbatim, term_table
from analysis.verbatims.words import word_runs
from analysis.weights import sample_of

METHOD = "nmf-stable-themes"
SOURCE = "Lee & Seung 1999; Cichocki & Phan 2009; Greene, O'Callaghan & Cunningham 2014"


@dataclass(frozen=True, slots=True)
class ThemeOptions:
    """How themes are looked for.

    `n_themes` fixes their number; else it is taken from `candidates` by stability. `minimum_base` comments with at
    least one term are needed. A term stands in at least `least` comments and at most the share `most` of them. Each
    theme is told by up to `n_terms` terms. Stability rests on `n_resamples` parts of `part` of all comments; the
    factors are the best of `n_starts`. Themes that agree less than `stable_from` are marked.
    """

    n_themes: int | None = None
    candidates: tuple[int, ...] = (2, 3, 4, 5, 6, 8, 10, 12)
    minimum_base: int = 50
    least: int = 5
    most: float = 0.5
    n_terms: int = 8
    n_resamples: int = 12
    part: float = 0.8
    n_starts: int = 4
    stable_from: float = 0.5


DEFAULTS = ThemeOptions()


def themes(
    comments: Sequence[Verbatim], rng: np.random.Generator, options: ThemeOptions = DEFAULTS
) -> Themes | Refusal:
    """Return the themes of the comments, the most mentioned first, each with its terms, stability and mentions.

    Refused (`base-too-small`) where fewer than `minimum_base` comments hold a term, (`too-few-terms`) where there are
    no more terms than themes. The same generator state gives the same themes; the order of comments matters only
    through it.
    """
    ordered = sorted(comments, key=lambda each: (each.text, each.language))
    table = term_table(ordered, options.least, options.most)
    refusal = _refusal(table, options)
    if refusal:
        return refusal
    sizes = (options.n_themes,) if options.n_themes else _possible(options.candidates, len(table.terms))
    models = {size: _model(table, size, rng, options) for size in sizes}
    agreements = {size: _agreement(table, models[size], rng, options) for size in sizes}
    best = max(sizes, key=lambda size: (_dependable(agreements[size], options), -size))
    if not agreements[best].any():
        return Refusal("no-theme", _base(table), {"n": table.n_comments})
    return _named(table, models[best], agreements, options)


def mentions(found: Themes, comments: Sequence[Verbatim]) -> BoolArray:
    """Return who mentions what (n x k, themes in their order): whose comment holds a term of the theme."""
    pairs = frozenset((first, second) for first, _, second in (each.partition(" ") for each in found.phrases))
    joined = [set(Phrases(pairs).join(word_runs(each.text))) for each in comments]
    return np.array(
        [[not words.isdisjoint(each.terms) for each in found.themes] for words in joined], dtype=bool
    ).reshape(len(comments), len(found.themes))


def match_themes(one: Sequence[Sequence[str]], other: Sequence[Sequence[str]]) -> tuple[list[int], FloatArray]:
    """Return for each ranked list of terms in `one` the place of its partner in `other`, and how far they agree (0..1).

    Partners are chosen so that the agreement of all pairs together is largest (Kuhn 1955); -1 where there are too few.
    """
    agreement = np.array([[ranked_agreement(a, b) for b in other] for a in one]).reshape(len(one), len(other))
    rows, columns = linear_sum_assignment(-agreement)
    partners, values = [-1] * len(one), np.zeros(len(one))
    for row, column in zip(rows, columns, strict=True):
        partners[row], values[row] = int(column), agreement[row, column]
    return partners, values


def ranked_agreement(one: Sequence[str], other: Sequence[str]) -> float:
    """Return the average over depths d of the Jaccard index of the first d terms of two ranked lists."""
    depth = max(len(one), len(other))
    if not depth:
        return 0.0
    shared = [len(set(one[:d]) & set(other[:d])) / len(set(one[:d]) | set(other[:d])) for d in range(1, depth + 1)]
    return sum(shared) / depth


def _refusal(table: TermTable, options: ThemeOptions) -> Refusal | None:
    """Return why there can be no themes, if so."""
    base = _base(table)
    if base.n < options.minimum_base:
        return Refusal("base-too-small", base, {"n": base.n, "needed": options.minimum_base})
    least = min(options.candidates) if options.n_themes is None else options.n_themes
    if len(table.terms) <= least:
        return Refusal("too-few-terms", base, {"n": len(table.terms), "needed": least + 1})
    return None


def _possible(candidates: Sequence[int], n_terms: int) -> tuple[int, ...]:
    """Return the numbers of themes that leave two terms for each, at least the smallest."""
    return tuple(each for each in candidates if 2 * each <= n_terms) or (min(candidates),)


def _model(
    table: TermTable, size: int, rng: np.random.Generator, options: ThemeOptions, starts: int = 0
) -> tuple[tuple[str, ...], ...]:
    """Return the themes of the best of several searches, each by its terms, the weightiest first."""
    weighed = weighted_terms(table.present)
    runs = [factorise(weighed, size, rng) for _ in range(starts or options.n_starts)]
    weights = min(runs, key=lambda each: each.error).terms
    # Themes are compared by how a theme's weight is spread, not by how often the theme occurs.
    sized = weights / np.linalg.norm(weights, axis=1, keepdims=True)
    owner = np.argmax(sized, axis=0)
    counts = table.present.T @ table.present
    found = []
    for theme in range(size):
        order = [int(i) for i in np.argsort(-sized[theme], kind="stable") if owner[i] == theme]
        found.append(_defining(order[: _LOOKED_AT * options.n_terms], counts, table.n_comments)[: options.n_terms])
    return tuple(tuple(table.terms[i] for i in each) for each in found)


# Of a theme's own terms, this many times the number told are looked at for company.
_LOOKED_AT = 3


def _defining(order: list[int], counts: sparse.csr_matrix, n: int) -> list[int]:
    """Return the terms that keep company with those before them, in more comments than chance would have it.

    A word that merely occurs often is no part of what the comments share: it must stand beside a term of the theme more
    often than independent words do (Dunning 1993, log-likelihood ratio).
    """
    told: list[int] = []
    for term in order:
        own = int(counts[term, term])
        pairs = [(int(counts[term, other]), (own, int(counts[other, other]))) for other in told]
        if not told or any(keep_company(both, alone, n) for both, alone in pairs):
            told.append(term)
    return told


def _agreement(
    table: TermTable, model: Sequence[Sequence[str]], rng: np.random.Generator, options: ThemeOptions
) -> FloatArray:
    """Return each theme's mean agreement with its partner in random parts of the comments."""
    n_part = max(int(options.part * table.n_comments), 1)
    values = np.zeros(len(model))
    for _ in range(options.n_resamples):
        part = table.rows(np.sort(rng.choice(table.n_comments, n_part, replace=False)))
        again = _model(part, len(model), rng, options, starts=1)
        values += match_themes(model, again)[1]
    # A word that keeps no company is no theme: it counts for nothing, so that sizes which find many of them lose.
    shared = np.array([len(each) > 1 for each in model])
    agreed: FloatArray = values * shared / options.n_resamples
    return agreed


def _dependable(agreement: FloatArray, options: ThemeOptions) -> float:
    """Return what a number of themes is worth: the stability of its stable themes, added up."""
    return round(float(agreement[agreement >= options.stable_from].sum()), 6)


def _base(table: TermTable) -> Base:
    """Return the comments with at least one term."""
    n = int((table.present.sum(axis=1) > 0).sum())
    return Base(n, float(n), float(n))


def _named(
    table: TermTable,
    model: Sequence[tuple[str, ...]],
    agreements: dict[int, FloatArray],
    options: ThemeOptions,
) -> Themes:
    """Put themes, their mentions and their stability together; words without company are left out."""
    stability = agreements[len(model)]
    made = [
        _theme(table, terms, float(stable), options)
        for terms, stable in zip(model, stability, strict=True)
        if len(terms) > 1
    ]
    n, base = table.n_comments, _base(table)
    return Themes(
        themes=tuple(sorted(made, key=lambda each: (-_mentioned(each), each.label))),
        phrases=tuple(sorted(" ".join(pair) for pair in table.phrases.pairs)),
        agreement={size: float(values.mean()) for size, values in sorted(agreements.items())},
        base=Base(n, float(n), float(n)),
        n_without_term=n - base.n,
        n_terms=len(table.terms),
        method=METHOD,
        source=SOURCE,
    )


def _theme(table: TermTable, terms: tuple[str, ...], stability: float, options: ThemeOptions) -> Theme:
    """Return one theme with how many comments mention it."""
    columns = [table.terms.index(each) for each in terms]
    said = np.asarray(table.present[:, columns].sum(axis=1)).ravel() > 0
    notes = () if stability >= options.stable_from else (Note("theme-unstable", {"stability": stability}),)
    share = share_of_sample(sample_of(said.astype(float)))
    return Theme(" · ".join(terms[:_NAMED_BY]), terms, stability, share, notes)


# Terms that make up a theme's label.
_NAMED_BY = 3


def _mentioned(theme: Theme) -> float:
    """Return the share of comments that mention a theme, 0 where it is not told."""
    return 0.0 if isinstance(theme.mentions, Refusal) else theme.mentions.value
