"""Reading of numbers as people write them in their language: 1,5 and 1.5, 1.000 and 1,000, digits of any script."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from babel.numbers import get_decimal_symbol, get_group_symbol
from flask_babel import gettext as _
from flask_babel import ngettext

from survey_app.questionnaires.definition import Item
from survey_app.questionnaires.rendering.reading import Form, PageReading, Wording, is_to_be_read, reasons_and_rest
from survey_app.questionnaires.saying import locale_of, number_in

MOST_DIGITS = 15
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{2,3})*(?:[.,])\d{3}")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
_BETWEEN_GROUPS = re.compile(r"['\u2019\u066c\s]")


def read_number(item: Item, form: Form, reading: PageReading, words: Wording) -> None:
    """Read one number within the item's bounds."""
    reasons, rest = reasons_and_rest(item, form, reading)
    text = "".join(rest[:1]).strip()
    please = _("Write a number.")
    if is_to_be_read(item, reading, reasons, is_given=bool(text), please=please):
        _keep(item, text, reading, words.language)


def number_from(text: str, language: str) -> Decimal | None:
    """Return the number that somebody wrote, or None where it is none or has too many digits to be kept exactly."""
    plain = _BETWEEN_GROUPS.sub("", "".join(map(_plain, text.strip())))
    plain = _with_point(plain, language)
    if not plain.isascii() or not _PLAIN.fullmatch(plain) or sum(map(str.isdigit, plain)) > MOST_DIGITS:
        return None
    return Decimal(plain)


def number_text(value: object, language: str) -> str:
    """Return a number as it stands in its control: read back, it is the same."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    decimal, _group = _symbols(language)
    plain = format(Decimal(str(value)), "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return plain.replace(".", decimal if decimal in {".", ","} else ".")


def _keep(item: Item, text: str, reading: PageReading, language: str) -> None:
    number = number_from(text, language)
    problem = _("Write a number, with digits only.") if number is None else _problem(item, number, language)
    if number is None or problem:
        reading.errors[item.code] = problem
    else:
        reading.values[item.code] = float(number) if item.bounds.decimals else int(number)


def _problem(item: Item, number: Decimal, language: str) -> str:
    """Return what to do about a number that the item does not take, or nothing."""
    decimals = item.bounds.decimals
    if number != round(number, decimals):
        if not decimals:
            return _("Write a whole number.")
        return ngettext("Write at most %(num)s decimal place.", "Write at most %(num)s decimal places.", decimals)
    low = Decimal(item.bounds.lowest) if item.bounds.lowest is not None else None
    high = Decimal(item.bounds.highest) if item.bounds.highest is not None else None
    if (low is None or number >= low) and (high is None or number <= high):
        return ""
    return bounds_words(low, high, language)


def bounds_words(low: Decimal | None, high: Decimal | None, language: str) -> str:
    """Return between which numbers an answer must lie."""
    least, most = (number_in(float(each), language) if each is not None else "" for each in (low, high))
    if least and most:
        return _("Write a number from %(low)s to %(high)s.", low=least, high=most)
    if least:
        return _("Write a number of %(low)s or more.", low=least)
    return _("Write a number of %(high)s or less.", high=most) if most else ""


def _with_point(text: str, language: str) -> str:
    """Return a number with a point before its decimals and nothing between its groups."""
    signs = [each for each in text if each in ".,"]
    if len(set(signs)) > 1:
        last = signs[-1]
        return text.replace("," if last == "." else ".", "").replace(last, ".")
    if not signs:
        return text
    decimal, _group = _symbols(language)
    is_grouped = _GROUPED.fullmatch(text.lstrip("+-")) is not None and (len(signs) > 1 or signs[0] != decimal)
    return text.replace(signs[0], "" if is_grouped else ".")


@lru_cache(maxsize=200)
def _symbols(language: str) -> tuple[str, str]:
    locale = locale_of(language)
    return get_decimal_symbol(locale), get_group_symbol(locale)


def _plain(letter: str) -> str:
    """Return an ASCII digit for a digit of any script, and ASCII signs for their twins."""
    digit = unicodedata.decimal(letter, None)
    return str(digit) if digit is not None else _TWINS.get(letter, letter)


_TWINS = {"\u2212": "-", "\u2013": "-", "\u066b": ".", "\uff0e": ".", "\uff0c": ",", "\u060c": ","}
