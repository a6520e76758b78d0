"""One page of a questionnaire: read what was posted, render what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import render_template
from flask_babel import get_locale
from markupsafe import Markup

from analysis.values import MissingReason
from survey_app.questionnaires.definition import Item, ItemType, Page, Questionnaire
from survey_app.questionnaires.piping import Values
from survey_app.questionnaires.rendering.course import Known, is_asked
from survey_app.questionnaires.rendering.handlers import HANDLERS, Standing, control_names
from survey_app.questionnaires.rendering.ordering import SAME_FOR_ALL, Shown, apply
from survey_app.questionnaires.rendering.reading import DONT_KNOW, NOT_APPLICABLE, Form, PageReading, Wording
from survey_app.questionnaires.rendering.skeletons import Controls, Sheet, draw_item, draw_kept_item

_HEADING = Markup("<h1{}>{}</h1>\n")
_CHOSEN_REASONS = {MissingReason.NOT_APPLICABLE.value: NOT_APPLICABLE, MissingReason.DONT_KNOW.value: DONT_KNOW}


@dataclass(frozen=True, slots=True)
class PageState:
    """What a page shows one person: answers, reasons, typed values that are no answers yet, and errors in words.

    `known` holds the values that conditions ask about (see `course.known_values`), `shown` the orders and variants of
    this person (see `ordering.arrange`), `piped` what merge fields are filled with (see `piping`).
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, list[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    known: Known = field(default_factory=dict)
    shown: Shown = SAME_FOR_ALL
    piped: Values = field(default_factory=dict)


def read_page(questionnaire: Questionnaire, page: Page, form: Form, known: Known, *, language: str = "") -> PageReading:
    """Return what a posted page says; `known` holds what conditions may ask about (see `course.known_values`).

    An item that only this page's own answers call for, and that was therefore not on it, is `revealed`.
    """
    reading = PageReading()
    words = Wording(language, questionnaire.languages, {})
    now_known = dict(known)
    for item in page.items:
        if item.type is ItemType.HIDDEN:
            continue
        if not is_asked(item, now_known):
            reading.missing.update(dict.fromkeys(item.measure_codes, MissingReason.NOT_ASKED.value))
        elif not is_asked(item, known) and form.keys().isdisjoint(control_names(item)):
            reading.revealed.append(item.code)
        else:
            HANDLERS[item.type].read(item, form, reading, words)
        for code in item.measure_codes:
            now_known[f"answer.{code}"] = reading.values.get(code)
    return reading


def render_page_body(
    questionnaire: Questionnaire, page: Page, state: PageState, language: str, version: str = ""
) -> Markup:
    """Return a page's heading and items as HTML, with a summary of the errors before them.

    `version` is the digest of a published version, whose items are built once; without it they are drawn anew.
    """
    shown = apply(page, state.shown)
    items = [item for item in shown.items if item.is_visible and is_asked(item, state.known)]
    words = Wording(language, questionnaire.languages, state.piped)
    title = words(page.title)
    # A page of one question has that question as its heading.
    heads_itself = len(items) == 1 and not title
    sheet = Sheet(
        words, state.piped, 1 if heads_itself else 2, Controls(_standing(items, state, language), state.errors)
    )
    heading = "" if heads_itself else title or words(questionnaire.title)
    parts = [_HEADING.format(words.foreign(page.title if title else questionnaire.title), heading)] if heading else []
    build = (version, str(get_locale())) if version else ()
    parts += [_drawn(item, sheet, state, build) for item in items]
    return _summary_of(items, state) + Markup().join(parts)


def _summary_of(items: list[Item], state: PageState) -> Markup:
    """Return the list of what is to be mended, nothing where nothing is."""
    controls = _first_controls(items, state) if state.errors else []
    html = render_template("responses/error_summary.html", controls=controls) if controls else ""
    return Markup(html)  # noqa: S704 - rendered by a template with autoescape


def styles_of(page: Page | None) -> list[str]:
    """Return the names of the styles that a page needs beside the one of all pages."""
    kinds = {item.type for item in page.items} if page else set()
    has_own_words = page is not None and any(option.is_other for item in page.items for option in item.options)
    kinds |= {ItemType.TEXT} if has_own_words else set()
    names = [name for name, needed_by in _SHEETS.items() if kinds & needed_by]
    names += ["looks"] if page and any(item.scale and item.scale.look != "numbers" for item in page.items) else []
    return names


# In the order in which they stand on the page: later ones win.
_SHEETS = {
    "scales": {ItemType.NPS, ItemType.CSAT, ItemType.CES},
    "choices": {ItemType.SINGLE, ItemType.MULTIPLE},
    "battery": {ItemType.LIKERT},
    "fields": {ItemType.RANKING, ItemType.SUM, ItemType.NUMBER, ItemType.DATE, ItemType.CONTACT, ItemType.TEXT},
}


def _drawn(item: Item, sheet: Sheet, state: PageState, build: tuple[str, ...]) -> Markup:
    if not build or (state.errors and not state.errors.keys().isdisjoint(control_names(item))):
        return draw_item(item, sheet)
    return draw_kept_item(item, sheet, (*build, item.code, state.shown.variants.get(item.code)))


def _standing(items: list[Item], state: PageState, language: str) -> Standing:
    """Return what stands in the controls of these items; what was typed last wins over what was answered."""
    standing: Standing = {}
    for item in items:
        for code in item.measure_codes:
            if code in state.answers:
                standing |= HANDLERS[item.type].stand(code, state.answers[code], language)
            reason = _CHOSEN_REASONS.get(state.missing.get(code, ""))
            if reason:
                standing.setdefault(code, [reason])
        names = control_names(item)
        own = f"{item.code}.other"
        if own in state.answers:
            standing[own] = [str(state.answers[own])]
        standing |= {name: state.typed[name] for name in (*names, f"{item.code}.consent") if name in state.typed}
    return standing


def _first_controls(items: list[Item], state: PageState) -> list[tuple[str, str]]:
    """Return the errors in the order of the page: the control where each can be mended, and the message."""
    named = [(item, name) for item in items for name in control_names(item) if name in state.errors]
    return [(_control_of(item, name), state.errors[name]) for item, name in named]


def _control_of(item: Item, name: str) -> str:
    """Return the control that an error leads to: for an item of many text controls the first of them."""
    has_many = item.type in {ItemType.RANKING, ItemType.SUM}
    return f"{item.code}.{item.options[0].code}" if has_many and name == item.code else name
