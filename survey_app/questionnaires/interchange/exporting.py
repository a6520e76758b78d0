"""What leaving in another tool's format gives: the file, and the report of what could not be said there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from survey_app.conditions.rules import Tree, fields_of
from survey_app.questionnaires.definition import END, SCREEN_OUT, Jump, Page, Questionnaire
from survey_app.questionnaires.interchange.accounting import Ledger
from survey_app.questionnaires.interchange.reports import Report
from survey_app.questionnaires.routing import ANSWER

Condition = dict[str, object]
NEVER: Condition = {"any": []}
MOST_PARTS = 400


@dataclass(frozen=True, slots=True)
class Exported:
    """A questionnaire in another tool's format, with the report."""

    content: bytes
    report: Report


def page_conditions(questionnaire: Questionnaire, ledger: Ledger) -> dict[str, Condition | None]:
    """Return when each page is shown, its own condition and the jumps over it taken together.

    Other tools have no jumps: a page that is jumped over is one whose condition does not hold.
    """
    places = {page.code: number for number, page in enumerate(questionnaire.pages)}
    parts: dict[str, list[Condition]] = {page.code: _own(page) for page in questionnaire.pages}
    for number, page in enumerate(questionnaire.pages):
        for taken, jump in _taken(page, parts[page.code]):
            ledger.changed("jump", f"{page.code} → {jump.to}", _("It is said as conditions of the pages in between."))
            goal = len(questionnaire.pages) if jump.to in {END, SCREEN_OUT} else places.get(jump.to, number)
            for skipped in questionnaire.pages[number + 1 : goal]:
                parts[skipped.code].append({"not": taken})
    return {code: _together("all", found) if found else None for code, found in parts.items()}


def screened_out_when(questionnaire: Questionnaire) -> Condition:
    """Return when somebody is screened out."""
    every = [taken for page in questionnaire.pages for taken, jump in _taken(page, _own(page)) if jump.to == SCREEN_OUT]
    return _together("any", every) if every else NEVER


def sayable(tree: Tree, known: Mapping[str, object]) -> bool:
    """Return whether every field of a condition is an answer that the other tool will have, and it is not too long."""
    # Counted first: jumps over jumps multiply, and only a short condition is walked through.
    if _size(tree) > MOST_PARTS:
        return False
    return all(field.startswith(ANSWER) and field.removeprefix(ANSWER) in known for field in fields_of(tree))


def _own(page: Page) -> list[Condition]:
    return [page.show_if] if page.show_if else []


def _taken(page: Page, shown: list[Condition]) -> Iterator[tuple[Condition, Jump]]:
    """Yield the jumps of a page, each with the condition under which it is the one that is taken."""
    earlier: list[Condition] = []
    for jump in page.jumps:
        own: list[Condition] = [jump.when] if jump.when else []
        turned: list[Condition] = [{"not": each} for each in earlier]
        parts = [*shown, *turned, *own]
        yield _together("all", parts), jump
        if jump.when is None:
            return
        earlier.append(jump.when)


def _together(word: str, parts: list[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else {word: parts}


def _size(tree: Tree) -> int:
    """Return how many parts a condition has, counted no further than needed."""
    waiting, n_parts = [tree], 0
    while waiting and n_parts <= MOST_PARTS:
        each = waiting.pop()
        n_parts += 1
        for key in ("all", "any"):
            waiting.extend(each.get(key, ()))
        if "not" in each:
            waiting.append(each["not"])
    return n_parts
