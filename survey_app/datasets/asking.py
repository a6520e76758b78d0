"""Which imported answers were asked for at all: the questionnaire's own routing decides, as far as the file tells."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import takewhile

from analysis.values import MissingReason
from survey_app.conditions.rules import Tree, fields_of
from survey_app.datasets.rows import AnswerRow
from survey_app.questionnaires.definition import Page, Questionnaire
from survey_app.questionnaires.rendering.course import follow


def as_decided_by(questionnaire: Questionnaire, codes: Collection[str]) -> Questionnaire:
    """Return the questionnaire with only those conditions that the answers to these measures can decide.

    A condition on the customer, or on an answer that the file does not hold, tells nothing about an old answer.
    """
    known = {f"answer.{code}" for code in codes}

    def decidable(tree: Tree | None) -> bool:
        return fields_of(tree) <= known

    def page_of(page: Page) -> Page:
        items = tuple(item if decidable(item.show_if) else replace(item, show_if=None) for item in page.items)
        # The first jump that holds is taken: behind one that cannot be decided nothing is known.
        jumps = tuple(takewhile(lambda jump: decidable(jump.when), page.jumps))
        return replace(page, items=items, jumps=jumps, show_if=page.show_if if decidable(page.show_if) else None)

    return replace(questionnaire, pages=tuple(map(page_of, questionnaire.pages)))


def as_asked(row: AnswerRow, questionnaire: Questionnaire) -> AnswerRow:
    """Return a row without the answers to what was not asked; they are missing for that reason."""
    course = follow(questionnaire, row.answers, row.missing)
    gone = row.answers.keys() - course.values.keys()
    if not gone:
        return row
    missing = row.missing | dict.fromkeys(gone, MissingReason.NOT_ASKED.value)
    return replace(row, answers=course.values, missing=missing)
