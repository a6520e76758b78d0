"""The registry of item types: how each is read, how answers stand in its controls, and the template that shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from survey_app.questionnaires.definition import Item, ItemType
from survey_app.questionnaires.rendering.choices import read_multiple, read_single
from survey_app.questionnaires.rendering.contacts import AGREED, CONSENT, read_contact
from survey_app.questionnaires.rendering.days import read_day
from survey_app.questionnaires.rendering.hidden import read_nothing
from survey_app.questionnaires.rendering.numbers import number_text, read_number
from survey_app.questionnaires.rendering.rankings import read_ranking
from survey_app.questionnaires.rendering.reading import Form, PageReading, Wording
from survey_app.questionnaires.rendering.scales import read_battery, read_scale
from survey_app.questionnaires.rendering.sums import read_sum
from survey_app.questionnaires.rendering.texts import read_text

# What stands in controls, by the controls' names.
Standing = dict[str, list[str]]


def _as_said(code: str, value: Any, language: str) -> Standing:  # noqa: ARG001 - every handler's signature
    return {code: [str(each) for each in value] if isinstance(value, list) else [str(value)]}


def _number(code: str, value: Any, language: str) -> Standing:
    return {code: [number_text(value, language)]}


def _places(code: str, value: Any, language: str) -> Standing:  # noqa: ARG001 - every handler's signature
    return {f"{code}.{option}": [str(place)] for place, option in enumerate(value, start=1)}


def _shares(code: str, value: Any, language: str) -> Standing:
    # What gets nothing stays empty, as it may have been sent.
    return {f"{code}.{option}": [number_text(share, language)] for option, share in value.items() if share}


def _details(code: str, value: Any, language: str) -> Standing:  # noqa: ARG001 - every handler's signature
    standing = {f"{code}.{field}": [str(text)] for field, text in value.items()}
    return standing | {f"{code}.{CONSENT}": [AGREED] if value.get(CONSENT) else []}


@dataclass(frozen=True, slots=True)
class Handler:
    """What one item type can do; `stand` returns how a stored answer stands in the controls of its measure."""

    read: Callable[[Item, Form, PageReading, Wording], None]
    template: str
    stand: Callable[[str, Any, str], Standing] = _as_said


_SCALE = Handler(read_scale, "responses/items/scale.html")
HANDLERS: dict[ItemType, Handler] = {
    ItemType.NPS: _SCALE,
    ItemType.CSAT: _SCALE,
    ItemType.CES: _SCALE,
    ItemType.LIKERT: Handler(read_battery, "responses/items/battery.html"),
    ItemType.SINGLE: Handler(read_single, "responses/items/options.html"),
    ItemType.MULTIPLE: Handler(read_multiple, "responses/items/options.html"),
    ItemType.RANKING: Handler(read_ranking, "responses/items/ranking.html", _places),
    ItemType.SUM: Handler(read_sum, "responses/items/sum.html", _shares),
    ItemType.NUMBER: Handler(read_number, "responses/items/number.html", _number),
    ItemType.DATE: Handler(read_day, "responses/items/date.html"),
    ItemType.TEXT: Handler(read_text, "responses/items/text.html"),
    ItemType.CONTACT: Handler(read_contact, "responses/items/contact.html", _details),
    ItemType.STATEMENT: Handler(read_nothing, "responses/items/statement.html"),
    ItemType.HIDDEN: Handler(read_nothing, "responses/items/statement.html"),
}


def control_names(item: Item) -> list[str]:
    """Return the names of all controls that an item could have, in the order of the page."""
    parts = [option.code for option in item.options if item.type in {ItemType.RANKING, ItemType.SUM}]
    parts += [field.value for field in item.contact_fields]
    if item.type is ItemType.LIKERT:
        return [row.code for row in item.rows]
    return [item.code, f"{item.code}.other", *(f"{item.code}.{part}" for part in parts)]
