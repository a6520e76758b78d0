"""How often the intervals of the satisfaction index hold the truth of a population that is known to the last person.

Each population is a finite one: ratings of some ten thousand people, made once. Its own PLS fit is the truth
(attenuated by measurement error, as PLS is), whatever the shape of the ratings. Samples are drawn from it with
replacement. All figures of one population are judged on the same samples, so that each is fitted and bootstrapped once.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import cycle

import numpy as np

from analysis.imputation import ImputationOptions
from analysis.respondents import Respondents, respondents
from analysis.satisfaction_index import (
    IndexOptions,
    MissingItems,
    PathFit,
    PathModel,
    Wave,
    index_change,
    path_model_fit,
    satisfaction_index,
)
from analysis.values import Estimate, Refusal
from analysis.values.satisfaction_index import IndexChange, SatisfactionIndex
from tests.simulations.settings import N_DRAWS, Drawn, Outcome, Setting

MODEL = PathModel(
    blocks={
        "Quality": ("q1", "q2", "q3"),
        "Value": ("v1", "v2"),
        "Satisfaction": ("s1", "s2", "s3"),
        "Loyalty": ("l1", "l2"),
    },
    paths=("Quality->Value", "Quality->Satisfaction", "Value->Satisfaction", "Satisfaction->Loyalty"),
    scales=(1, 10),
)
OPTIONS = IndexOptions(n_draws=199, tolerance=1e-6)
IMPUTING = IndexOptions(
    n_draws=199,
    tolerance=1e-6,
    missing=MissingItems.IMPUTATION,
    imputation=ImputationOptions(n_imputations=2, cycles=2),
)
N_PEOPLE = 12_000
WAVES = 3
RARE, SHARE_RARE, OVERSAMPLED = 1.0, 0.2, 4.0


def _latent(rng: np.random.Generator, n: int, shift: np.ndarray) -> np.ndarray:
    """Return quality, value, satisfaction and loyalty of unit variance or nearly, the first moved by `shift`."""
    quality = rng.normal(size=n) - shift
    value = 0.5 * quality + np.sqrt(0.75) * rng.normal(size=n)
    satisfaction = 0.45 * quality + 0.3 * value + 0.75 * rng.normal(size=n)
    loyalty = 0.6 * satisfaction + 0.8 * rng.normal(size=n)
    return np.column_stack([quality, value, satisfaction, loyalty])


@dataclass(frozen=True, slots=True)
class Population:
    """What kind of ratings: mean and spread before rounding to 1..10, and what makes drawing from it hard."""

    name: str
    mean: float = 6.0
    spread: float = 1.7
    weighted: bool = False
    clustered: bool = False
    blanks: float = 0.0

    def people(self) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return the ratings of everybody (people x occasions, flattened) and who is in the rare group."""
        rng = np.random.default_rng(zlib.crc32(self.name.encode()))
        rare = rng.uniform(size=N_PEOPLE) < SHARE_RARE
        occasions = WAVES if self.clustered else 1
        person = _latent(rng, N_PEOPLE, np.where(rare, 1.0, 0.0) * self.weighted)
        moment = [_latent(rng, N_PEOPLE, np.zeros(N_PEOPLE)) for _ in range(occasions)]
        mixed = [0.8 * person + 0.6 * each for each in moment] if self.clustered else [person]
        latent = np.stack(mixed, axis=1).reshape(-1, 4)
        places = np.repeat(np.arange(4), [len(items) for items in MODEL.blocks.values()])
        noise = rng.normal(size=(len(latent), places.size))
        strength = np.array([0.85, 0.8, 0.7, 0.85, 0.75, 0.8, 0.8, 0.7, 0.85, 0.65])
        raw = strength * latent[:, places] + np.sqrt(1 - strength**2) * noise
        ratings = np.clip(np.rint(self.mean + self.spread * raw), 1, 10)
        return dict(zip(MODEL.items, ratings.T, strict=True)), rare


@cache
def population(which: Population) -> tuple[dict[str, np.ndarray], np.ndarray]:
    return which.people()


@cache
def truth(which: Population) -> PathFit:
    found = path_model_fit(population(which)[0], MODEL)
    assert isinstance(found, PathFit)
    return found


