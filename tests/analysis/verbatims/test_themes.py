"""Themes that are there are found, come back, and are counted; those that are not are not invented."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import NMF

from analysis.values import Estimate, Refusal
from analysis.values.verbatims import Themes
from analysis.verbatims import ThemeOptions, Verbatim, mentions, term_table, themes
from analysis.verbatims.factorisation import factorise, weighted_terms
from analysis.verbatims.themes import match_themes, ranked_agreement
from tests.analysis.carrying import lacks
from tests.analysis.verbatims.stories import FILLING, story

QUICK = ThemeOptions(candidates=(2, 3, 4), n_resamples=6, n_starts=2)


def _found(comments: list[Verbatim], seed: int = 3, options: ThemeOptions = QUICK) -> Themes:
    found = themes(comments, np.random.default_rng(seed), options)
    assert isinstance(found, Themes)
    return found


@pytest.mark.parametrize("language", ["vi", "es"])
def test_the_planted_themes_are_found_and_coded(language: str) -> None:
    told = story(np.random.default_rng(1), 600, language=language)
    found = _found(told.comments)
    said = mentions(found, told.comments)
    for planted in told.said.T:
        agreeing = max(float((planted == column).mean()) for column in said.T)
        assert agreeing > 0.95
    assert list(lacks(found)) == []


def test_no_theme_is_made_of_words_that_keep_no_company() -> None:
    rng = np.random.default_rng(2)
    comments = [Verbatim(" ".join(rng.choice(FILLING, 3, replace=False))) for _ in range(400)]
    found = themes(comments, rng, QUICK)
    assert isinstance(found, Refusal)
    assert found.code == "no-theme"


def test_the_share_of_mentions_is_that_of_the_coded_comments() -> None:
    told = story(np.random.default_rng(1), 300, language="vi")
    found = _found(told.comments)
    shares = mentions(found, told.comments).mean(axis=0)
    for theme, share in zip(found.themes, shares, strict=True):
        assert isinstance(theme.mentions, Estimate)
        assert theme.mentions.value == pytest.approx(share)


def test_the_same_generator_gives_the_same_themes_in_any_order_of_comments() -> None:
    told = story(np.random.default_rng(5), 200)
    assert _found(told.comments) == _found(told.comments[::-1])


def test_too_few_comments_and_too_few_terms_are_refused_with_what_is_needed() -> None:
    few = themes([Verbatim("slow late")] * 49, np.random.default_rng(1))
    poor = themes([Verbatim("slow")] * 60, np.random.default_rng(1), ThemeOptions(most=1.0))
    assert isinstance(few, Refusal)
    assert isinstance(poor, Refusal)
    assert (few.code, few.figures["needed"]) == ("base-too-small", 50)
    assert poor.code == "too-few-terms"


def test_comments_without_a_term_are_counted() -> None:
    told = story(np.random.default_rng(1), 300)
    found = _found([*told.comments, Verbatim("👍"), Verbatim("")])
    assert found.n_without_term >= 2
    assert found.base.n == 302


def test_the_error_of_the_factors_is_no_larger_than_scikit_learns() -> None:
    table = weighted_terms(term_table(story(np.random.default_rng(4), 250).comments).present)
    ours = min(factorise(table, 3, np.random.default_rng(seed), rounds=200).error for seed in range(3))
    model = NMF(3, init="nndsvda", max_iter=500, tol=1e-6)
    left = model.fit_transform(table)
    theirs = float(np.square(table.toarray() - left @ model.components_).sum())
    assert ours <= theirs * 1.01


def test_agreement_of_ranked_lists_is_the_mean_over_depths_of_shared_terms() -> None:
    """By hand: depths 1 to 3 of a,b,c and a,c,d share 1/1, 1/3 and 2/4."""
    assert ranked_agreement(["a", "b", "c"], ["a", "c", "d"]) == pytest.approx((1 + 1 / 3 + 1 / 2) / 3)
    assert ranked_agreement([], []) == 0


def test_themes_are_matched_so_that_all_pairs_together_agree_best() -> None:
    partners, values = match_themes([["a", "b"], ["c", "d"]], [["c", "d"], ["a", "x"]])
    assert partners == [1, 0]
    assert values.tolist() == pytest.approx([(1 + 1 / 3) / 2, 1.0])
    assert match_themes([["a"], ["b"]], [["b"]])[0] == [-1, 0]
