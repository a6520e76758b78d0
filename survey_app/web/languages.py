"""Which language the interface speaks: the one chosen for this request, else what the browser asks for."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from flask import Flask, g, request
from flask_babel import refresh

from survey_app.config import LANGUAGES
from survey_app.extensions import babel

NAMES = {"en": "English", "vi": "Tiếng Việt", "es": "Español"}


def bind(app: Flask) -> None:
    """Let translations follow the request's language, and tell templates which one it is."""
    babel.init_app(app, locale_selector=interface_language)  # type: ignore[no-untyped-call]
    app.jinja_env.globals.update(
        interface_language=interface_language, language_names=NAMES, text_direction=text_direction
    )


def choose_language(language: str) -> None:
    """Let the rest of this request speak a language of the interface (the nearest one to the tag given)."""
    short = language.split("-", maxsplit=1)[0].lower()
    g.interface_language = short if short in LANGUAGES else "en"
    # What was translated before in this request keeps no other language.
    refresh()  # type: ignore[no-untyped-call]  # the package has no annotations


def interface_language() -> str:
    """Return the interface language of this request: one of `config.LANGUAGES`."""
    chosen: str | None = g.get("interface_language")
    if chosen:
        return chosen
    if not request:
        return "en"
    return request.accept_languages.best_match(LANGUAGES) or "en"


@lru_cache(maxsize=200)
def text_direction(tag: str) -> str:
    """Return "rtl" for a language that is written from right to left, else "ltr"."""
    try:
        return Locale.parse(tag, sep="-").text_direction
    except (UnknownLocaleError, ValueError):
        return "ltr"