def drawn(which: Population, n: int, rng: np.random.Generator) -> tuple[dict[str, np.ndarray], Respondents]:
    """Return the answers of a sample and who gave them."""
    items, rare = population(which)
    if which.clustered:
        people = rng.integers(0, N_PEOPLE, n // WAVES)
        rows = (people[:, None] * WAVES + np.arange(WAVES)).ravel()
        return {code: column[rows] for code, column in items.items()}, respondents(
            rows.size, clusters=np.repeat(np.arange(n // WAVES), WAVES)
        )
    chances = np.where(rare & which.weighted, OVERSAMPLED, 1.0)
    rows = rng.choice(N_PEOPLE, n, p=chances / chances.sum())
    answers = {code: column[rows] for code, column in items.items()}
    return _holed(answers, which.blanks, rng), respondents(n, 1.0 / chances[rows])


def _holed(answers: dict[str, np.ndarray], share: float, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return the answers with blanks in all items but the first, more where that is low (missing at random)."""
    if not share:
        return answers
    chance = share * np.where(answers["q1"] < np.median(answers["q1"]), 1.6, 0.4)
    holed = {code: np.where(rng.uniform(size=chance.size) < chance, np.nan, each) for code, each in answers.items()}
    return holed | {"q1": answers["q1"]}


def judged(estimate: Estimate, true: float) -> Outcome:
    assert estimate.interval is not None
    return Outcome.HELD if estimate.interval.low <= true <= estimate.interval.high else Outcome.MISSED


def _path(found: SatisfactionIndex, true: PathFit) -> Outcome:
    return judged(found.path("Quality", "Satisfaction").standardised, true.path("Quality", "Satisfaction"))


def _place(*names: str) -> tuple[int, ...]:
    return tuple(MODEL.constructs.index(name) for name in names)


def _total(found: SatisfactionIndex, true: PathFit) -> Outcome:
    effect = found.effect("Quality", "Loyalty")
    return judged(effect.total, true.figures.total_effects[_place("Quality", "Loyalty")])


def _importance(found: SatisfactionIndex, true: PathFit) -> Outcome:
    point = found.map.point("Quality")
    return judged(point.importance, true.figures.unstandardised_effects[_place("Quality", "Loyalty")])


def _index(found: SatisfactionIndex, true: PathFit) -> Outcome:
    return judged(found.construct("Satisfaction").index, true.figures.index_mean[_place("Satisfaction")])


def _r_squared(found: SatisfactionIndex, true: PathFit) -> Outcome:
    estimate = found.construct("Satisfaction").r_squared
    assert estimate is not None
    return judged(estimate, true.figures.r_squared[_place("Satisfaction")])


def _loading(found: SatisfactionIndex, true: PathFit) -> Outcome:
    return judged(found.construct("Satisfaction").item("s2").loading, true.figures.loadings[MODEL.items.index("s2")])


def _alpha(found: SatisfactionIndex, true: PathFit) -> Outcome:
    alpha = found.construct("Satisfaction").reliability.alpha
    assert isinstance(alpha, Estimate)
    return judged(alpha, true.figures.alpha[_place("Satisfaction")])


def _htmt(found: SatisfactionIndex, true: PathFit) -> Outcome:
    pair = next(each for each in found.pairs if (each.first, each.second) == ("Quality", "Satisfaction"))
    assert isinstance(pair.htmt, Estimate)
    return judged(pair.htmt, true.figures.htmt[_place("Quality", "Satisfaction")])


FIGURES: dict[str, Callable[[SatisfactionIndex, PathFit], Outcome]] = {
    "0-100 index": _index,
    "path coefficient": _path,
    "total effect": _total,
    "importance (unstandardised total effect)": _importance,
    "R2 of a construct": _r_squared,
    "outer loading": _loading,
    "Cronbach's alpha": _alpha,
    "HTMT": _htmt,
}


@cache
def outcomes(which: Population, n: int) -> dict[str, list[Outcome]]:
    """Return the judgements of every figure over all samples of one size."""
    rng = np.random.default_rng(zlib.crc32(f"{which.name}|{n}".encode()))
    options, true = IMPUTING if which.blanks else OPTIONS, truth(which)
    judgements: dict[str, list[Outcome]] = {name: [] for name in FIGURES}
    for _ in range(N_DRAWS):
        answers, sample = drawn(which, n, rng)
        found = satisfaction_index(answers, MODEL, rng, sample, options)
        for name, judge in FIGURES.items():
            refused = isinstance(found, Refusal)
            judgements[name].append(Outcome.REFUSED if refused else judge(found, true))
    return judgements


def _shared(which: Population, n: int, name: str) -> Callable[[np.random.Generator], Outcome]:
    """Return a repetition that reads the next judgement of the population's own samples."""
    queue: list[Iterator[Outcome]] = []

    def repeat(_rng: np.random.Generator) -> Outcome:
        if not queue:
            queue.append(cycle(outcomes(which, n)[name]))
        return next(queue[0])

    return repeat


def _changed(which: Population, n: int, field: str) -> Callable[[np.random.Generator], Outcome]:
    """Return a repetition that draws two waves from the same population, so that no index has changed."""

    def repeat(rng: np.random.Generator) -> Outcome:
        before, after = (Wave(*drawn(which, n, rng)) for _ in range(2))
        found = index_change(before, after, MODEL, rng, OPTIONS)
        assert isinstance(found, IndexChange)
        return judged(getattr(found.construct("Satisfaction"), field), 0.0)

    return repeat


BELL = Population("bell-shaped ratings")
SKEWED = Population("ratings crowded at the top", mean=8.8, spread=1.8)
WEIGHTED = Population("a rare unhappy group drawn four times as often, weighted back", weighted=True)
CLUSTERED = Population("three answers a respondent", clustered=True)
BLANK = Population("15 % of answers blank where quality is low, imputed", blanks=0.15)

_HEADLINES = ("0-100 index", "path coefficient", "total effect")
STUDIED = (
    (BELL, 30, ("0-100 index",)),
    (BELL, 100, tuple(FIGURES)),
    (BELL, 250, ("path coefficient",)),
    (BELL, 1000, _HEADLINES),
    (SKEWED, 100, tuple(FIGURES)),
    (WEIGHTED, 250, (*_HEADLINES, "importance (unstandardised total effect)")),
    (CLUSTERED, 240, (*_HEADLINES, "importance (unstandardised total effect)")),
    (BLANK, 250, ("path coefficient",)),
)


def _effort(which: Population) -> str:
    """Return how much less is drawn here than by default."""
    return "199 bootstrap draws, 2 imputations of 2 rounds" if which.blanks else "199 bootstrap draws"


SETTINGS = (
    *(
        Drawn(Setting(f"satisfaction index: {name}", f"{which.name}; {_effort(which)}", n), _shared(which, n, name))
        for which, n, names in STUDIED
        for name in names
    ),
    *(
        Drawn(
            Setting(f"satisfaction index: {said}", f"{which.name}, two waves; 199 bootstrap draws", n),
            _changed(which, n, field),
        )
        for which, n, said, field in (
            (BELL, 100, "change at base weights", "change_fixed"),
            (SKEWED, 100, "change re-estimated", "change_re_estimated"),
        )
    ),
)
