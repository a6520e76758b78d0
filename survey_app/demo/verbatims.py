"""What the demo's customers say in their own words: chosen by what went badly or well for them."""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from survey_app.demo.model import FALLEN, Opinion

BAD, GOOD = 2, 5
SHARE_WHO_COMMENT = {"low": 0.72, "middle": 0.4, "high": 0.46}
SHARE_WHO_WISH = 0.5
LOW, HIGH = 6, 9
# People complain about the worst first; where several things went equally badly, about what hurt most.
WEIGHT_OF_FALLEN = 4


def draw_comment(chance: random.Random, opinion: Opinion, language: str) -> str | None:
    """Return what somebody gives as the reason for their score, or None where they write nothing."""
    score = opinion.outcomes["nps"]
    mood = "low" if score <= LOW else "high" if score >= HIGH else "middle"
    if chance.random() >= SHARE_WHO_COMMENT[mood]:
        return None
    words = _words()[language]
    topic = _topic(chance, opinion, is_happy=mood == "high")
    if topic is None:
        return str(chance.choice(words["neutral"]))
    if mood == "high":
        return _filled(chance, words, chance.choice(words["topics"][topic]["good"]))
    return _complaint(chance, words, topic)


def draw_wish(chance: random.Random, opinion: Opinion, language: str) -> str | None:
    """Return what an unhappy person asks for, or None where they write nothing."""
    if chance.random() >= SHARE_WHO_WISH:
        return None
    wishes = _words()[language]["wish"]
    is_about_fallen = (opinion.ratings[FALLEN] or GOOD) <= BAD
    return str(chance.choice(wishes[FALLEN if is_about_fallen else "other"]))


def draw_note(chance: random.Random, language: str) -> str:
    """Return what an agent wrote down about a case."""
    return str(chance.choice(_words()["notes"][language]))


def _topic(chance: random.Random, opinion: Opinion, *, is_happy: bool) -> str | None:
    """Return what somebody writes about: something they rated best, or worst."""
    rated = {driver: rating for driver, rating in opinion.ratings.items() if rating is not None}
    fitting = [each for each, rating in rated.items() if (rating >= GOOD if is_happy else rating <= BAD)]
    if not fitting:
        return None
    weights = [WEIGHT_OF_FALLEN if each == FALLEN and not is_happy else 1 for each in fitting]
    return chance.choices(fitting, weights)[0]


def _complaint(chance: random.Random, words: dict[str, Any], topic: str) -> str:
    first = _filled(chance, words, chance.choice(words["topics"][topic]["bad"]))
    return f"{first} {chance.choice(words['more'])}".strip()


def _filled(chance: random.Random, words: dict[str, Any], sentence: str) -> str:
    text = sentence.format(thing=chance.choice(words["things"]), days=chance.randint(3, 14))
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    path = Path(__file__).with_name("verbatims.yaml")
    words: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return words
