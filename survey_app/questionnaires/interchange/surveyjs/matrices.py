"""SurveyJS matrices: batteries where their columns are a scale, else an item per row or per cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item, ItemType, Row, Texts
from survey_app.questionnaires.interchange.drafts import DraftItem
from survey_app.questionnaires.interchange.ratings import Answer, Converted, Rated, choice, options, rated, with_scale
from survey_app.questionnaires.interchange.surveyjs.choices import answers_of
from survey_app.questionnaires.interchange.surveyjs.conditions import asking_of
from survey_app.questionnaires.interchange.surveyjs.elements import Element, as_text, inner_elements
from survey_app.questionnaires.interchange.surveyjs.leftovers import enter_leftovers, lose_unsaid
from survey_app.questionnaires.interchange.surveyjs.making import CELLS, Making, kept_question, lost_question
from survey_app.questionnaires.interchange.surveyjs.scales import numbered

RowAnswers = list[Answer]
Read = Callable[[Element, Making], list[DraftItem]]
MOST_CELLS = 300
CHOOSING = frozenset({"dropdown", "radiogroup", "default"})


def matrix(element: Element, making: Making) -> list[DraftItem]:
    """Return a matrix as a battery, or as a choice per row where its columns are no scale."""
    rows, columns = side(element, "rows", making), side(element, "columns", making)
    if not columns:
        return lost_question(making, element, _("It has no rows or no columns."))
    if not rows:
        return _single_row(element, columns, making)
    kind = ItemType.MULTIPLE if element.word("cellType") == "checkbox" else ItemType.LIKERT
    scale = numbered(columns, making.main) or rated(columns, making.main) if kind is ItemType.LIKERT else None
    if scale is not None:
        kept_question(making, element)
        item = replace(making.item(element, ItemType.LIKERT), is_shuffled=_is_shuffled(element))
        return [_battery(item, rows, scale, _Naming(element, making))]
    kept_question(making, element, _("Its columns are no scale of 3 to 10 points, so each row is an item of its own."))
    if element.flag("isRequired") or element.flag("eachRowRequired"):
        making.ledger.kept("required", element.name)
    kind = ItemType.SINGLE if kind is ItemType.LIKERT else kind
    return [_row_choice(element, row, columns, kind, making) for row in rows]


def matrix_of_columns(element: Element, making: Making, read: Read) -> list[DraftItem]:
    """Return a matrix whose columns are questions: a battery per column of ratings, else an item per cell."""
    rows = side(element, "rows", making)
    columns = columns_of(element, making)
    if not rows or not columns:
        return lost_question(making, element, _("It has no rows or no columns."))
    if len(rows) * len(columns) > MOST_CELLS:
        return lost_question(making, element, _("It asks more than a questionnaire can hold."))
    kept_question(making, element, _("Each column is a battery or a row of items of its own."))
    if element.flag("isRequired") or element.flag("eachRowRequired"):
        making.ledger.kept("required", element.name)
    shared = enter_options(element.listed("choices"), element, making)
    cells = _Cells(element, rows, shared, making, read)
    return [draft for column in columns for draft in cells.column(column)]


def columns_of(element: Element, making: Making) -> list[Element]:
    """Return the columns of a matrix, each entered."""
    columns = inner_elements(element.listed("columns"), "column", making.ledger)
    for each in columns:
        name = f"{element.name}.{each.name}"
        making.ledger.kept("column", name)
        if each.flag("isRequired"):
            making.ledger.kept("required", name)
    return columns


def column_question(column: Element, matrix_name: str, shared: list[Any], kind: str) -> Element:
    """Return a column as the question that each of its cells asks."""
    own = column.word("cellType") or kind or "dropdown"
    names = {"default": "dropdown"}
    native = {"choices": shared} | column.native | {"type": names.get(own, own), "name": f"{matrix_name}.{column.name}"}
    return replace(column, native={key: value for key, value in native.items() if key != "cellType"})


def enter_options(native: list[Any], element: Element, making: Making) -> RowAnswers:
    """Return options that several questions share, each entered once."""
    answers = answers_of(native, element, making)
    for each in answers:
        making.ledger.kept("option", f"{element.name}: {each.native}")
    return answers


def side(element: Element, key: str, making: Making) -> RowAnswers:
    """Return the rows or columns of a matrix, each entered."""
    found = answers_of(element.listed(key), element, making, is_row=key == "rows")
    for each in found:
        making.ledger.kept(key.removesuffix("s"), f"{element.name}.{each.native}")
    return found


def together(title: Texts, own: Texts) -> Texts:
    """Return two texts as one, in every language."""
    tags = dict.fromkeys([*title, *own])
    parts = {tag: [each.get(tag, "") for each in (title, own)] for tag in tags}
    return {tag: " \N{EN DASH} ".join(part for part in both if part)[:4000] for tag, both in parts.items()}


def retitled(drafts: list[DraftItem], title: Texts, own: Texts) -> list[DraftItem]:
    """Return drafts under the title of what they stand in."""
    for each in drafts:
        each.item = replace(each.item, text=together(title, own))
    return drafts


@dataclass(frozen=True, slots=True)
class _Cells:
    """A matrix whose columns are questions, column by column."""

    element: Element
    rows: RowAnswers
    shared: RowAnswers
    making: Making
    read: Read

    def column(self, column: Element) -> list[DraftItem]:
        kind = column.word("cellType") or self.element.word("cellType") or "default"
        own = enter_options(column.listed("choices"), column, self.making) or self.shared
        scale = numbered(own, self.making.main) or rated(own, self.making.main) if kind in CHOOSING and own else None
        titled = together(self.making.texts(self.element.get("title"), self.element.name), self._title(column))
        if scale is None or asking_of(column):
            return self._questions(column, kind, titled)
        return [self._battery(column, scale, titled)]

    def _battery(self, column: Element, scale: Rated, titled: Texts) -> DraftItem:
        code = self.making.codes.take(f"{self.element.name}_{column.name}", "q")
        is_required = self.element.flag("isRequired") or column.flag("isRequired")
        item = Item(code=code, type=ItemType.LIKERT, text=titled, is_required=is_required)
        named = replace(column, native=column.native | {"name": f"{self.element.name}.{column.name}"})
        lose_unsaid(named, self.making)
        enter_leftovers(named, self.making)
        return _battery(item, self.rows, scale, _Naming(self.element, self.making, column.name))

    def _questions(self, column: Element, kind: str, titled: Texts) -> list[DraftItem]:
        question = column_question(column, self.element.name, self.element.listed("choices"), kind)
        found: list[DraftItem] = []
        for row in self.rows:
            # Cells are alike: what the first one holds is entered, for all of them.
            making = self.making.quiet() if found else self.making.parts(CELLS)
            cell = replace(
                question, native=question.native | {"name": f"{self.element.name}.{row.native}.{column.name}"}
            )
            drafts = retitled(self.read(cell, making), titled, row.texts)
            here = f"{{{self.element.name}.{row.native}."
            for label, said in asking_of(column):
                looked_at = said.replace("{row.", here)
                self.making.inner += [(each, f"{self.element.name}.{label}", looked_at) for each in drafts]
            for label, said in row_conditions(self.element, row.native):
                self.making.inner += [(each, label, said) for each in drafts]
            found += drafts
        return found

    def _title(self, column: Element) -> Texts:
        making = self.making
        return making.texts(column.get("title"), column.name) or making.texts(column.name, column.name)


def row_conditions(element: Element, native: str) -> Iterator[tuple[str, str]]:
    """Yield when a row is shown: by its own condition, and by the one for all rows, which names the row's value."""
    for row in element.listed("rows"):
        if isinstance(row, dict) and as_text(row.get("value", row.get("name"))) == native:
            own = Element({**row, "name": f"{element.name}.{native}"})
            yield from asking_of(own)
    for_all = element.word("rowsVisibleIf")
    if for_all:
        quoted = "'" + native.replace("\\", "\\\\").replace("'", "\\'") + "'"
        yield f"{element.name}.rowsVisibleIf", for_all.replace("{item}", quoted)


