"""The way through a questionnaire: which pages and items are asked, given what is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.values import MissingReason
from survey_app.conditions.rules import evaluate
from survey_app.questionnaires.definition import Item, Page, Questionnaire

Known = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Course:
    """One person's way: `shown` are the pages that are asked, `open_page` the first with a measure still unsettled.

    `values` and `missing` hold what counts: answers to items that are not asked are left out, with the reason.
    """

    shown: tuple[int, ...]
    open_page: int | None
    values: dict[str, Any]
    missing: dict[str, str]

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
    walk = _Walk(answers, missing, dict(others or {}))
    shown = [index for index, page in enumerate(questionnaire.pages) if walk.visit(index, page)]
    return Course(tuple(shown), walk.open_page, walk.values, walk.settled)


class _Walk:
    """The state of one walk; later pages see only answers that were really asked for."""

    def __init__(self, answers: Mapping[str, Any], missing: Mapping[str, str], known: dict[str, object]) -> None:
        self.answers, self.missing, self.known = answers, missing, known
        self.values: dict[str, Any] = {}
        self.settled: dict[str, str] = {}
        self.open_page: int | None = None

    def visit(self, index: int, page: Page) -> bool:
        """Settle a page's measures and return whether anything on it is asked."""
        shown = is_asked(page, self.known)
        is_anything_asked = False
        for item in page.items:
            asked = shown and is_asked(item, self.known)
            is_anything_asked |= asked
            for code in item.measure_codes:
                if not asked:
                    self.settled[code] = MissingReason.NOT_ASKED.value
                elif not self._settle(code) and self.open_page is None:
                    self.open_page = index
        return is_anything_asked

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
