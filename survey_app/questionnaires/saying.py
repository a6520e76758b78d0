"""An answer in words, for everybody who reads it: on pages, in mails, on cases, and where a text repeats it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal
from flask_babel import gettext as _

from survey_app.questionnaires.definition import ContactField, Item, ItemType, Texts

Words = Callable[[Texts], str]
MOST_DIGITS = 15


def said(item: Item, value: Any, words: Words, language: str) -> str:
    """Return an answer in words: the point with its label, the options' texts, the text itself; never a code."""
    if item.scale is not None:
        label = words(item.scale.labels.get(value, {})) if isinstance(value, int) else ""
        return f"{value} \N{EN DASH} {label}" if label else number_in(value, language)
    return _SAYINGS.get(item.type, _option)(item, value, words, language)


def number_in(value: Any, language: str) -> str:
    """Return a number as a language writes it; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    try:
        return format_decimal(value, format=f"#,##0.{'#' * MOST_DIGITS}", locale=locale_of(language))
    except (ValueError, ArithmeticError):
        return str(value)


def day_in(value: Any, language: str) -> str:
    """Return an ISO day as a language writes it; anything else as it is."""
    try:
        return format_date(date.fromisoformat(str(value)), "long", locale=locale_of(language))
    except ValueError:
        return str(value)


@lru_cache(maxsize=200)
def locale_of(language: str) -> Locale:
    """Return the locale of a language tag, English where nobody knows it."""
    for tag in (language, language.split("-", maxsplit=1)[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


@lru_cache(maxsize=200)
def direction_of(language: str) -> str:
    """Return the direction in which a language is written: `rtl` or `ltr`."""
    return str(locale_of(language).text_direction)


@lru_cache(maxsize=200)
def own_name(language: str) -> str:
    """Return a language's name for itself, its tag where nobody knows it."""
    try:
        name = Locale.parse(language, sep="-").get_display_name(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return language
    return name[:1].upper() + name[1:] if name else language


def field_name(field: str) -> str:
    """Return what a contact detail is called."""
    names = {
        ContactField.NAME.value: _("Name"),
        ContactField.EMAIL.value: _("E-mail address"),
        ContactField.PHONE.value: _("Phone"),
        ContactField.LANGUAGE.value: _("Language"),
    }
    return names.get(field, field)


def _option(item: Item, value: Any, words: Words, language: str) -> str:
    texts = {option.code: words(option.text) for option in item.options}
    each = value if isinstance(value, list) else [value]
    return ", ".join(texts.get(str(one)) or number_in(one, language) for one in each)


def _ranking(item: Item, value: Any, words: Words, language: str) -> str:
    if not isinstance(value, list):
        return _option(item, value, words, language)
    return ", ".join(f"{rank}. {_option(item, code, words, language)}" for rank, code in enumerate(value, start=1))


def _sum(item: Item, value: Any, words: Words, language: str) -> str:
    if not isinstance(value, dict):
        return number_in(value, language)
    amounts = {code: with_unit(item, amount, words, language) for code, amount in value.items()}
    return ", ".join(f"{_option(item, code, words, language)}: {amount}" for code, amount in amounts.items())


def with_unit(item: Item, value: Any, words: Words, language: str) -> str:
    """Return a number with the item's unit."""
    return f"{number_in(value, language)} {words(item.unit)}".strip()


def _day(item: Item, value: Any, words: Words, language: str) -> str:  # noqa: ARG001 - every saying's signature
    return day_in(value, language)


def _contact(item: Item, value: Any, words: Words, language: str) -> str:  # noqa: ARG001 - every saying's signature
    if not isinstance(value, dict):
        return str(value)
    lines = [f"{field_name(name)}: {text}" for name, text in value.items() if name != "consent" and text]
    return ", ".join([*lines, _("may be kept") if value.get("consent") else _("not to be kept")])


_SAYINGS: dict[ItemType, Callable[[Item, Any, Words, str], str]] = {
    ItemType.RANKING: _ranking,
    ItemType.SUM: _sum,
    ItemType.NUMBER: with_unit,
    ItemType.DATE: _day,
    ItemType.CONTACT: _contact,
}
