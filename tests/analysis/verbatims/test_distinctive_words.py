"""Distinctive words are those that truly tell low from high scorers, in three languages."""

from __future__ import annotations

import math
import unicodedata

import numpy as np
import pytest

from analysis.values import Refusal
from analysis.values.verbatims import Camp, DistinctiveWords
from analysis.verbatims import Comment, VerbatimOptions, distinctive_words, log_odds_ratios
from analysis.verbatims.words import words_of


def _found(comments: list[Comment], options: VerbatimOptions | None = None) -> DistinctiveWords:
    found = distinctive_words(comments, options or VerbatimOptions())
    assert isinstance(found, DistinctiveWords)
    return found


def _story() -> list[Comment]:
    slow = [Comment(f"Delivery was slow, support helped {word}", 3) for word in ("little", "late", "somewhat") * 20]
    fast = [Comment(f"Delivery was quick, support helped {word}", 10) for word in ("little", "late", "somewhat") * 20]
    return slow + fast


def test_the_word_that_tells_the_camps_apart_is_found_and_no_other() -> None:
    found = _found(_story())
    assert {(each.word, each.camp) for each in found.words} == {("slow", Camp.LOW), ("quick", Camp.HIGH)}
    slow = next(each for each in found.words if each.word == "slow")
    assert (slow.n_low, slow.n_high) == (60, 0)
    assert slow.z < 0
    assert (found.base_low.n, found.base_high.n) == (60, 60)


def test_words_without_any_connection_are_rarely_called_distinctive() -> None:
    """Fifty draws of camps that write alike: false discoveries in at most a few of them."""
    rng = np.random.default_rng(4)
    vocabulary = [f"word{chr(97 + i)}{chr(97 + j)}" for i in range(10) for j in range(6)]
    draws = [
        _found([Comment(" ".join(rng.choice(vocabulary, 8)), 10 if i % 2 else 2) for i in range(120)])
        for _ in range(50)
    ]
    assert sum(bool(found.words) for found in draws) <= 5


def test_a_word_counts_once_per_comment() -> None:
    shouting = [*_story(), Comment("helped " * 500, 3)]
    words = {each.word for each in _found(shouting).words}
    assert "helped" not in words


def test_a_rare_word_is_not_tested() -> None:
    found = _found([*_story(), *(Comment("scandalous", 0) for _ in range(4))])
    assert "scandalous" not in {each.word for each in found.words}
    assert found.n_tested == 7  # "support helped" is one term: the two never stand apart


def test_passives_and_missing_scores_belong_to_no_camp() -> None:
    more = [*_story(), Comment("slow quick", 7), Comment("slow quick", math.nan)]
    assert _found(more) == _found(_story())


def test_the_order_of_comments_changes_nothing() -> None:
    assert _found(_story()) == _found(_story()[::-1])


def test_nineteen_comments_on_one_side_give_no_words_but_the_reason() -> None:
    found = distinctive_words(_story()[:79])
    assert isinstance(found, Refusal)
    assert (found.code, found.figures) == ("base-too-small", {"n": 19, "needed": 20})


def test_comments_without_content_support_nothing() -> None:
    found = distinctive_words([Comment("...", 1), Comment("the", 1), Comment("👍", 10)])
    assert isinstance(found, Refusal)
    assert found.base.n == 0


def test_a_single_word_has_no_odds() -> None:
    found = _found([Comment("slow", 1)] * 20 + [Comment("slow", 10)] * 20)
    assert (found.words, found.n_tested) == ((), 0)


def test_the_log_odds_are_those_of_the_formula() -> None:
    """By hand: prior 10 over (3+1, 2+4) of ten words is (4, 6); low (7, 8), high (5, 10)."""
    log_odds, z = log_odds_ratios(np.array([3.0, 2.0]), np.array([1.0, 4.0]), 10)
    expected = math.log(5 / 10) - math.log(7 / 8)
    assert log_odds == pytest.approx(np.array([expected, -expected]))
    assert z[0] == pytest.approx(expected / math.sqrt(1 / 5 + 1 / 7))


def test_words_are_the_same_however_their_accents_are_stored() -> None:
    decomposed = unicodedata.normalize("NFD", "Giao HÀNG chậm")
    assert words_of(decomposed, "vi") == ["giao", "hàng", "chậm"]


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("The staff weren't FRIENDLY, at all!", "en-GB", ["staff", "weren't", "friendly"]),
        ("It\u2019s so good", "en", ["good"]),
        ("La atención fue muy lenta y el envío llegó tarde", "es_MX", ["atención", "lenta", "envío", "llegó", "tarde"]),
        ("Straße 24/7 x", "de", ["strasse"]),
        ("", "en", []),
    ],
)
def test_words_of_content_are_kept(text: str, language: str, words: list[str]) -> None:
    assert words_of(text, language) == words
