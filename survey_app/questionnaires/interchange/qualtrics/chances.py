"""Qualtrics' randomisers and random numbers as hidden values whose groups are drawn by chance."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from math import comb

from analysis.values import Role
from survey_app.questionnaires.definition import RANDOM, Item, ItemType, Option
from survey_app.questionnaires.interchange.answerables import Tree
from survey_app.questionnaires.interchange.codes import code_from, option_codes
from survey_app.questionnaires.interchange.drafts import DraftItem
from survey_app.questionnaires.interchange.qualtrics.reading import Reading, tag_of
from survey_app.questionnaires.interchange.qualtrics.steps import (
    RANDOMIZERS,
    Chance,
    Given,
    PartOf,
    Step,
    every,
    fields_set,
)
from survey_app.questionnaires.interchange.qualtrics.survey import Block, mapping, sequence, text
from survey_app.questionnaires.item_parsing import LONGEST_LABEL, MOST_OPTIONS

# With more choices of n among N, neighbours are drawn together instead.
MOST_CHOICES = 60
MOST_DRAWN = 200
# A condition has at most 200 parts, a questionnaire 300 items.
MOST_NAMED = 100
MOST_CHANCES = 50
LONGEST_COUNT = 6
_DRAWN = re.compile(r"\s*\$\{rand://int/(-?\d{1,9}):(-?\d{1,9})\}\s*")
COMPUTED = ("${", "$e{")


def read_way(reading: Reading) -> None:
    """Make known what happens on the way: which groups are drawn, and which values fields are given where."""
    n_given = Counter(name.casefold() for step in every(reading.steps) for name, value in fields_set(step) if value)
    _follow(reading, reading.steps, (), n_given)


def n_asked(step: Step) -> int:
    """Return how many of its parts a randomiser asks; all of them where it does not say."""
    wanted = text(step.data.get("SubSet")).removesuffix(".0")
    n_parts = len(step.parts)
    return min(int(wanted), n_parts) if wanted.isdecimal() and len(wanted) < LONGEST_COUNT and int(wanted) else n_parts


def are_too_many(n_all: int, n_some: int) -> bool:
    """Return whether there are too many ways to choose, so that neighbours are drawn together."""
    return n_some > 1 and comb(n_all, n_some) > MOST_CHOICES


def _follow(
    reading: Reading, steps: tuple[Step, ...], within: tuple[Step | PartOf, ...], n_given: Counter[str]
) -> None:
    for step in steps:
        for name, value in fields_set(step):
            if value:
                key = name.casefold()
                drawn = _number(reading, name, value) if n_given[key] == 1 else None
                reading.givens.setdefault(key, []).append(Given(step.place, value, within, drawn))
        if step.kind in RANDOMIZERS and n_asked(step) < len(step.parts):
            chance = reading.chances[step.place] = _drawn(reading, step, n_given)
            for number, part in enumerate(step.parts):
                _follow(reading, (part,), (*within, PartOf(chance, number)), n_given)
        else:
            _follow(reading, step.parts, (*within, step) if step.kind == "Branch" else within, n_given)


def questions_drawn(reading: Reading, block: Block) -> dict[str, Tree]:
    """Return for each question of a block that only some people are asked who they are, by chance."""
    ids, n_some = _candidates(reading, block)
    if not 0 < n_some < len(ids) or not _can_draw(reading, len(ids), n_some):
        return {}
    titles = [tag_of(reading.survey.questions[qid]) for qid in ids]
    chance = _group(reading, f"{block.name} questions", _named_choices(titles, n_some))
    return {qid: chance.asks(number) for number, qid in enumerate(ids)}


def _candidates(reading: Reading, block: Block) -> tuple[list[str], int]:
    """Return the questions of a block of which some are drawn, and how many."""
    kind = text(block.options.get("RandomizeQuestions"))
    advanced = mapping(mapping(block.options.get("Randomization")).get("Advanced"))
    wanted = text(advanced.get("TotalRandSubset"))
    own = [text(each.get("QuestionID")) for each in block.elements if each.get("Type") == "Question"]
    drawn = {text(each) for each in sequence(advanced.get("RandomSubSet"))} if kind == "Advanced" else set(own)
    ids = [qid for qid in dict.fromkeys(own) if qid in reading.survey.questions and qid in drawn]
    is_some = kind in {"Advanced", "RandomWithOnlyX"} and wanted.isdecimal() and len(wanted) < LONGEST_COUNT
    return ids, int(wanted) if is_some else 0


def _drawn(reading: Reading, step: Step, n_given: Counter[str]) -> Chance | None:
    """Return the groups of a randomiser; None where there are more than a hidden value has."""
    n_some = n_asked(step)
    if not _can_draw(reading, len(step.parts), n_some):
        return None
    field = _field_of(step, n_given) if n_some == 1 else None
    if field:
        name, values = field
        return _group(reading, name, [(each, (number,)) for number, each in enumerate(values)], key=name.casefold())
    titles = [_title(reading, part) for part in step.parts]
    return _group(reading, text(step.data.get("Description")) or step.name, _named_choices(titles, n_some))


def _can_draw(reading: Reading, n_all: int, n_some: int) -> bool:
    """Return whether groups stay few enough for a hidden value, and for conditions that name those of one part."""
    n_named = n_some if are_too_many(n_all, n_some) else comb(n_all - 1, n_some - 1)
    n_drawn = sum(each.item.is_by_chance for each in reading.fields.values())
    return n_all <= MOST_OPTIONS and n_named <= MOST_NAMED and n_drawn < MOST_CHANCES


def _named_choices(titles: list[str], n_some: int) -> list[tuple[str, tuple[int, ...]]]:
    """Return every choice of some among many with its title; of too many choices those of neighbours."""
    n_all = len(titles)
    places = range(n_all)
    chosen = (
        [tuple(sorted((first + more) % n_all for more in range(n_some))) for first in places]
        if are_too_many(n_all, n_some)
        else list(combinations(places, n_some))
    )
    return [(", ".join(titles[part] for part in parts), parts) for parts in chosen]


def _field_of(step: Step, n_given: Counter[str]) -> tuple[str, list[str]] | None:
    """Return the field to which every part gives a value of its own, and which nothing else sets."""
    parts = [dict(_own_fields(part)) for part in step.parts]
    for name in parts[0]:
        values = [part.get(name, "") for part in parts]
        is_plain = all(each and not any(sign in each for sign in COMPUTED) for each in values)
        if is_plain and len(set(values)) == len(values) == n_given[name.casefold()]:
            return name, values
    return None


def _own_fields(part: Step) -> list[tuple[str, str]]:
    own = fields_set(part)
    return own + [each for inner in part.parts for each in fields_set(inner)] if part.kind == "Group" else own


def _title(reading: Reading, part: Step) -> str:
    block = reading.survey.blocks.get(text(part.data.get("ID")))
    said = ", ".join(f"{name}: {value}" for name, value in _own_fields(part) if value)
    return block.name if block else text(part.data.get("Description")) or said or part.name


def _group(reading: Reading, name: str, drawn: list[tuple[str, tuple[int, ...]]], key: str = "") -> Chance:
    """Return groups as a hidden value, each with its title and the parts that it is asked."""
    codes = option_codes()
    named = {codes.take(title, "g"): (title, parts) for title, parts in drawn}
    options = tuple(Option(code, {reading.main: title[:LONGEST_LABEL]}) for code, (title, _parts) in named.items())
    item = Item(
        code=reading.codes.take(code_from(name, "group"), "group"),
        type=ItemType.HIDDEN,
        text={reading.main: name[:200]},
        role=Role.PROFILE,
        source=RANDOM,
        options=options,
    )
    values = {code: title for code, (title, _parts) in named.items()}
    reading.fields[key or f"\0{item.code}"] = DraftItem(item, name)
    if key:
        reading.answerable(f"field/{key}", item, {title: code for code, title in values.items()})
    return Chance(f"answer.{item.code}", {code: parts for code, (_title, parts) in named.items()}, values)


def _number(reading: Reading, name: str, value: str) -> Chance | None:
    """Return the numbers of which one is drawn at random."""
    found = _DRAWN.fullmatch(value)
    if not found or not 1 <= int(found[2]) - int(found[1]) < MOST_DRAWN or not _can_draw(reading, 1, 1):
        return None
    numbers = [str(each) for each in range(int(found[1]), int(found[2]) + 1)]
    return _group(reading, name, [(each, ()) for each in numbers], key=name.casefold())
