"""What a person sees of their own answers and details by their personal link; drawn only, nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from flask import Response as Answer
from flask import render_template, request

from analysis.values import MissingReason
from survey_app.campaigns.labels import language_name
from survey_app.customers.models import Customer
from survey_app.questionnaires.definition import Item, Questionnaire
from survey_app.questionnaires.page_words.speech import speech_of
from survey_app.questionnaires.rendering.ordering import Shown, apply
from survey_app.responses import endings
from survey_app.responses.corrections import window_of
from survey_app.responses.drawing import answer
from survey_app.responses.dressing import dress_of
from survey_app.responses.links import Link
from survey_app.responses.queries import questionnaire_behind
from survey_app.responses.rows import Started
from survey_app.responses.rules import language_of_page
from survey_app.responses.wording import answer_lines
from survey_app.web.languages import choose_language

# What a person may change of their record by a link that may be passed on; the address is how they are known to us.
FIELDS = ("name", "phone", "language")


def speak(link: Link) -> str:
    """Choose the language of these pages, for our own words too."""
    tags = (request.values.get("lang"), link.started.language if link.started else None, link.language)
    questionnaire = questionnaire_behind(link)
    language = language_of_page(questionnaire, tags, request.accept_languages)
    choose_language(language, speech_of(questionnaire, language, link.row.version_digest))
    return language


def refusal(link: Link, language: str) -> Answer | None:
    """Return the page of a link whose answers cannot be seen or changed, or None where they can."""
    window = window_of(link, datetime.now(UTC))
    return None if window is not None and window.is_open else endings.ended(link, language)


def draw_answers(link: Link, language: str) -> Answer:
    """Return what a person answered, in the words and the order in which they were asked."""
    kept = link.started
    asked = questionnaire_behind(link)
    if kept is not None:
        asked = apply(asked, Shown.from_data(kept.shown))
    lines = answer_lines(_without_unasked(asked, kept), kept.answers, kept.missing, language) if kept else []
    return _draw("answers", link, language, lines=lines, ways=endings.ways_on(link, language)[1:])


def draw_withdrawal(link: Link, language: str) -> Answer:
    """Return the page that asks whether the answers shall be deleted."""
    return _draw("withdraw", link, language)


def draw_details(
    link: Link,
    language: str,
    customer: Customer,
    said: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> Answer:
    """Return a person's details as we hold them, to be corrected; with problems, as they were typed."""
    languages = [(tag, language_name(tag)) for tag in questionnaire_behind(link).languages]
    known = {name: getattr(customer, name) or "" for name in FIELDS}
    if known["language"] and known["language"] not in dict(languages):
        languages.append((known["language"], language_name(known["language"])))
    return _draw(
        "details",
        link,
        language,
        422 if problems else 200,
        email=customer.email or "",
        said=said or known,
        problems=problems or {},
        languages=languages,
        is_saved=request.args.get("saved") == "1",
    )


def _without_unasked(asked: Questionnaire, kept: Started) -> Questionnaire:
    """Return the questionnaire without what this person was never asked; hidden values they have a right to see."""

    def stays(item: Item) -> bool:
        return any(kept.missing.get(code) != MissingReason.NOT_ASKED for code in item.measure_codes)

    return replace(asked, pages=tuple(replace(page, items=tuple(filter(stays, page.items))) for page in asked.pages))


def _draw(name: str, link: Link, language: str, status: int = 200, **values: object) -> Answer:
    window = window_of(link, datetime.now(UTC))
    html = render_template(
        f"responses/{name}.html",
        link=link,
        language=language,
        dress=dress_of(link),
        base=f"{request.script_root}{link.path}",
        query="" if language == link.language else f"?lang={language}",
        until=window.until if window else None,
        token=link.path.rsplit("/", 1)[-1],
        **values,
    )
    return answer(html, status, dress=dress_of(link))
