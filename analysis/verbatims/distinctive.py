"""What low scorers write that high scorers don't: distinctive words by weighted log-odds.

Monroe, Colaresi & Quinn 2008, Political Analysis 16:372, informative Dirichlet prior. A word counts once per comment,
so that one long complaint does not outweigh ten short ones. The words describe those who commented, not all who
answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.arrays import FloatArray
from analysis.multiplicity import adjusted_p_values
from analysis.values import Base, Refusal
from analysis.values.verbatims import Camp, DistinctiveWord, DistinctiveWords
from analysis.verbatims.vocabulary import Verbatim, terms_of

METHOD = "log-odds-informative-prior"
SOURCE = "Monroe, Colaresi & Quinn 2008; Benjamini & Hochberg 1995"


@dataclass(frozen=True, slots=True)
class Comment:
    """An open answer as written, its language tag, and the score its author gave."""

    text: str
    score: float
    language: str = "en"


@dataclass(frozen=True, slots=True)
class VerbatimOptions:
    """Who is low and high, how many comments each needs, how often a word must occur, and the share of false words.

    `prior_words` is the weight of the prior: as many words as a camp is pulled towards all comments.
    """

    low_to: float = 6
    high_from: float = 9
    minimum_base: int = 20
    minimum_comments: int = 5
    alpha: float = 0.05
    prior_words: float = 100.0


DEFAULTS = VerbatimOptions()


def distinctive_words(comments: Iterable[Comment], options: VerbatimOptions = DEFAULTS) -> DistinctiveWords | Refusal:
    """Return the words that clearly tell the camps apart, by z, with BH over all words tested.

    Words are those of `terms_of`: neighbours that belong together, as Vietnamese compounds do, count as one. Comments
    without a word of content and those of the middle (or with a missing score) belong to no camp. Refused
    where a camp has fewer than `minimum_base` comments.
    """
    low, high = _camps(comments, options)
    bases = [Base(len(camp), float(len(camp)), float(len(camp))) for camp in (low, high)]
    smaller = min(bases, key=lambda base: base.n)
    if smaller.n < options.minimum_base:
        return Refusal("base-too-small", smaller, {"n": smaller.n, "needed": options.minimum_base})
    words = _compared(_counted(low), _counted(high), options)
    clear = tuple(each for each in words if each.p_adjusted < options.alpha)
    surest_first = tuple(sorted(clear, key=lambda each: (-abs(each.z), each.word)))
    return DistinctiveWords(surest_first, bases[0], bases[1], len(words), options.alpha, METHOD, SOURCE)


def _camps(comments: Iterable[Comment], options: VerbatimOptions) -> tuple[list[set[str]], list[set[str]]]:
    """Return each camp's comments as sets of words; phrases are learned from both camps together."""
    known = [each for each in comments if each.score <= options.low_to or each.score >= options.high_from]
    cut = terms_of((Verbatim(each.text, each.language) for each in known), options.minimum_comments)
    low: list[set[str]] = []
    high: list[set[str]] = []
    for each, words in zip(known, map(set, cut), strict=True):
        if words:
            (low if each.score <= options.low_to else high).append(words)
    return low, high


def _counted(camp: Sequence[set[str]]) -> Counter[str]:
    """Return in how many comments each word stands."""
    return Counter(word for words in camp for word in words)


def _compared(low: Mapping[str, int], high: Mapping[str, int], options: VerbatimOptions) -> list[DistinctiveWord]:
    """Return every word frequent enough, with its log-odds, z and adjusted p-value."""
    vocabulary = sorted(set(low) | set(high))
    if len(vocabulary) <= 1:
        # Odds are against all other words: a single word has none.
        return []
    n_low, n_high = (np.array([camp.get(word, 0) for word in vocabulary], dtype=float) for camp in (low, high))
    log_odds, z = log_odds_ratios(n_low, n_high, options.prior_words)
    tested = np.flatnonzero(n_low + n_high >= options.minimum_comments)
    p_values = [float(2 * stats.norm.sf(abs(z[i]))) for i in tested]
    return [
        DistinctiveWord(
            word=vocabulary[i],
            camp=Camp.HIGH if z[i] > 0 else Camp.LOW,
            n_low=int(n_low[i]),
            n_high=int(n_high[i]),
            log_odds=float(log_odds[i]),
            z=float(z[i]),
            p_value=p_value,
            p_adjusted=p_adjusted,
        )
        for i, p_value, p_adjusted in zip(tested, p_values, adjusted_p_values(p_values, "bh"), strict=True)
    ]


def log_odds_ratios(n_low: FloatArray, n_high: FloatArray, prior_words: float) -> tuple[FloatArray, FloatArray]:
    """Return high minus low log-odds of every word (v,) and its z-score.

    With counts y, N = sum y, prior a = prior_words * (y_low + y_high) / (N_low + N_high), A = prior_words:
    log((y + a) / (N + A - y - a)), high minus low, with variance 1/(y_high + a) + 1/(y_low + a).
    """
    together = n_low + n_high
    prior = prior_words * together / together.sum()
    seen = [camp + prior for camp in (n_low, n_high)]
    low, high = (np.log(each / (each.sum() - each)) for each in seen)
    difference: FloatArray = high - low
    return difference, difference / np.sqrt(1 / seen[0] + 1 / seen[1])
