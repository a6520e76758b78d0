"""LimeSurvey's random groups of questions: they change places on a page, if need be on one of their own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.limesurvey.reading import Reading
from survey_app.questionnaires.interchange.limesurvey.survey import Group, Question


@dataclass(slots=True)
class Run:
    """Neighbouring questions that stand on one page, and the random group that they are."""

    questions: list[Question] = field(default_factory=list)
    random_group: str = ""


def sizes_of_random_groups(reading: Reading) -> Counter[str]:
    """Return how many questions of the whole survey each random group has."""
    return Counter(map(_name, reading.survey.questions()))


def runs_of(reading: Reading, group: Group, sizes: Counter[str]) -> list[Run]:
    """Return the questions of a group page by page; every random group that they name is entered."""
    if group.row.get("randomization_group"):
        message = _("Pages keep their order; only questions on a page can be shuffled.")
        reading.ledger.lost("randomisation", f"group {group.gid} randomization_group", message)
    members: dict[str, list[int]] = {}
    for place, question in enumerate(group.questions):
        members.setdefault(_name(question), []).append(place)
    problems = {name: _problem(reading, group, places, sizes[name]) for name, places in members.items() if name}
    runs: list[Run] = []
    for question in group.questions:
        name = _name(question)
        shuffled = name if name and not problems[name] else ""
        if not runs or runs[-1].random_group != shuffled:
            runs.append(Run([], shuffled))
        runs[-1].questions.append(question)
    _enter(reading, group, problems, is_divided=len(runs) > 1 or bool(group.descriptions))
    return runs or [Run()]


def _name(question: Question) -> str:
    return question.attribute("random_group")


def _problem(reading: Reading, group: Group, places: list[int], size: int) -> str:
    """Return why a random group cannot be shuffled, or nothing."""
    if size > len(places) or places != list(range(places[0], places[-1] + 1)):
        return _("Questions change places only with neighbours on their page; they keep their order.")
    if any(len(reading.drafts[group.questions[place].qid]) > 1 for place in places):
        return _("One of the questions became several items, which have to stay together; they keep their order.")
    return ""


def _enter(reading: Reading, group: Group, problems: dict[str, str], *, is_divided: bool) -> None:
    for question in group.questions:
        name = _name(question)
        place = f"{question.code} random_group {name}"
        if name and problems[name]:
            reading.ledger.lost("randomisation", place, problems[name])
        elif name and is_divided:
            reading.ledger.changed("randomisation", place, _("They change places on a page of their own now."))
        elif name:
            reading.ledger.kept("randomisation", place)
