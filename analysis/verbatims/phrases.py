"""Words that belong together, learned from the comments themselves.

Vietnamese writes its compounds apart (`chất lượng`, `nhân viên`), and other languages have fixed pairs as well
(`customer service`). Two neighbours make a phrase where they stand together far more often than chance would have it:
by Dunning's log-likelihood ratio (1993) and by the normalised pointwise mutual information of Bouma (2009). No
dictionary and no model is needed, hence it works in any language.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

# Dunning's statistic follows chi-square with one degree of freedom: 10.83 is exceeded by chance once in a thousand.
LEAST_RATIO = 10.83
# Bouma's measure runs from 0 for independent neighbours to 1 for two that never stand apart.
LEAST_INFORMATION = 0.4


@dataclass(frozen=True, slots=True)
class Phrases:
    """The pairs of neighbours that count as one term."""

    pairs: frozenset[tuple[str, str]]

    def join(self, runs: Iterable[Sequence[str]]) -> list[str]:
        """Return the words of all runs with each phrase made one term, from left to right."""
        return [term for run in runs for term in self._join(run)]

    def _join(self, words: Sequence[str]) -> list[str]:
        joined, place = [], 0
        while place < len(words):
            if tuple(words[place : place + 2]) in self.pairs:
                joined.append(" ".join(words[place : place + 2]))
                place += 2
            else:
                joined.append(words[place])
                place += 1
        return joined


def phrases(texts: Iterable[Sequence[Sequence[str]]], stop_words: frozenset[str], least: int) -> Phrases:
    """Return the phrases of many texts, each given as its runs of words; a text counts once for each pair.

    Pairs with a stop word, of a word with itself, or in fewer than `least` texts are none.
    """
    known = list(texts)
    pairs = Counter(pair for text in known for pair in {each for run in text for each in pairwise(run)})
    words = Counter(word for text in known for word in {each for run in text for each in run})
    found = {
        pair
        for pair, n in pairs.items()
        if n >= least
        and pair[0] != pair[1]
        and stop_words.isdisjoint(pair)
        and _belong_together(n, (words[pair[0]], words[pair[1]]), len(known))
    }
    return Phrases(frozenset(found))


def _belong_together(n: int, alone: tuple[int, int], total: int) -> bool:
    """Tell whether a pair in n of `total` texts, its words in `alone` many each, is more than a chance meeting."""
    if not keep_company(n, alone, total):
        return False
    information = math.log(n * total / (alone[0] * alone[1])) / -math.log(n / total) if n < total else 1.0
    return information >= LEAST_INFORMATION


def keep_company(n: int, alone: tuple[int, int], total: int) -> bool:
    """Tell whether two words stand together (in n texts) more often than independent ones, by Dunning's ratio."""
    return n * total > alone[0] * alone[1] and log_likelihood_ratio(n, alone, total) >= LEAST_RATIO


def log_likelihood_ratio(n: int, alone: tuple[int, int], total: int) -> float:
    """Return Dunning's G2 of a two by two table: both words in n texts, each in `alone`, out of `total`."""
    first, second = alone
    observed = (n, first - n, second - n, total - first - second + n)
    expected = (
        first * second / total,
        first * (total - second) / total,
        (total - first) * second / total,
        (total - first) * (total - second) / total,
    )
    return 2 * sum(o * math.log(o / e) for o, e in zip(observed, expected, strict=True) if o > 0)
