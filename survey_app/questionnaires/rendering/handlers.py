"""The registry of item types: how each is read, and the template that shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from survey_app.questionnaires.definition import Item, ItemType
from survey_app.questionnaires.rendering.choices import read_multiple, read_single
from survey_app.questionnaires.rendering.reading import Form, PageReading, Wording
from survey_app.questionnaires.rendering.scales import read_battery, read_scale
from survey_app.questionnaires.rendering.texts import read_statement, read_text


@dataclass(frozen=True, slots=True)
class Handler:
    """What one item type can do."""

    read: Callable[[Item, Form, PageReading, Wording], None]
    template: str


HANDLERS: dict[ItemType, Handler] = {
    ItemType.NPS: Handler(read_scale, "responses/items/scale.html"),
    ItemType.CSAT: Handler(read_scale, "responses/items/scale.html"),
    ItemType.CES: Handler(read_scale, "responses/items/scale.html"),
    ItemType.LIKERT: Handler(read_battery, "responses/items/battery.html"),
    ItemType.SINGLE: Handler(read_single, "responses/items/options.html"),
    ItemType.MULTIPLE: Handler(read_multiple, "responses/items/options.html"),
    ItemType.TEXT: Handler(read_text, "responses/items/text.html"),
    # Ours to come: until each type has its own reader and template, it is shown as a text.
    ItemType.RANKING: Handler(read_statement, "responses/items/statement.html"),
    ItemType.SUM: Handler(read_statement, "responses/items/statement.html"),
    ItemType.NUMBER: Handler(read_statement, "responses/items/statement.html"),
    ItemType.DATE: Handler(read_statement, "responses/items/statement.html"),
    ItemType.CONTACT: Handler(read_statement, "responses/items/statement.html"),
    ItemType.HIDDEN: Handler(read_statement, "responses/items/statement.html"),
    ItemType.STATEMENT: Handler(read_statement, "responses/items/statement.html"),
}