def _single_row(element: Element, columns: RowAnswers, making: Making) -> list[DraftItem]:
    kept_question(making, element, _("It has no rows, so it is a choice of one."))
    return making.draft(element, choice(making.item(element, ItemType.SINGLE), columns, making.main))


def _is_shuffled(element: Element) -> bool:
    return "random" in {element.word("rowsOrder"), element.word("rowOrder")}


@dataclass(frozen=True, slots=True)
class _Naming:
    """How expressions call the cells of a matrix."""

    element: Element
    making: Making
    column: str = ""

    def row(self, native: str, item: Item, values: dict[str, Any], code: str = "") -> None:
        """Name the answer of one row."""
        cell = f"{self.element.name}.{native}"
        self.making.name(f"{cell}.{self.column}" if self.column else cell, item, values, code)


def _battery(item: Item, rows: RowAnswers, scale: Rated, naming: _Naming) -> DraftItem:
    making = naming.making
    own = tuple(Row(making.codes.take(_row_name(row.native, item, making), "row"), row.texts) for row in rows)
    found = with_scale(replace(item, rows=own), scale)
    draft = DraftItem(found, naming.element.name)
    for native, row in zip(rows, own, strict=True):
        naming.row(native.native, found, dict(scale.points), row.code)
        for label, said in row_conditions(naming.element, native.native):
            making.inner_rows.append((draft, row.code, label, said))
    return draft


def _row_name(native: str, item: Item, making: Making) -> str:
    return native if native in making.single else f"{item.code}_{native}"


def _row_choice(element: Element, row: Answer, columns: RowAnswers, kind: ItemType, making: Making) -> DraftItem:
    code = making.codes.take(f"{element.name}_{row.native}", "q")
    text = together(making.texts(element.get("title"), element.name), row.texts)
    is_required = element.flag("isRequired") or element.flag("eachRowRequired")
    item = Item(code=code, type=kind, text=text, is_required=is_required)
    converted: Converted = options(item, columns)
    making.name(f"{element.name}.{row.native}", converted.item, converted.values)
    draft = DraftItem(converted.item, element.name)
    making.inner += [(draft, label, said) for label, said in row_conditions(element, row.native)]
    return draft
