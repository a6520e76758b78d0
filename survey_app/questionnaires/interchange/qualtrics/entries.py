"""Qualtrics' questions that are answered by typing or sliding, and texts to read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Bounds, Item, ItemType, Look, Scale
from survey_app.questionnaires.detail_parsing import LONGEST_NUMBER, MOST_DECIMALS
from survey_app.questionnaires.interchange.accounting import brief
from survey_app.questionnaires.interchange.qualtrics.choices import Outcome
from survey_app.questionnaires.interchange.qualtrics.matrices import plain_answers
from survey_app.questionnaires.interchange.qualtrics.reading import Reading, part_item, settings_of, tag_of
from survey_app.questionnaires.interchange.qualtrics.survey import Data, is_on, mapping, text
from survey_app.questionnaires.item_parsing import LONGEST_ANSWER
from survey_app.questionnaires.scales import FEWEST_POINTS, MOST_POINTS

USUAL_LENGTH = 4000


def entry(reading: Reading, question: Data, item: Item) -> Outcome:
    """TE: a text, or a number or date where only these are valid; forms have a text for each field."""
    selector, locator = text(question.get("Selector")), text(question.get("QuestionID"))
    if selector == "FORM":
        return _form(reading, question, item)
    kind = text(settings_of(question).get("ContentType"))
    if kind == "ValidNumber":
        found = replace(item, type=ItemType.NUMBER, bounds=_number_bounds(question))
    elif kind == "ValidDate":
        found = replace(item, type=ItemType.DATE, bounds=_date_bounds(question))
    else:
        found = replace(item, is_short=selector in {"SL", "PW"}, max_length=_length(question))
    reading.answerable(f"{locator}/text", found)
    reading.answerable(locator, found)
    return [found], _("What is typed is not masked.") if selector == "PW" else ""


def _form(reading: Reading, question: Data, item: Item) -> Outcome:
    found = []
    for each in plain_answers(reading, question, "Choices"):
        part = replace(part_item(item, reading, each.native, each.texts), is_short=True)
        part = _demanded(reading, question, each.native, part)
        reading.answerable(f"{text(question.get('QuestionID'))}/text/{each.native}", part)
        found.append(part)
    return found, _("Each of its fields becomes an item of its own.")


def _demanded(reading: Reading, question: Data, id_: str, part: Item) -> Item:
    """Return a field of a form with what the file demands of this field alone."""
    own, tag = mapping(mapping(question.get("Choices")).get(id_)), f"{tag_of(question)} field {id_}"
    is_forced = is_on(own.get("TextEntryForceResponse"))
    if is_forced:
        reading.ledger.kept("setting", f"{tag} required")
    kind = text(own.get("TextEntryValidation"))
    if kind == "ValidNumber":
        part = replace(part, type=ItemType.NUMBER, is_short=False, bounds=Bounds(decimals=MOST_DECIMALS))
    elif kind == "ValidDate":
        part = replace(part, type=ItemType.DATE, is_short=False)
    elif kind and kind != "None":
        message = _("Answers are not checked by “%(kind)s”.", kind=brief(kind, 60))
        reading.ledger.lost("setting", f"{tag} validation", message)
    return replace(part, is_required=part.is_required or is_forced)


def statement(_reading: Reading, question: Data, item: Item) -> Outcome:
    """DB: texts to read, without graphics."""
    found = [replace(item, type=ItemType.STATEMENT, is_required=False)]
    selector = text(question.get("Selector"))
    return found, _("The graphic is not taken over.") if selector in {"GRB", "GR"} else ""


def slider(reading: Reading, question: Data, item: Item) -> Outcome:
    """Sliders: stars become a satisfaction scale, all others a number for each choice."""
    configuration = mapping(question.get("Configuration"))
    if text(question.get("Selector")) == "STAR":
        count = _decimal(text(configuration.get("StarCount")) or "5")
        if count is not None and FEWEST_POINTS <= count <= MOST_POINTS:
            return _stars(reading, question, item, int(count))
    lowest, highest = text(configuration.get("CSSliderMin")) or "0", text(configuration.get("CSSliderMax")) or "100"
    decimals = _decimal(text(configuration.get("NumDecimals")) or "0") or Decimal(0)
    bounds = replace(_bounds(lowest, highest), decimals=max(0, min(int(decimals), MOST_DECIMALS)))
    found = []
    for each in plain_answers(reading, question, "Choices"):
        part = replace(part_item(item, reading, each.native, each.texts), type=ItemType.NUMBER, bounds=bounds)
        part = replace(part, allows_not_applicable=configuration.get("NotApplicable") is True)
        reading.answerable(f"{text(question.get('QuestionID'))}/number/{each.native}", part)
        found.append(part)
    return found, _("Each of its sliders becomes a number between the same ends.")


def _stars(reading: Reading, question: Data, item: Item, count: int) -> Outcome:
    found, answers = [], plain_answers(reading, question, "Choices")
    for each in answers:
        part = part_item(item, reading, each.native, each.texts) if len(answers) > 1 else item
        part = replace(part, type=ItemType.CSAT, scale=Scale(1, count, look=Look.STARS))
        reading.answerable(f"{text(question.get('QuestionID'))}/number/{each.native}", part)
        found.append(part)
    return found, _("Stars become a satisfaction scale of %(n)s stars; name its ends.", n=count)


def _number_bounds(question: Data) -> Bounds:
    valid = mapping(settings_of(question).get("ValidNumber"))
    found = _bounds(text(valid.get("Min")), text(valid.get("Max")))
    decimals = _decimal(text(valid.get("NumDecimals"))) if text(valid.get("NumDecimals")) else None
    return replace(found, decimals=MOST_DECIMALS if decimals is None else max(0, min(int(decimals), MOST_DECIMALS)))


def _bounds(lowest: str, highest: str) -> Bounds:
    low, high = _decimal(lowest), _decimal(highest)
    if low is not None and high is not None and low > high:
        return Bounds()
    first, last = (format(each, "f") if each is not None else None for each in (low, high))
    return Bounds(first, last)


def _date_bounds(question: Data) -> Bounds:
    valid = mapping(settings_of(question).get("ValidDate"))
    first, last = _day(text(valid.get("Min"))), _day(text(valid.get("Max")))
    return Bounds() if first and last and first > last else Bounds(first, last)


def _day(value: str) -> str | None:
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        return None


def _length(question: Data) -> int:
    settings = settings_of(question)
    raw = text(mapping(settings.get("TotalChars")).get("Max")) or text(settings.get("MaxChars"))
    found = _decimal(raw)
    return int(found) if found is not None and 1 <= found <= LONGEST_ANSWER else USUAL_LENGTH


def _decimal(value: str) -> Decimal | None:
    try:
        found = Decimal(value) if value.isascii() and 0 < len(value) <= LONGEST_NUMBER else None
    except InvalidOperation:
        return None
    if found is None or not found.is_finite() or abs(found.adjusted()) >= LONGEST_NUMBER:
        return None
    return found if len(format(found, "f")) <= LONGEST_NUMBER else None
