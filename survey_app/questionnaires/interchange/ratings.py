"""Ordered answers of other tools as our scales: points in their order, labels kept, the direction guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from survey_app.questionnaires.definition import Item, ItemType, Option, Scale, Texts
from survey_app.questionnaires.interchange.codes import option_codes
from survey_app.questionnaires.scales import FEWEST_POINTS, MOST_POINTS

_RECOMMEND = re.compile(
    "recomm|recomend|empfehl|weiterempf|raccomand|consigli|giới thiệu|aanbeve|rekommend|anbefal|poleca|рекоменд"
    "|推荐|推薦|勧め|추천",
    re.IGNORECASE,
)
_SATISFIED = re.compile(
    "satisf|satisfait|zufrieden|hài lòng|tevred|soddisf|nöjd|tilfreds|tyytyväi|zadowol|spokojen|удовлетвор"
    "|满意|滿意|満足|만족|memnun",
    re.IGNORECASE,
)
_BAD = re.compile(
    r"\bnot\b|\bno\b|\bun[a-z]{3}|\bdis[a-z]{3}|\binsatis|insuffi|\bnada\b|\bmal\b|unzufr|schlecht|nicht|không|kém"
    r"|\bpoor|\bbad\b|worst|never|disagree|péssim|ruim|\bpas\b|jamais|desacuerdo|malo|mala|peor|lowest|terrible",
    re.IGNORECASE,
)
_UNFIT = re.compile(
    r"\W*(n\s*/\s*a|not applicable|does not apply|doesn.t apply|no aplica|non applicable|sans objet"
    r"|trifft nicht zu|nicht zutreffend|não se aplica|không áp dụng)\W*",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"\W*(i?\s*(don.?t|do not) know|no opinion|not sure|no s[eé]|no sabe|ns\s*/\s*nc|weiß nicht|keine angabe"
    r"|ne sait pas|je ne sais pas|não sei|không biết)\W*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\s*(-?\d{1,3})(?!\d)\s*[-\u2013:.=)]*\s*")
RECOMMENDATION = range(11)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of another tool: its code or id there, its words, and whether it asks for the person's own."""

    native: str
    texts: Texts
    is_other: bool = False
    is_exclusive: bool = False
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Rated:
    """Answers as points of a scale: which native answer is which point, and which are no points but reasons."""

    scale: Scale
    points: dict[str, int]
    not_applicable: str | None = None
    dont_know: str | None = None


@dataclass(frozen=True, slots=True)
class Converted:
    """An item with its answers, and what each native answer is called now."""

    item: Item
    values: dict[str, str | int]


def rated(answers: list[Answer], main: str) -> Rated | None:
    """Return answers as a scale of 3 to 10 points; None where they are too few or too many."""
    unfit = next((each for each in answers if _UNFIT.fullmatch(each.texts.get(main, ""))), None)
    unknown = next((each for each in answers if _UNKNOWN.fullmatch(each.texts.get(main, ""))), None)
    points = [each for each in answers if each not in (unfit, unknown)]
    if not FEWEST_POINTS <= len(points) <= MOST_POINTS or any(each.is_other for each in points):
        return None
    numbered = dict(enumerate(points, start=1))
    labels = {number: each.texts for number, each in numbered.items() if each.texts}
    scale = Scale(1, len(points), higher_is_better=_rises([each.texts.get(main, "") for each in points]), labels=labels)
    return Rated(
        scale=scale,
        points={each.native: number for number, each in numbered.items()},
        not_applicable=unfit.native if unfit else None,
        dont_know=unknown.native if unknown else None,
    )


def with_scale(item: Item, found: Rated) -> Item:
    """Return a rated item on the scale."""
    return replace(
        item,
        scale=found.scale,
        allows_not_applicable=found.not_applicable is not None,
        allows_dont_know=found.dont_know is not None,
    )


def choice(item: Item, answers: list[Answer], main: str) -> Converted:
    """Return a choice of one: a recommendation or a satisfaction scale where it plainly is one, else options."""
    if is_recommendation(item.text, answers, main):
        labels = {point: _unnumbered(answers[point].texts) for point in (0, 10)}
        scale = Scale(0, 10, labels={point: texts for point, texts in labels.items() if texts})
        points = {each.native: number for number, each in enumerate(answers)}
        return Converted(replace(item, type=ItemType.NPS, scale=scale, is_shuffled=False), dict(points))
    found = rated(answers, main) if _is_satisfaction(item.text, answers) else None
    if found:
        return Converted(replace(with_scale(item, found), type=ItemType.CSAT, is_shuffled=False), dict(found.points))
    return options(replace(item, type=ItemType.SINGLE), answers)


def options(item: Item, answers: Iterable[Answer]) -> Converted:
    """Return an item with one option per answer."""
    codes, values, found = option_codes(), dict[str, str | int](), []
    for each in answers:
        code = codes.take(each.native, "o")
        values.setdefault(each.native, code)
        found.append(Option(code, each.texts, each.is_other, each.is_exclusive, each.is_fixed))
    return Converted(replace(item, options=tuple(found)), values)


def is_recommendation(text: Texts, answers: list[Answer], main: str) -> bool:
    """Return whether a question asks on 0 to 10 how likely it is to be recommended."""
    numbers = [_number_of(each, main) for each in answers]
    return numbers == list(RECOMMENDATION) and speaks_of_recommending(text)


def speaks_of_recommending(text: Texts) -> bool:
    """Return whether a question is about recommending, in any of its languages."""
    return any(_RECOMMEND.search(each) for each in text.values())


def _is_satisfaction(text: Texts, answers: list[Answer]) -> bool:
    # Whoever asks "how satisfied" offers answers that say it, or numbers.
    named = [each for each in answers if any(_SATISFIED.search(words) for words in each.texts.values())]
    if len(named) >= FEWEST_POINTS - 1:
        return True
    numbers = [_number(next(iter(each.texts.values()), "")) for each in answers]
    is_numbered = None not in numbers and numbers == sorted(numbers, key=lambda each: each or 0)
    return is_numbered and any(_SATISFIED.search(each) for each in text.values())


def _rises(labels: list[str]) -> bool:
    """Return whether the last label is the better one, as far as words can tell."""
    return not (_BAD.search(labels[-1]) and not _BAD.search(labels[0]))


def _number_of(answer: Answer, main: str) -> int | None:
    """Return the number an answer shows; where its words hide it ("Not at all likely"), the one it stands for."""
    shown = _number(answer.texts.get(main, ""))
    return _number(answer.native) if shown is None and answer.native.isdecimal() else shown


def _number(label: str) -> int | None:
    found = _NUMBER.match(label)
    return int(found[1]) if found else None


def _unnumbered(texts: Texts) -> Texts:
    bare = {tag: _NUMBER.sub("", text, count=1).strip() for tag, text in texts.items()}
    return {tag: text for tag, text in bare.items() if text}
