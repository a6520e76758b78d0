"""What goes with a theme is told with honest errors, for commenters only, and never from words it was tested on."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from analysis.scores import Answers
from analysis.values import Base, Estimate, Refusal
from analysis.values.scores import Kind, Measure
from analysis.values.verbatims import Theme, ThemeEffects, Themes
from analysis.verbatims import EffectOptions, Scored, ThemeOptions, Verbatim, commenting, theme_effects
from analysis.verbatims.themes import METHOD, SOURCE
from tests.analysis.carrying import lacks
from tests.analysis.verbatims.stories import story

_BASE = Base(0, 0.0, 0.0)
OPTIONS = EffectOptions(search=ThemeOptions(candidates=(2, 3, 4), n_resamples=8))


def _given(*terms: tuple[str, ...]) -> Themes:
    """Return themes told by hand, as a marketer's list of words."""
    refusal = Refusal("not-told", _BASE)
    return Themes(tuple(Theme(each[0], each, 1.0, refusal) for each in terms), (), {}, _BASE, 0, 0, METHOD, SOURCE)


def _effects(scored: Scored, given: Themes | None = None, seed: int = 7) -> ThemeEffects:
    found = theme_effects(scored, np.random.default_rng(seed), given, OPTIONS)
    assert isinstance(found, ThemeEffects)
    return found


def test_the_planted_effects_are_within_their_intervals_and_the_empty_theme_is_not_clear() -> None:
    told = story(np.random.default_rng(1), 900, (-1.5, -0.7, 0.0), "vi")
    found = _effects(Scored(told.comments, told.scores))
    truths = {"giao hàng": -1.5, "giá": -0.7, "nhân viên": 0.0}
    for effect in found.effects:
        truth = next(value for word, value in truths.items() if any(word in term for term in effect.terms))
        assert isinstance(effect.impact, Estimate)
        assert effect.impact.interval is not None
        # Wrongly coded comments pull an impact towards nothing: the truth may lie a little beyond the interval.
        assert effect.impact.interval.low - 0.25 <= truth <= effect.impact.interval.high + 0.25
        assert effect.is_clear == (truth != 0)
    assert list(lacks(found)) == []
    assert [note.code for note in found.notes] == ["association-not-effect", "commenters-only"]


def test_given_themes_give_the_regression_of_statsmodels() -> None:
    told = story(np.random.default_rng(3), 400, (-1.0, 0.5, 0.0))
    given = _given(("late",), ("price", "expensive"))
    found = {each.label: each for each in _effects(Scored(told.comments, told.scores), given).effects}
    said = np.array(
        [["late" in c.text, "price" in c.text or "expensive" in c.text] for c in told.comments], dtype=float
    )
    fit = sm.OLS(told.scores, sm.add_constant(said)).fit(cov_type="HC3", use_t=True)
    for place, label in enumerate(("late", "price"), start=1):
        impact = found[label].impact
        assert isinstance(impact, Estimate)
        assert impact.value == pytest.approx(fit.params[place], rel=1e-9)
        assert impact.se == pytest.approx(fit.bse[place], rel=1e-9)
        assert found[label].p_value == pytest.approx(fit.pvalues[place], rel=1e-6)


def test_with_authors_and_weights_errors_are_those_of_the_linearised_sandwich() -> None:
    rng = np.random.default_rng(4)
    told = story(rng, 300, (-1.0, 0.0, 0.0))
    authors, weights = np.repeat(np.arange(100), 3), rng.uniform(0.5, 2, 300)
    scored = Scored(told.comments, told.scores, weights, authors)
    found = _effects(scored, _given(("late",)))
    said = np.array(["late" in each.text for each in told.comments], dtype=float)
    fit = sm.WLS(told.scores, sm.add_constant(said), weights=weights).fit(
        cov_type="cluster", cov_kwds={"groups": authors, "use_correction": False}
    )
    impact = found.effects[0].impact
    assert isinstance(impact, Estimate)
    assert impact.value == pytest.approx(fit.params[1], rel=1e-9)
    assert impact.se == pytest.approx(fit.bse[1] * np.sqrt(100 / 99), rel=1e-9)


