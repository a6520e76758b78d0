"""Qualtrics' randomisers and random numbers as hidden values whose groups are drawn by chance."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from math import comb

from analysis.values import Role
from survey_app.questionnaires.definition import RANDOM, Item, ItemType, Option
from survey_app.questionnaires.interchange.codes import code_from, option_codes
from survey_app.questionnaires.interchange.drafts import DraftItem
from survey_app.questionnaires.interchange.qualtrics.reading import Reading
from survey_app.questionnaires.interchange.qualtrics.steps import (
    RANDOMIZERS,
    Chance,
    Given,
    PartOf,
    Step,
    every,
    fields_set,
)
from survey_app.questionnaires.interchange.qualtrics.survey import text
from survey_app.questionnaires.item_parsing import LONGEST_LABEL, MOST_OPTIONS

# With more choices of n among N, neighbours are drawn together instead.
MOST_CHOICES = 60
MOST_DRAWN = 200
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
    return min(int(wanted), n_parts) if wanted.isdecimal() and len(wanted) < 6 and int(wanted) else n_parts  # noqa: PLR2004 - longer is no count


def are_neighbours(step: Step) -> bool:
    """Return whether the parts are drawn as neighbours, since there are too many ways to choose among them."""
    return comb(len(step.parts), n_asked(step)) > MOST_CHOICES and n_asked(step) > 1


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


def _drawn(reading: Reading, step: Step, n_given: Counter[str]) -> Chance | None:
    """Return the groups of a randomiser; None where there are more than a hidden value has."""
    n_parts, n_some = len(step.parts), n_asked(step)
    if n_parts > MOST_OPTIONS:
        return None
    places = range(n_parts)
    chosen = (
        [tuple(sorted((first + more) % n_parts for more in range(n_some))) for first in places]
        if are_neighbours(step)
        else list(combinations(places, n_some))
    )
    field = _field_of(step, n_given) if n_some == 1 else None
    if field:
        name, values = field
        return _group(reading, name, [(values[first], (first,)) for (first,) in chosen], key=name.casefold())
    titles = [_title(reading, part) for part in step.parts]
    name = text(step.data.get("Description")) or step.name
    return _group(reading, name, [(", ".join(titles[part] for part in parts), parts) for parts in chosen])


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
    if not found or not 1 <= int(found[2]) - int(found[1]) < MOST_DRAWN:
        return None
    numbers = [str(each) for each in range(int(found[1]), int(found[2]) + 1)]
    return _group(reading, name, [(each, ()) for each in numbers], key=name.casefold())
