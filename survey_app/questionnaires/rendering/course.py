"""The way through a questionnaire: which pages and items are asked, given what is known.

A page is reached unless a jump leads over it and unless its own condition fails; from a reached page its first jump
whose condition holds is taken, to a later page or out. Hidden values are no questions: no page's fate touches them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.values import MissingReason
from survey_app.conditions.rules import evaluate
from survey_app.questionnaires.definition import END, SCREEN_OUT, Item, ItemType, Page, Questionnaire

Known = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Course:
    """One person's way: `shown` are the pages that are asked, `open_page` the first with a measure still unsettled.

    `values` and `missing` hold what counts: answers to items that are not asked are left out, with the reason.
    `end` is where a jump led before the last page: END, SCREEN_OUT, or None where no jump led out.
    """

    shown: tuple[int, ...]
    open_page: int | None
    values: dict[str, Any]
    missing: dict[str, str]
    end: str | None = None

    @property
    def is_screened_out(self) -> bool:
        """Return whether the way leads out as somebody who is not asked, with nothing before it left open."""
        return self.end == SCREEN_OUT and self.open_page is None

    def after(self, index: int) -> int | None:
        """Return the next page that is asked after this one."""
        return next((each for each in self.shown if each > index), None)

    def before(self, index: int) -> int | None:
        """Return the page that is asked before this one."""
        return next((each for each in reversed(self.shown) if each < index), None)


def known_values(answers: Mapping[str, Any], others: Known | None = None) -> dict[str, object]:
    """Return answers under the names that conditions use, beside what else is known."""
    return {**(others or {}), **{f"answer.{code}": value for code, value in answers.items()}}


def is_asked(asked: Item | Page, known: Known) -> bool:
    """Return whether an item or page is asked, given what is known."""
    return asked.show_if is None or evaluate(asked.show_if, known)


def follow(
    questionnaire: Questionnaire,
    answers: Mapping[str, Any],
    missing: Mapping[str, str],
    others: Known | None = None,
) -> Course:
    """Walk through the questionnaire with these answers and reasons; `others` are values that no item holds."""
    walk = _Walk(questionnaire, Saying(answers, missing), dict(others or {}))
    shown = [index for index, page in enumerate(questionnaire.pages) if walk.visit(index, page)]
    return Course(tuple(shown), walk.open_page, walk.values, walk.settled, walk.end)


def places_of(questionnaire: Questionnaire) -> dict[str, int]:
    """Return where jumps may lead, by page code; out is behind the last page."""
    n_pages = len(questionnaire.pages)
    return {page.code: index for index, page in enumerate(questionnaire.pages)} | {END: n_pages, SCREEN_OUT: n_pages}


@dataclass(frozen=True, slots=True)
class Saying:
    """What somebody said: answers, and reasons for missing ones."""

    answers: Mapping[str, Any]
    missing: Mapping[str, str]


class _Walk:
    """The state of one walk; later pages see only answers that were really asked for."""

    def __init__(self, questionnaire: Questionnaire, saying: Saying, known: dict[str, object]) -> None:
        self.answers, self.missing, self.known = saying.answers, saying.missing, known
        self.places = places_of(questionnaire) if any(page.jumps for page in questionnaire.pages) else {}
        self.next_page = 0
        self.values: dict[str, Any] = {}
        self.settled: dict[str, str] = {}
        self.open_page: int | None = None
        self.end: str | None = None

    def visit(self, index: int, page: Page) -> bool:
        """Settle a page's measures and return whether anything on it is asked."""
        is_reached = index >= self.next_page and is_asked(page, self.known)
        is_anything_asked = False
        for item in page.items:
            if item.type is ItemType.HIDDEN:
                self._note(item.code)
                continue
            asked = is_reached and is_asked(item, self.known)
            is_anything_asked |= asked
            for code in item.measure_codes:
                if not asked:
                    self.settled[code] = MissingReason.NOT_ASKED.value
                elif not self._settle(code) and self.open_page is None:
                    self.open_page = index
        if is_reached and page.jumps:
            self._leave(index, page)
        return is_anything_asked

    def _leave(self, index: int, page: Page) -> None:
        """Take the first jump whose condition holds, if it leads forward."""
        to = next((jump.to for jump in page.jumps if evaluate(jump.when, self.known)), "")
        place = self.places.get(to, index)
        if place > index:
            self.next_page = place
            self.end = to if to in {END, SCREEN_OUT} else None

    def _note(self, code: str) -> None:
        """Take a hidden value as it is; nobody is asked for one that is not there."""
        if code in self.answers:
            self.values[code] = self.known[f"answer.{code}"] = self.answers[code]
        else:
            self.settled[code] = MissingReason.NOT_ASKED.value

    def _settle(self, code: str) -> bool:
        if code in self.answers:
            self.values[code] = self.known[f"answer.{code}"] = self.answers[code]
            own = f"{code}.other"
            if own in self.answers:
                self.values[own] = self.answers[own]
            return True
        reason = self.missing.get(code)
        if reason is None or reason == MissingReason.NOT_ASKED:
            return False
        self.settled[code] = reason
        return True
