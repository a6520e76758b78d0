"""Open answers: how often a theme's impact lies in its interval, and how often words or themes raise false alarms."""

from __future__ import annotations

from functools import partial

import numpy as np

from analysis.values import Base, Refusal
from analysis.values.verbatims import Theme, Themes
from analysis.verbatims import Comment, EffectOptions, Scored, ThemeOptions, Verbatim, distinctive_words, theme_effects
from tests.simulations.settings import Drawn, Outcome, Setting

PREVALENCES = np.array([0.3, 0.25])
IMPACTS = np.array([-1.5, 0.5])
WORDS = tuple(f"word{chr(97 + i)}{chr(97 + j)}" for i in range(8) for j in range(5))
PAIRS = tuple(f"{first} {second}" for first, second in zip(WORDS[::2], WORDS[1::2], strict=True))
NOBODY = Base(0, 0.0, 0.0)
GIVEN = Themes(
    themes=tuple(Theme(each, (each,), 1.0, Refusal("not-told", NOBODY)) for each in ("late", "kind")),
    phrases=(),
    agreement={},
    base=NOBODY,
    n_without_term=0,
    n_terms=2,
    method="given",
    source="given",
)
QUICK = EffectOptions(search=ThemeOptions(candidates=(3,), n_resamples=2, n_starts=1))


def _scored(rng: np.random.Generator, n: int, kind: str) -> tuple[Scored, np.ndarray]:
    """Return comments that mention two given themes, scores on 0 to 10, and the true impact of each."""
    n_authors = n // 3 if kind == "clustered" else n
    owner = np.arange(n) % n_authors
    said = rng.random((n, 2)) < PREVALENCES
    noise = rng.normal(0, 1.2, n_authors)[owner] if kind == "clustered" else np.zeros(n)
    spread = rng.exponential(1.5, n) - 1.5 if kind == "skewed" else rng.normal(0, 1.5, n)
    scores = 7 + said @ IMPACTS + noise + spread
    words = [" ".join(np.array(["late", "kind"])[row]) or "none" for row in said]
    weights = rng.uniform(0.3, 3, n) if kind == "weighted" else None
    clusters = owner if kind == "clustered" else None
    return Scored([Verbatim(each) for each in words], scores, weights, clusters), IMPACTS


def _impact(rng: np.random.Generator, n: int, kind: str, figure: str) -> Outcome:
    scored, impacts = _scored(rng, n, kind)
    found = theme_effects(scored, rng, GIVEN)
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    effect = next(each for each in found.effects if each.label == "late")
    estimate = effect.impact if figure == "impact" else effect.at_stake
    if isinstance(estimate, Refusal) or estimate.interval is None:
        return Outcome.REFUSED
    truth = impacts[0] if figure == "impact" else impacts[0] * PREVALENCES[0]
    return Outcome.HELD if estimate.interval.low <= truth <= estimate.interval.high else Outcome.MISSED


def _alarm_of_themes(rng: np.random.Generator, n: int) -> Outcome:
    """Scores have nothing to do with the words: any clear theme is a false alarm."""
    comments = [Verbatim(" ".join(rng.choice(PAIRS[:8], 3, replace=False))) for _ in range(n)]
    found = theme_effects(Scored(comments, rng.integers(0, 11, n).astype(float)), rng, None, QUICK)
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    return Outcome.MISSED if any(each.is_clear for each in found.effects) else Outcome.HELD


def _alarm_of_words(rng: np.random.Generator, n: int) -> Outcome:
    """Both camps draw their words from the same forty: any distinctive word is a false alarm."""
    comments = [Comment(" ".join(rng.choice(WORDS, 6)), 2.0 if i % 2 else 10.0) for i in range(n)]
    found = distinctive_words(comments)
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    return Outcome.MISSED if found.words else Outcome.HELD


SETTINGS = (
    *(
        Drawn(Setting(f"theme {figure}, HC3 or by author", kind, n), partial(_impact, n=n, kind=kind, figure=figure))
        for figure in ("impact", "at stake")
        for kind in ("normal", "skewed", "weighted", "clustered")
        for n in (100, 300)
    ),
    *(
        Drawn(
            Setting("false alarm of cross-fitted themes (BH)", "scores unrelated to words", n, low=0.95, high=1.0),
            partial(_alarm_of_themes, n=n),
        )
        for n in (200, 500)
    ),
    *(
        Drawn(
            Setting("false alarm of distinctive words (BH)", "camps write alike", n, low=0.95, high=1.0),
            partial(_alarm_of_words, n=n),
        )
        for n in (60, 300)
    ),
)
