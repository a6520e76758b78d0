"""How the demo's answers come about: the true effects, stated, so that every report can be checked against them.

A customer's ratings are drawn around the level of their country and wave, joined by one mood per person; each outcome
is a weighted sum of the ratings, plus chance. docs/demo.md says the same in words and with formulas.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

N_WAVES = 9
# Delivery falls half-way in this wave and all the way in the next.
FALL_FROM = 5
FALLEN = "delivery"
# By how many scale points delivery fell, by country.
FALL = {"US": 0.35, "VN": 1.9, "ES": 0.35}

# Where each rating (1 to 5) stands before the fall.
LEVELS = {"quality": 4.25, "range": 4.0, "delivery": 4.15, "advice": 4.1, "price": 3.55, "ordering": 4.2}
# How strongly a person's mood moves all their ratings, and how far each rating strays by itself.
MOOD, STRAY = 0.3, 0.8
# How often a driver does not apply, for example delivery to somebody who carried the sofa home.
NOT_APPLICABLE = {"quality": 0.01, "range": 0.02, "delivery": 0.12, "advice": 0.14, "price": 0.01, "ordering": 0.1}
# What does not apply moves the outcome as much as this rating.
NEUTRAL = 4
BLANK = 0.03

LOWEST_RATING, HIGHEST_RATING = 1, 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an outcome follows the ratings: the answer of somebody who rates all 4, and what one point more adds."""

    low: int
    high: int
    middle: float
    effects: dict[str, float]
    chance: float
    blank: float = 0.0


OUTCOMES = {
    "nps": Outcome(
        low=0,
        high=10,
        middle=8.35,
        effects={"delivery": 0.95, "quality": 0.8, "advice": 0.55, "ordering": 0.36, "range": 0.28, "price": 0.06},
        chance=1.2,
    ),
    "csat": Outcome(
        low=1,
        high=5,
        middle=4.05,
        effects={"delivery": 0.4, "quality": 0.32, "advice": 0.2, "ordering": 0.12, "range": 0.08, "price": 0.04},
        chance=0.5,
        blank=0.02,
    ),
    "effort": Outcome(
        low=1,
        high=7,
        middle=5.7,
        effects={"ordering": 0.8, "delivery": 0.45, "advice": 0.25},
        chance=0.9,
        blank=0.03,
    ),
}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one person thinks: every rating they hold (None where it does not apply) and every outcome."""

    ratings: dict[str, int | None]
    outcomes: dict[str, int]
    # Measures they hold an opinion on but leave out of their answers.
    left_out: frozenset[str] = field(default=frozenset())


def level(driver: str, country: str, wave: int) -> float:
    """Return where a driver stands in a country and wave (counted from 1)."""
    if driver != FALLEN or wave < FALL_FROM:
        return LEVELS[driver]
    share = 0.5 if wave == FALL_FROM else 1.0
    return LEVELS[driver] - share * FALL[country]


def draw_opinion(chance: random.Random, country: str, wave: int) -> Opinion:
    """Return what a customer of this country thinks in this wave."""
    mood = chance.gauss(0, MOOD)
    ratings = {driver: _rating(chance, driver, level(driver, country, wave) + mood) for driver in LEVELS}
    outcomes = {code: _outcome(chance, outcome, ratings) for code, outcome in OUTCOMES.items()}
    return Opinion(ratings, outcomes, _left_out(chance, ratings))


def _rating(chance: random.Random, driver: str, middle: float) -> int | None:
    rating = _on_scale(middle + chance.gauss(0, STRAY), LOWEST_RATING, HIGHEST_RATING)
    return None if chance.random() < NOT_APPLICABLE[driver] else rating


def _outcome(chance: random.Random, outcome: Outcome, ratings: dict[str, int | None]) -> int:
    moved = sum(effect * (_felt(ratings[driver]) - NEUTRAL) for driver, effect in outcome.effects.items())
    return _on_scale(outcome.middle + moved + chance.gauss(0, outcome.chance), outcome.low, outcome.high)


def _felt(rating: int | None) -> int:
    return NEUTRAL if rating is None else rating


def _left_out(chance: random.Random, ratings: dict[str, int | None]) -> frozenset[str]:
    shares = dict.fromkeys(ratings, BLANK) | {code: outcome.blank for code, outcome in OUTCOMES.items()}
    return frozenset(code for code, share in shares.items() if chance.random() < share)


def _on_scale(value: float, low: int, high: int) -> int:
    return min(max(round(value), low), high)
