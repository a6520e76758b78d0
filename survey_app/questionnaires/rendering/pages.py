"""One page of a questionnaire: read what was posted, render what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import render_template
from markupsafe import Markup

from analysis.values import MissingReason
from survey_app.questionnaires.definition import Item, Page, Questionnaire
from survey_app.questionnaires.rendering.course import Known, is_asked
from survey_app.questionnaires.rendering.handlers import HANDLERS
from survey_app.questionnaires.rendering.reading import DONT_KNOW, NOT_APPLICABLE, Form, PageReading, Wording

_CHOSEN_REASONS = {MissingReason.NOT_APPLICABLE.value: NOT_APPLICABLE, MissingReason.DONT_KNOW.value: DONT_KNOW}


@dataclass(frozen=True, slots=True)
class PageState:
    """What a page shows as said: answers, reasons, typed values that are no answers yet, and errors in words.

    `known` holds the values that conditions ask about (see `course.known_values`).
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, list[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    known: Known = field(default_factory=dict)

    def chosen(self, name: str) -> list[str]:
        """Return what a control shows as chosen or typed; what was typed last wins."""
        if name in self.typed:
            return self.typed[name]
        if name in self.answers:
            value = self.answers[name]
            return [str(each) for each in value] if isinstance(value, list) else [str(value)]
        reason = _CHOSEN_REASONS.get(self.missing.get(name, ""))
        return [reason] if reason else []


def read_page(questionnaire: Questionnaire, page: Page, form: Form, known: Known, *, language: str = "") -> PageReading:
    """Return what a posted page says; `known` holds what conditions may ask about (see `course.known_values`).

    An item that only this page's own answers call for, and that was therefore not on it, is `revealed`.
    """
    reading = PageReading()
    words = Wording(language, questionnaire.languages)
    now_known = dict(known)
    for item in page.items:
        if not is_asked(item, now_known):
            reading.missing.update(dict.fromkeys(item.measure_codes, MissingReason.NOT_ASKED.value))
        elif not is_asked(item, known) and form.keys().isdisjoint(item.measure_codes):
            reading.revealed.append(item.code)
        else:
            HANDLERS[item.type].read(item, form, reading, words)
        for code in item.measure_codes:
            now_known[f"answer.{code}"] = reading.values.get(code)
    return reading


def render_page_body(questionnaire: Questionnaire, page: Page, state: PageState, language: str) -> Markup:
    """Return a page's heading and items as HTML, with a summary of the errors before them."""
    items = [item for item in page.items if is_asked(item, state.known)]
    words = Wording(language, questionnaire.languages)
    title = words(page.title)
    # A page of one question has that question as its heading.
    heads_itself = len(items) == 1 and not title
    return Markup(  # noqa: S704 - rendered by templates with autoescape
        render_template(
            "responses/body.html",
            title="" if heads_itself else title or words(questionnaire.title),
            items=[(item, HANDLERS[item.type].template) for item in items],
            level=1 if heads_itself else 2,
            controls=_first_controls(items, state),
            state=state,
            words=words,
        )
    )


def _first_controls(items: list[Item], state: PageState) -> list[tuple[str, str]]:
    """Return the errors in the order of the page: name of the control and message."""
    names = [name for item in items for code in item.measure_codes for name in (code, f"{code}.other")]
    return [(name, state.errors[name]) for name in names if name in state.errors]
