"""The survey flow as numbered steps, and what happens on the way: groups drawn by chance, values given to fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from survey_app.questionnaires.interchange.answerables import Tree
from survey_app.questionnaires.interchange.qualtrics.survey import Data, Survey, mapping, sequence, text

RANDOMIZERS = frozenset({"BlockRandomizer", "Randomizer"})
# Behind everything: quotas are counted with all that is known.
LAST = 10**9


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One element of the flow; `place` counts them all in their order, `parts` stand inside it."""

    place: int
    kind: str
    data: Data
    parts: tuple[Step, ...]

    @property
    def name(self) -> str:
        """Return how the file calls the element."""
        return f"{self.kind} {text(self.data.get('FlowID'))}"


@dataclass(frozen=True, slots=True, eq=False)
class Chance:
    """A group drawn by chance: by its code the parts of a randomiser that it is asked, and the value it stands for."""

    field: str
    groups: dict[str, tuple[int, ...]]
    values: dict[str, str]

    def of(self, codes: list[str]) -> Tree:
        """Return whether one of these groups was drawn."""
        if len(codes) == 1:
            return {"field": self.field, "op": "is", "value": codes[0]}
        return {"field": self.field, "op": "one_of", "value": codes}

    def asks(self, part: int) -> Tree:
        """Return whether the group that was drawn is asked a part."""
        return self.of([code for code, parts in self.groups.items() if part in parts])


@dataclass(frozen=True, slots=True)
class PartOf:
    """One part of a randomiser; without a chance nobody knows who comes by."""

    chance: Chance | None
    number: int


@dataclass(frozen=True, slots=True)
class Given:
    """A value that a field is given at a place, within branches and parts of randomisers; or one that is drawn."""

    place: int
    value: str
    within: tuple[Step | PartOf, ...]
    drawn: Chance | None = None


def steps_of(survey: Survey) -> tuple[Step, ...]:
    """Return the flow of a survey, its blocks in their order where it has none."""
    flow = [{"Type": "Block", "ID": id_} for id_ in survey.blocks] if survey.flow is None else survey.flow
    return _steps(flow, count(1))


def every(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Yield all steps, those inside others too, in their order."""
    for step in steps:
        yield step
        yield from every(step.parts)


def fields_set(step: Step) -> list[tuple[str, str]]:
    """Return the fields that a step declares, each with the value that it is given, or with none."""
    found = [mapping(each) for each in sequence(step.data.get("EmbeddedData"))]
    return [(text(each.get("Field")) or "?", text(each.get("Value"))) for each in found]


def _steps(flow: list[Any], places: Iterator[int]) -> tuple[Step, ...]:
    found = []
    for each in flow:
        data, place = mapping(each), next(places)
        parts = _steps(sequence(data.get("Flow")), places)
        found.append(Step(place, text(data.get("Type")) or "?", data, parts))
    return tuple(found)
