"""Reading of days: as browsers send them, or typed in the order of the person's language."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Bounds, Item
from survey_app.questionnaires.rendering.reading import Form, PageReading, Wording, is_to_be_read, reasons_and_rest
from survey_app.questionnaires.saying import day_in, locale_of

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBERS = re.compile(r"\d+")
_SEPARATORS = re.compile(r"[\d\s./,\-\u2010-\u2015年月日년월일]+")
_FULL_YEAR = 4


def read_day(item: Item, form: Form, reading: PageReading, words: Wording) -> None:
    """Read one day within the item's bounds; kept as ISO day."""
    reasons, rest = reasons_and_rest(item, form, reading)
    text = "".join(rest[:1]).strip()
    please = _("Choose a day.")
    if is_to_be_read(item, reading, reasons, is_given=bool(text), please=please):
        _keep(item, text, reading, words.language)


def day_from(text: str, language: str) -> date | None:
    """Return the day that somebody wrote, in digits of any script, or None where there is no such day."""
    plain = "".join(str(unicodedata.decimal(letter, letter)) for letter in text)
    parts = _NUMBERS.findall(plain) if _SEPARATORS.fullmatch(plain) else []
    if len(parts) != len("ymd"):
        return None
    order = "ymd" if len(parts[0]) == _FULL_YEAR else order_of(language)
    found = dict(zip(order, parts, strict=True))
    # Two digits do not say which century.
    if len(found["y"]) != _FULL_YEAR:
        return None
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None


@lru_cache(maxsize=200)
def order_of(language: str) -> str:
    """Return in which order a language writes year, month and day, such as dmy."""
    pattern = str(locale_of(language).date_formats["short"].pattern).lower()
    order = "".join(dict.fromkeys(letter for letter in pattern if letter in "ymd"))
    return order if len(order) == len("ymd") else "dmy"


def _keep(item: Item, text: str, reading: PageReading, language: str) -> None:
    day = day_from(text, language)
    problem = _no_day(language) if day is None else _out_of_bounds(item.bounds, day, language)
    if day is None or problem:
        reading.errors[item.code] = problem
    else:
        reading.values[item.code] = day.isoformat()


def _no_day(language: str) -> str:
    parts = {"y": "2026", "m": "03", "d": "31"}
    example = "/".join(parts[letter] for letter in order_of(language))
    return _("Write a day such as %(example)s, with all four digits of the year.", example=example)


def _out_of_bounds(bounds: Bounds, day: date, language: str) -> str:
    low, high = bounds.lowest or "", bounds.highest or ""
    if (not low or day.isoformat() >= low) and (not high or day.isoformat() <= high):
        return ""
    if low and high:
        return _("Choose a day from %(low)s to %(high)s.", low=day_in(low, language), high=day_in(high, language))
    if low:
        return _("Choose %(low)s or a later day.", low=day_in(low, language))
    return _("Choose %(high)s or an earlier day.", high=day_in(high, language))
