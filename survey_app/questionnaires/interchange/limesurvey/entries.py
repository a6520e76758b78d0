"""LimeSurvey's questions that are answered by typing, and texts to read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Bounds, Item, ItemType
from survey_app.questionnaires.detail_parsing import LARGEST_TOTAL, LONGEST_NUMBER, LONGEST_UNIT, MOST_DECIMALS
from survey_app.questionnaires.interchange.limesurvey.choices import Outcome, sharing
from survey_app.questionnaires.interchange.limesurvey.reading import Reading, part_of
from survey_app.questionnaires.interchange.limesurvey.survey import Question
from survey_app.questionnaires.item_parsing import LONGEST_ANSWER

USUAL_LENGTH = 4000
ANY_NUMBER = Bounds(decimals=MOST_DECIMALS)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T][\d:]{4,8})?", re.ASCII)


def text(reading: Reading, question: Question, item: Item) -> Outcome:
    """Short, long and huge texts."""
    if question.attribute("numbers_only") == "1":
        found, _message = number(reading, question, item)
        return found, _("It takes numbers only, so it becomes a number.")
    entry = replace(item, is_short=question.type == "S", max_length=_length(question))
    reading.answerable(reading.names(question), entry)
    return [entry], ""


def texts(reading: Reading, question: Question, item: Item) -> Outcome:
    """Several short texts: an item for each."""
    found = []
    for part in question.axis("0"):
        entry = replace(part_of(reading, item, question, part), is_short=True, max_length=_length(question))
        if question.attribute("numbers_only") == "1":
            entry = numeric(reading, question, entry)
        reading.answerable(reading.names(question, part.code), entry)
        found.append(entry)
    return found, _("Each of its texts becomes an item of its own.")


def number(reading: Reading, question: Question, item: Item) -> Outcome:
    """One number."""
    entry = numeric(reading, question, item)
    reading.answerable(reading.names(question), entry)
    return [entry], ""


def numbers(reading: Reading, question: Question, item: Item) -> Outcome:
    """Several numbers: a constant sum where they must add up to one, else an item for each."""
    total = _decimal(question.attribute("equals_num_value"))
    if total is not None and total == int(total) and 1 <= total <= LARGEST_TOTAL:
        return [replace(sharing(reading, question, item), total=int(total))], _(
            "Its numbers become a total to share out."
        )
    found = []
    for part in question.axis("0"):
        entry = numeric(reading, question, part_of(reading, item, question, part))
        reading.answerable(reading.names(question, part.code), entry)
        found.append(entry)
    return found, _("Each of its numbers becomes an item of its own.")


def numeric(reading: Reading, question: Question, item: Item) -> Item:
    """Return an item as a number within the bounds that the question sets."""
    lowest = _bound(question, "min_num_value_n", "slider_min", "multiflexible_min")
    highest = _bound(question, "max_num_value_n", "slider_max", "multiflexible_max")
    if lowest is not None and highest is not None and Decimal(lowest) > Decimal(highest):
        lowest = highest = None
    is_whole = question.attribute("num_value_int_only") == "1"
    unit = reading.texts(question.attributes.get("suffix", {}), f"{question.code} suffix", LONGEST_UNIT)
    return replace(
        item,
        type=ItemType.NUMBER,
        bounds=Bounds(lowest, highest, 0 if is_whole else MOST_DECIMALS),
        unit=unit,
    )


def day(reading: Reading, question: Question, item: Item) -> Outcome:
    """Dates, maybe with a time of day, which ours do not ask."""
    earliest, latest = _day(question.attribute("date_min")), _day(question.attribute("date_max"))
    if earliest and latest and earliest > latest:
        earliest = latest = None
    entry = replace(item, type=ItemType.DATE, bounds=Bounds(earliest, latest))
    reading.answerable(reading.names(question), entry)
    has_time = any(each in question.attribute("date_format").lower() for each in ("h", "i"))
    return [entry], _("The time of day is not asked.") if has_time else ""


def statement(_reading: Reading, _question: Question, item: Item) -> Outcome:
    """Texts without a question."""
    return [replace(item, type=ItemType.STATEMENT, is_required=False)], ""


def hidden(reading: Reading, question: Question, item: Item) -> Outcome:
    """Questions that people never see, filled by the link."""
    value = Item(code=item.code, type=ItemType.HIDDEN, text=item.text)
    reading.answerable(reading.names(question), value)
    return [value], _("The hidden question becomes a hidden value, filled from the link (?%(code)s=…).", code=item.code)


def _day(value: str) -> str | None:
    """Return a day as LimeSurvey writes fixed ones (`2026-01-31`, maybe with a time), None for anything else."""
    found = _DAY.fullmatch(value.strip())
    try:
        return date.fromisoformat(found[1]).isoformat() if found else None
    except ValueError:
        return None


def _length(question: Question) -> int:
    found = _decimal(question.attribute("maximum_chars"))
    return int(found) if found is not None and 1 <= found <= LONGEST_ANSWER else USUAL_LENGTH


def _bound(question: Question, *names: str) -> str | None:
    for name in names:
        found = _decimal(question.attribute(name))
        if found is not None and len(format(found, "f")) <= LONGEST_NUMBER:
            return format(found, "f")
    return None


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text) if text.isascii() and len(text) <= LONGEST_NUMBER else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() and abs(found.adjusted()) <= LONGEST_NUMBER else None
