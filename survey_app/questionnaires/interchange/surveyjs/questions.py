"""SurveyJS questions of one answer: ratings, texts, numbers, dates, and what is only read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Bounds, Item, ItemType, Look, Scale, Texts
from survey_app.questionnaires.detail_parsing import LONGEST_NUMBER
from survey_app.questionnaires.interchange.drafts import DraftItem
from survey_app.questionnaires.interchange.ratings import (
    Answer,
    Converted,
    is_recommendation,
    options,
    rated,
    with_scale,
)
from survey_app.questionnaires.interchange.surveyjs.choices import answers_of
from survey_app.questionnaires.interchange.surveyjs.elements import Element, as_number, as_text
from survey_app.questionnaires.interchange.surveyjs.making import Making, kept_question, lost_question
from survey_app.questionnaires.interchange.surveyjs.scales import numbered
from survey_app.questionnaires.item_parsing import LONGEST_ANSWER

LOOKS = {"stars": Look.STARS, "smileys": Look.FACES}
NUMBERS = frozenset({"number", "range"})
PLAIN_TEXTS = frozenset({"text", "search"})
MOST_STEPS = 50
MOST_DECIMALS = 6


def rating(element: Element, making: Making) -> list[DraftItem]:
    """Return a rating: a recommendation where it plainly is one, else satisfaction with its points and look."""
    answers = _points(element, making)
    item = making.item(element, ItemType.CSAT)
    if is_recommendation(item.text, answers, making.main):
        kept_question(making, element)
        labels = {point: answers[point].texts for point in (0, 10) if answers[point].texts != _digits(making, point)}
        found = replace(item, type=ItemType.NPS, scale=Scale(0, 10, labels=labels))
        return making.draft(element, Converted(found, {str(point): point for point in range(11)}))
    scale = numbered(answers, making.main) or rated(answers, making.main)
    if scale is None:
        kept_question(making, element, _("A scale has 3 to 10 points here, so it is a choice of one."))
        return making.draft(element, options(replace(item, type=ItemType.SINGLE), answers))
    _enter_points(element, making, scale.points)
    look = LOOKS.get(element.word("rateType") or element.word("rateDisplayMode"), Look.NUMBERS)
    found = with_scale(item, scale)
    return making.draft(element, Converted(replace(found, scale=replace(scale.scale, look=look)), dict(scale.points)))


def text(element: Element, making: Making) -> list[DraftItem]:
    """Return a short text, a number or a date, as its input type says."""
    kind = element.word("inputType") or "text"
    if kind in NUMBERS or (kind in PLAIN_TEXTS and _is_checked_as_number(element)):
        return number(element, making)
    if kind == "date":
        kept_question(making, element)
        bounds = Bounds(_day(element.get("min")), _day(element.get("max")))
        return making.draft(
            element, Converted(replace(making.item(element, ItemType.DATE), bounds=_ordered(bounds)), {})
        )
    plain = kind in PLAIN_TEXTS
    kept_question(making, element, "" if plain else _("It is a short text; “%(kind)s” is not checked.", kind=kind))
    making.lose("setting", element, ("maskType", "maskSettings", "dataList"), _("Texts are typed freely here."))
    return making.draft(element, Converted(_text(element, making, is_short=True), {}))


def comment(element: Element, making: Making) -> list[DraftItem]:
    """Return a long text."""
    kept_question(making, element)
    return making.draft(element, Converted(_text(element, making, is_short=False), {}))


def number(element: Element, making: Making) -> list[DraftItem]:
    """Return a number with its bounds."""
    message = _("A slider is a number to type here.") if element.type == "slider" else ""
    kept_question(making, element, message)
    item = making.item(element, ItemType.NUMBER)
    bounds = Bounds(_digits_of(element.get("min")), _digits_of(element.get("max")), _decimals(element))
    return making.draft(element, Converted(replace(item, bounds=_ordered(bounds)), {}))


def html(element: Element, making: Making) -> list[DraftItem]:
    """Return a text that is only read."""
    words = making.texts(element.get("html"), element.name)
    if not words:
        return lost_question(making, element, _("It holds nothing to read."))
    kept_question(making, element)
    item = Item(code=making.codes.take(element.name, "text"), type=ItemType.STATEMENT, text=words)
    return [DraftItem(item, element.name)]


def extra_comment(element: Element, making: Making) -> list[DraftItem]:
    """Return the comment field that a question may have beside its answer, as an item of its own."""
    if not element.flag("showCommentArea"):
        return []
    name = f"{element.name}-Comment"
    making.ledger.changed("comment field", name, _("It is an item of its own."))
    words = making.texts(element.get("commentText"), name) or {making.main: _("Please say more.")}
    item = Item(code=making.codes.take(name, "comment"), type=ItemType.TEXT, text=words)
    making.name(name, item)
    return [DraftItem(item, name)]


def _points(element: Element, making: Making) -> list[Answer]:
    values = element.listed("rateValues")
    if values:
        return answers_of(values, element, making)
    low = element.number("rateMin")
    low = 1.0 if low is None else low
    step = element.number("rateStep") or 1.0
    high = element.number("rateMax")
    high = low + ((element.number("rateCount") or 5) - 1) * step if high is None else high
    n_points = max(1, min(MOST_STEPS, int((high - low) / step) + 1)) if step > 0 and high >= low else 1
    points = [as_text(low + step * number) for number in range(n_points)]
    ends = {points[0]: "minRateDescription", points[-1]: "maxRateDescription"}
    return [Answer(point, _named(element, making, point, ends.get(point, ""))) for point in points]


def _named(element: Element, making: Making, point: str, key: str) -> Texts:
    return (making.label(element.get(key), element.name) if key else {}) or {making.main: point}


def _digits(making: Making, point: int) -> Texts:
    return {making.main: str(point)}


def _enter_points(element: Element, making: Making, points: dict[str, int]) -> None:
    moved = [native for native, point in points.items() if native != str(point) and as_number(native) is not None]
    message = _(
        "Its points are numbered %(low)s to %(high)s here.", low=min(points.values()), high=max(points.values())
    )
    kept_question(making, element, message if moved else "")


def _text(element: Element, making: Making, *, is_short: bool) -> Item:
    item = replace(making.item(element, ItemType.TEXT), is_short=is_short)
    longest = element.whole("maxLength")
    return replace(item, max_length=longest) if longest and 1 <= longest <= LONGEST_ANSWER else item


def _is_checked_as_number(element: Element) -> bool:
    """Return whether a text is checked for being a number."""
    validators = (each for each in element.listed("validators") if isinstance(each, dict))
    return any(Element(each).type in {"numeric", "numericvalidator"} for each in validators)


def _decimals(element: Element) -> int:
    if element.type == "text" and element.word("inputType") not in NUMBERS:
        return MOST_DECIMALS
    step = as_text(element.get("step"))
    return min(MOST_DECIMALS, len(step.partition(".")[2])) if "." in step else 0


def _digits_of(value: object) -> str | None:
    found = as_number(value)
    text = as_text(found) if found is not None else ""
    return text if 0 < len(text) <= LONGEST_NUMBER and "e" not in text else None


def _day(value: Any) -> str | None:
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        return None


def _ordered(bounds: Bounds) -> Bounds:
    """Return bounds, without the upper one where it lies below the lower."""
    low, high = bounds.lowest, bounds.highest
    if low is None or high is None:
        return bounds
    is_day = "-" in low[1:]
    is_wrong = low > high if is_day else float(low) > float(high)
    return replace(bounds, highest=None) if is_wrong else bounds
