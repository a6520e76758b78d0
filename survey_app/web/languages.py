"""Which language the interface speaks: the one chosen for this request, else what the browser asks for.

Pages of a questionnaire may speak languages that the interface does not: whoever draws them brings the words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from flask_babel import Domain, get_translations, refresh
from markupsafe import escape

from survey_app.config import LANGUAGES
from survey_app.extensions import babel

_CATALOGUES = Path(__file__).parents[1] / "translations"
NAMES = {"en": "English", "vi": "Tiếng Việt", "es": "Español"}


@dataclass(frozen=True, slots=True)
class Speech:
    """A page's words in a language that the interface does not speak, by their English.

    What is missing among them is said in `instead`, a language of the interface. Equal marks mean equal words.
    """

    language: str
    words: Mapping[str, str]
    instead: str = "en"
    mark: int = 0

    def ugettext(self, message: str) -> str:
        """Return a message in this language."""
        return self.words.get(message) or said_in(self.instead, message)

    def ungettext(self, one: str, many: str, n: int) -> str:
        """Return a message about a number; ours are written so that one sentence fits every number."""
        return self.words.get(one) or str(_catalogue(self.instead).ungettext(one, many, n))


class _Spoken(Domain):
    """The words that one request brought; every other request has the catalogues, and pays nothing for this."""

    def __init__(self, speech: Speech) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.speech = speech

    def get_translations(self) -> object:
        # A mail composed meanwhile is forced into its reader's own language.
        if hasattr(g.get("_flask_babel"), "forced_babel_locale"):
            return super().get_translations()  # type: ignore[no-untyped-call]
        return self.speech


def bind(app: Flask) -> None:
    """Let translations follow the request's language, and tell templates which one it is."""
    babel.init_app(app, locale_selector=_locale)  # type: ignore[no-untyped-call]
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=_one_in_template, ngettext=_many_in_template, newstyle=True
    )
    app.jinja_env.globals.update(
        interface_language=_language_of_page, language_names=NAMES, text_direction=text_direction
    )


def choose_language(language: str, speech: Speech | None = None) -> None:
    """Let the rest of this request speak a language: with its words where the interface has none of its own.

    Without words the nearest language of the interface is taken.
    """
    short = spoken(language)
    g.interface_language = short or (speech.instead if speech else "en")
    g.speech = speech
    domain = _Spoken(speech) if speech else babel.domain_instance
    domain.as_default()
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


def _language_of_page() -> str:
    speech: Speech | None = g.get("speech")
    return speech.language if speech else interface_language()


def spoken(tag: str) -> str:
    """Return the language of the interface that a tag belongs to, or nothing."""
    short = tag.split("-", maxsplit=1)[0].lower()
    return short if short in LANGUAGES else ""


def said_in(language: str, message: str) -> str:
    """Return a message in a language of the interface, whichever this request speaks."""
    return str(_catalogue(language).ugettext(message))


def speech_mark() -> int:
    """Return what tells this request's words from others of the same language; nothing where there are none."""
    speech: Speech | None = g.get("speech")
    return speech.mark if speech else 0


def _locale() -> str:
    """Return the locale of this request's dates and numbers."""
    speech: Speech | None = g.get("speech")
    return (_known_locale(speech.language) if speech else "") or interface_language()


@lru_cache(maxsize=200)
def _known_locale(tag: str) -> str:
    for each in (tag, tag.split("-", maxsplit=1)[0]):
        try:
            return str(Locale.parse(each, sep="-"))
        except (UnknownLocaleError, ValueError):
            continue
    return ""


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(_CATALOGUES, [language])


def _one_in_template(message: str) -> str:
    translations = get_translations()
    return _safe(translations, translations.ugettext(message))


def _many_in_template(one: str, many: str, n: int) -> str:
    translations = get_translations()
    return _safe(translations, translations.ungettext(one, many, n))


def _safe(translations: object, text: str) -> str:
    """Return a translation as HTML: Jinja trusts translations, and a page's own words may be anybody's."""
    return str(escape(text)) if isinstance(translations, Speech) else text


@lru_cache(maxsize=200)
def text_direction(tag: str) -> str:
    """Return "rtl" for a language that is written from right to left, else "ltr"."""
    try:
        return Locale.parse(tag, sep="-").text_direction
    except (UnknownLocaleError, ValueError):
        return "ltr"
