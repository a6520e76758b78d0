"""Which terms stand in which comments: the table that every analysis of open answers starts from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.verbatims.phrases import Phrases, phrases
from analysis.verbatims.words import stop_words_of, word_runs


@dataclass(frozen=True, slots=True)
class Verbatim:
    """An open answer as written, and its language as a BCP 47 tag."""

    text: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class TermTable:
    """Comments by terms: `present` (n x t, sparse zeros and ones), the terms in alphabetical order, and their phrases.

    A term counts once per comment, so that one long complaint does not outweigh ten short ones.
    """

    terms: tuple[str, ...]
    present: sparse.csr_matrix
    phrases: Phrases

    @property
    def n_comments(self) -> int:
        """Return how many comments the table has, also those without a term."""
        return int(self.present.shape[0])

    def rows(self, chosen: Sequence[int] | np.ndarray) -> TermTable:
        """Return the table of the chosen comments, with the same terms."""
        return TermTable(self.terms, self.present[chosen], self.phrases)


def terms_of(comments: Iterable[Verbatim], least: int = 5) -> list[list[str]]:
    """Return each comment's terms of content in order: words, and phrases that occur in at least `least` comments."""
    known = list(comments)
    return _cut(known, _phrases_of(known, least))


def term_table(comments: Iterable[Verbatim], least: int = 5, most: float = 0.5) -> TermTable:
    """Return the table of all terms in at least `least` comments and in at most the share `most` of them.

    Terms of nearly all comments tell nothing apart; terms of a few cannot be told from chance.
    """
    known = list(comments)
    found = _phrases_of(known, least)
    cut = [set(each) for each in _cut(known, found)]
    counts = Counter(term for terms in cut for term in terms)
    terms = tuple(sorted(term for term, n in counts.items() if least <= n <= max(most * len(known), least)))
    place = {term: i for i, term in enumerate(terms)}
    cells = [(row, place[term]) for row, each in enumerate(cut) for term in each if term in place]
    rows, columns = zip(*cells, strict=True) if cells else ((), ())
    shape = (len(known), len(terms))
    return TermTable(terms, sparse.csr_matrix((np.ones(len(cells)), (rows, columns)), shape=shape), found)


def _phrases_of(comments: Sequence[Verbatim], least: int) -> Phrases:
    """Return the phrases of comments in several languages; each language's stop words are no part of one."""
    stop_words = frozenset[str]().union(*(stop_words_of(each) for each in {one.language for one in comments}))
    return phrases((word_runs(each.text) for each in comments), stop_words, least)


def _cut(comments: Sequence[Verbatim], found: Phrases) -> list[list[str]]:
    """Return each comment's terms without those that carry no content."""
    return [
        [term for term in found.join(word_runs(each.text)) if term not in stop_words_of(each.language)]
        for each in comments
    ]
