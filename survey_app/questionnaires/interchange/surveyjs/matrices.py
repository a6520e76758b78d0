"""SurveyJS questions of several answers: matrices, groups of texts, panels that repeat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item, ItemType, Row, Texts
from survey_app.questionnaires.interchange.drafts import DraftItem
from survey_app.questionnaires.interchange.ratings import Answer, Rated, options, rated, with_scale
from survey_app.questionnaires.interchange.surveyjs.choices import answers_of
from survey_app.questionnaires.interchange.surveyjs.conditions import UNSAID
from survey_app.questionnaires.interchange.surveyjs.elements import Element
from survey_app.questionnaires.interchange.surveyjs.making import Making, kept_question, lost_question
from survey_app.questionnaires.interchange.surveyjs.scales import numbered

RowAnswers = list[Answer]
Read = Callable[[Element, Making], list[DraftItem]]
MOST_CELLS = 300
OWN_CONDITIONS = ("visibleIf",)
CHOOSING = frozenset({"dropdown", "radiogroup", "default"})


def matrix(element: Element, making: Making) -> list[DraftItem]:
    """Return a matrix as a battery, or as a choice per row where its columns are no scale."""
    rows, columns = _side(element, "rows", making), _side(element, "columns", making)
    if not rows or not columns:
        return lost_question(making, element, _("It has no rows or no columns."))
    kind = ItemType.MULTIPLE if element.word("cellType") == "checkbox" else ItemType.LIKERT
    scale = numbered(columns, making.main) or rated(columns, making.main) if kind is ItemType.LIKERT else None
    if scale is not None:
        kept_question(making, element)
        item = replace(making.item(element, ItemType.LIKERT), is_shuffled=_is_shuffled(element))
        return [_battery(item, rows, scale, _Naming(element.name, making))]
    kept_question(making, element, _("Its columns are no scale of 3 to 10 points, so each row is an item of its own."))
    kind = ItemType.SINGLE if kind is ItemType.LIKERT else kind
    return [_row_choice(element, row, columns, kind, making) for row in rows]


def matrix_of_columns(element: Element, making: Making, read: Read) -> list[DraftItem]:
    """Return a matrix whose columns are questions: a battery per column of ratings, else an item per cell."""
    rows = _side(element, "rows", making)
    columns = _columns(element, making)
    if not rows or not columns:
        return lost_question(making, element, _("It has no rows or no columns."))
    if len(rows) * len(columns) > MOST_CELLS:
        return lost_question(making, element, _("It asks more than a questionnaire can hold."))
    kept_question(making, element, _("Each column is a battery or a row of items of its own."))
    if element.flag("isRequired") or element.flag("eachRowRequired"):
        making.ledger.kept("required", element.name)
    shared = _enter_options(element.listed("choices"), element, making)
    return [draft for column in columns for draft in _column(element, column, rows, (shared, making, read))]


def repeated(element: Element, making: Making, read: Read) -> list[DraftItem]:
    """Return what repeats per entry (dynamic matrices and panels) once."""
    making.ledger.lost("repeat", element.name, _("Nothing repeats here: its questions are asked once."))
    is_panel = element.type == "paneldynamic"
    inner = element.elements("templateElements", "question") if is_panel else _columns(element, making)
    if not inner:
        return lost_question(making, element, _("It has no questions of its own."))
    kept_question(making, element, _("Its questions are asked once."))
    if not is_panel:
        shared = element.listed("choices")
        _enter_options(shared, element, making)
        cell = element.word("cellType")
        inner = [_column_question(each, element.name, shared, cell) for each in inner]
    return [draft for each in inner for draft in _inside(element, each, making, read)]


def group_of_texts(element: Element, making: Making, read: Read) -> list[DraftItem]:
    """Return several short texts under one title, an item each."""
    items = element.elements("items", "item")
    if not items:
        return lost_question(making, element, _("It asks for nothing."))
    kept_question(making, element, _("Each of its texts is an item of its own."))
    drafts: list[DraftItem] = []
    for each in items:
        making.ledger.kept("item", f"{element.name}.{each.name}")
        title = making.texts(each.get("title"), each.name) or making.texts(each.name, each.name)
        own = {"type": "text", "isRequired": element.flag("isRequired"), **each.native}
        inner = replace(each, native=own | {"name": f"{element.name}.{each.name}"})
        drafts += _retitled(_quietly(making, inner, read), making.texts(element.get("title"), element.name), title)
    return drafts


def _is_shuffled(element: Element) -> bool:
    return "random" in {element.word("rowsOrder"), element.word("rowOrder")}


class _Naming:
    """How expressions call the cells of a matrix."""

    def __init__(self, name: str, making: Making, column: str = "") -> None:
        self.name, self.making, self.column = name, making, column

    def row(self, native: str, item: Item, values: dict[str, Any], code: str = "") -> None:
        """Name the answer of one row."""
        cell = f"{self.name}.{native}.{self.column}" if self.column else f"{self.name}.{native}"
        self.making.name(cell, item, values, code)


def _battery(item: Item, rows: RowAnswers, scale: Rated, naming: _Naming) -> DraftItem:
    making = naming.making
    own = tuple(Row(making.codes.take(_row_name(row.native, item, making), "row"), row.texts) for row in rows)
    found = with_scale(replace(item, rows=own), scale)
    for native, row in zip(rows, own, strict=True):
        naming.row(native.native, found, dict(scale.points), row.code)
    return DraftItem(found, naming.name)


def _row_name(native: str, item: Item, making: Making) -> str:
    return native if native in making.single else f"{item.code}_{native}"


def _row_choice(element: Element, row: Answer, columns: RowAnswers, kind: ItemType, making: Making) -> DraftItem:
    code = making.codes.take(f"{element.name}_{row.native}", "q")
    text = _together(making.texts(element.get("title"), element.name), row.texts)
    item = Item(code=code, type=kind, text=text, is_required=element.flag("isRequired"))
    converted = options(item, columns)
    making.name(f"{element.name}.{row.native}", converted.item, converted.values)
    return DraftItem(converted.item, element.name)


def _columns(element: Element, making: Making) -> list[Element]:
    columns = element.elements("columns", "column")
    for each in columns:
        making.ledger.kept("column", f"{element.name}.{each.name}")
        _lose_own_rules(replace(each, native=each.native | {"name": f"{element.name}.{each.name}"}), making)
    return columns


def _lose_own_rules(column: Element, making: Making) -> None:
    """Enter what decides about single cells: they are read quietly, and a cell has no condition here."""
    message = _("A single cell cannot be shown by condition here; it is always asked.")
    making.lose("condition", column, (*OWN_CONDITIONS, *UNSAID), message)
    for each in column.listed("validators"):
        if isinstance(each, dict):
            name = f"{column.name} ({Element(each).type})"
            making.ledger.lost("validator", name, _("Answers are not checked so here."))


def _side(element: Element, key: str, making: Making) -> RowAnswers:
    found = answers_of(element.listed(key), element, making)
    for each in found:
        making.ledger.kept(key.removesuffix("s"), f"{element.name}.{each.native}")
    return found


def _enter_options(native: list[Any], element: Element, making: Making) -> RowAnswers:
    answers = answers_of(native, element, making)
    for each in answers:
        making.ledger.kept("option", f"{element.name}: {each.native}")
    return answers


def _column(
    element: Element, column: Element, rows: RowAnswers, shared: tuple[RowAnswers, Making, Read]
) -> list[DraftItem]:
    answers, making, read = shared
    kind = column.word("cellType") or element.word("cellType") or "default"
    own = _enter_options(column.listed("choices"), column, making) or answers
    scale = (numbered(own, making.main) or rated(own, making.main)) if kind in CHOOSING and own else None
    titled = _together(making.texts(element.get("title"), element.name), _title(column, making))
    if scale is not None:
        item = Item(code=making.codes.take(f"{element.name}_{column.name}", "q"), type=ItemType.LIKERT, text=titled)
        is_required = element.flag("isRequired") or column.flag("isRequired")
        naming = _Naming(element.name, making, column.name)
        return [_battery(replace(item, is_required=is_required), rows, scale, naming)]
    question = _column_question(column, element.name, element.listed("choices"), kind)
    drafts: list[DraftItem] = []
    for row in rows:
        name = f"{element.name}.{row.native}.{column.name}"
        cell = replace(question, native=question.native | {"name": name})
        drafts += _retitled(_quietly(making, cell, read), titled, row.texts)
    return drafts


def _column_question(column: Element, matrix_name: str, shared: list[Any], kind: str) -> Element:
    """Return a column as the question that each of its cells asks."""
    own = column.word("cellType") or kind or "dropdown"
    names = {"default": "dropdown"}
    native = {"choices": shared} | column.native | {"type": names.get(own, own), "name": f"{matrix_name}.{column.name}"}
    return replace(column, native=native)


def _inside(element: Element, inner: Element, making: Making, read: Read) -> list[DraftItem]:
    if element.type != "paneldynamic":
        return _quietly(making, inner, read)
    making.lose("condition", inner, OWN_CONDITIONS, _("It looks at one of several entries; it is asked once, always."))
    return read(inner, making)


def _quietly(making: Making, cell: Element, read: Read) -> list[DraftItem]:
    """Read a cell without entering it: its matrix, columns and options are entered once, not once per cell."""
    return read(cell, making.quiet())


def _retitled(drafts: list[DraftItem], title: Texts, own: Texts) -> list[DraftItem]:
    for each in drafts:
        each.item = replace(each.item, text=_together(title, own))
    return drafts


def _title(column: Element, making: Making) -> Texts:
    return making.texts(column.get("title"), column.name) or making.texts(column.name, column.name)


def _together(title: Texts, own: Texts) -> Texts:
    tags = dict.fromkeys([*title, *own])
    parts = {tag: [each.get(tag, "") for each in (title, own)] for tag in tags}
    return {tag: " \N{EN DASH} ".join(part for part in both if part)[:4000] for tag, both in parts.items()}
