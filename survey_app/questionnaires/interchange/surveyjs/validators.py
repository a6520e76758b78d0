"""What SurveyJS checks of an answer: bounds and lengths are kept, everything else is lost by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import WITH_OPTIONS, Item, ItemType
from survey_app.questionnaires.detail_parsing import LONGEST_NUMBER
from survey_app.questionnaires.interchange.drafts import DraftItem
from survey_app.questionnaires.interchange.surveyjs.elements import Element, as_number, as_text
from survey_app.questionnaires.interchange.surveyjs.making import Making
from survey_app.questionnaires.item_parsing import LONGEST_ANSWER


def applied(element: Element, drafts: list[DraftItem], making: Making) -> list[DraftItem]:
    """Return the drafts of a question with what can be said of its validators."""
    for each in element.listed("validators"):
        if not isinstance(each, dict):
            continue
        validator = Element(each)
        name = f"{element.name} ({validator.type})"
        checked = _checked(drafts[0].item, validator) if len(drafts) == 1 else None
        if checked is None:
            making.ledger.lost("validator", name, _("Answers are not checked so here."))
        else:
            making.ledger.kept("validator", name)
            drafts[0].item = checked
    return drafts


def _checked(item: Item, validator: Element) -> Item | None:
    kind = validator.type.removesuffix("validator")
    if kind == "numeric" and item.type is ItemType.NUMBER:
        return _numeric(item, validator)
    if kind == "text" and item.type is ItemType.TEXT:
        longest = validator.whole("maxLength") or 0
        is_all = not validator.whole("minLength") and 1 <= longest <= LONGEST_ANSWER
        return replace(item, max_length=longest) if is_all else None
    if kind == "answercount" and item.type in WITH_OPTIONS:
        return _counted(item, validator)
    return None


def _numeric(item: Item, validator: Element) -> Item | None:
    low, high = as_number(validator.get("minValue")), as_number(validator.get("maxValue"))
    if low is not None and high is not None and low > high:
        return None
    ends = {"lowest": low, "highest": high}
    found: dict[str, Any] = {name: as_text(value) for name, value in ends.items() if _is_bound(value)}
    bounds = replace(item.bounds, **found)
    is_sound = bounds.lowest is None or bounds.highest is None or float(bounds.lowest) <= float(bounds.highest)
    return replace(item, bounds=bounds) if found and is_sound else None


def _is_bound(value: float | None) -> bool:
    return value is not None and abs(value) < 10**LONGEST_NUMBER and len(as_text(value)) <= LONGEST_NUMBER


def _counted(item: Item, validator: Element) -> Item | None:
    if item.type not in {ItemType.MULTIPLE, ItemType.RANKING}:
        return None
    n_options = len(item.options)
    ends = {"fewest": validator.whole("minCount"), "most": validator.whole("maxCount")}
    found: dict[str, Any] = {name: value for name, value in ends.items() if value and 1 <= value <= n_options}
    is_sound = found.get("fewest", 0) <= found.get("most", n_options)
    return replace(item, **found) if found and is_sound else None