def test_what_is_at_stake_is_prevalence_times_impact() -> None:
    told = story(np.random.default_rng(3), 600, (-1.0, 0.5, 0.0), "es")
    for effect in _effects(Scored(told.comments, told.scores)).effects:
        if isinstance(effect.impact, Estimate) and isinstance(effect.prevalence, Estimate):
            assert isinstance(effect.at_stake, Estimate)
            assert effect.at_stake.value == pytest.approx(effect.prevalence.value * effect.impact.value)


def test_a_covariate_takes_its_part() -> None:
    """Late parcels go to one region that is unhappy anyway: held, the theme has nothing left to say."""
    rng = np.random.default_rng(6)
    region = rng.random(600) < 0.5
    comments = [Verbatim("late parcel" if here and rng.random() < 0.8 else "fine parcel") for here in region]
    scores = 8 - 3.0 * region + rng.normal(0, 1, 600)
    given = _given(("late",))
    alone = _effects(Scored(comments, scores), given).effects[0]
    held = _effects(Scored(comments, scores, covariates=region.astype(float)), given).effects[0]
    assert isinstance(alone.impact, Estimate)
    assert isinstance(held.impact, Estimate)
    assert alone.impact.value < -2
    assert abs(held.impact.value) < 0.5


def test_rare_common_and_repeated_themes_are_refused_by_name() -> None:
    comments = [Verbatim("slow food" if i % 3 else "food cold") for i in range(150)] + [Verbatim("food scandal")] * 5
    scores = np.arange(155.0) % 10
    given = _given(("slow",), ("food",), ("scandal",), ("slow", "slowly"))
    codes = {
        each.label if each.terms != ("slow", "slowly") else "copy": each.impact.code
        for each in _effects(Scored(comments, scores), given).effects
        if isinstance(each.impact, Refusal)
    }
    assert codes == {"food": "theme-too-common", "scandal": "theme-too-rare", "copy": "aliased"}


def test_comments_without_a_score_are_left_out_and_counted() -> None:
    told = story(np.random.default_rng(3), 300)
    scores = np.where(np.arange(300) < 40, np.nan, told.scores)
    found = _effects(Scored(told.comments, scores), _given(("late",)))
    assert (found.base.n, found.n_without_score) == (260, 40)


def test_too_few_comments_are_refused_and_wrong_input_is_named() -> None:
    rng = np.random.default_rng(1)
    few = theme_effects(Scored([Verbatim("late")] * 99, np.zeros(99)), rng)
    assert isinstance(few, Refusal)
    assert (few.code, few.figures["needed"]) == ("base-too-small", 100)
    nobody = theme_effects(Scored([], []), np.random.default_rng(1))
    assert isinstance(nobody, Refusal)
    assert (nobody.code, nobody.base.n) == ("base-too-small", 0)
    with pytest.raises(ValueError, match="one score"):
        theme_effects(Scored([Verbatim("late")], np.zeros(2)), rng)
    with pytest.raises(ValueError, match="finite"):
        theme_effects(Scored([Verbatim("late")], np.array([np.inf])), rng)


def test_commenters_who_are_less_happy_than_the_silent_are_announced() -> None:
    rng = np.random.default_rng(2)
    texts = ["slow"] * 100 + [None] * 150 + ["  "] * 50
    scores = np.concatenate((rng.integers(0, 9, 100), rng.integers(6, 11, 200))).astype(float)
    found = commenting(texts, Answers(scores), Measure(Kind.NET_PROMOTER))
    assert isinstance(found.share, Estimate)
    assert found.share.value == pytest.approx(1 / 3)
    assert [note.code for note in found.notes] == ["commenters-differ"]
    same = commenting(texts, Answers(np.full(300, 7.0)), Measure(Kind.NET_PROMOTER))
    assert same.notes == ()
