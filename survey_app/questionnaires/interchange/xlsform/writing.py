"""Our questionnaires as XLSForm workbooks, with a report of what XLSForm cannot say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

from babel import Locale, UnknownLocaleError
from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item, Questionnaire, Texts, text_in
from survey_app.questionnaires.interchange.accounting import Ledger
from survey_app.questionnaires.interchange.codes import code_from
from survey_app.questionnaires.interchange.exporting import Condition, Exported, page_conditions, sayable
from survey_app.questionnaires.interchange.xlsform.asking import Row, rows_of
from survey_app.questionnaires.interchange.xlsform.saying import Saying, saying_of

FORMAT = "xlsform"
COLUMNS = ("type", "name")
BEHIND = ("relevant", "constraint", "required", "appearance", "parameters", "calculation")


@dataclass(slots=True)
class Book:
    """The three sheets of a form in the making; lists of options that are alike are written once."""

    questionnaire: Questionnaire
    survey: list[dict[str, Any]] = field(default_factory=list)
    lists: dict[str, list[tuple[str, Texts]]] = field(default_factory=dict)
    # Expressions call questions by their names, so these have them first.
    names: set[str] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the names of all answers."""
        self.names = {code for item in self.questionnaire.items for code in (item.code, *item.measure_codes)}

    def name(self, wanted: str) -> str:
        """Return a name that nothing else in the form has."""
        found, number = wanted, 1
        while found in self.names:
            number += 1
            found = f"{wanted}_{number}"
        self.names.add(found)
        return found

    def list_name(self, wanted: str, options: list[tuple[str, Texts]]) -> str:
        """Return the name of the list that holds these options."""
        for name, known in self.lists.items():
            if known == options:
                return name
        self.lists[wanted] = options
        return wanted


def write_xlsform(questionnaire: Questionnaire) -> Exported:
    """Return a questionnaire as an XLSForm workbook."""
    ledger = Ledger()
    book = Book(questionnaire)
    saying = saying_of(questionnaire, ledger)
    shown = page_conditions(questionnaire, ledger)
    for page in questionnaire.pages:
        book.survey.append(_begin(book.name(page.code), page.title, _relevant(page.code, shown[page.code], saying)))
        if page.is_shuffled:
            ledger.lost("randomisation", page.code, _("XLSForm has nothing like it."))
        for item in page.items:
            _write(item, book, saying)
        book.survey.append({"type": "end_group"})
    for quota in questionnaire.quotas:
        ledger.lost("quota", quota.code, _("XLSForm has nothing like it."))
    for name in ("introduction", "thanks", "screened_out", "quota_full"):
        if getattr(questionnaire, name):
            ledger.lost("text", name, _("XLSForm has nothing like it."))
    return Exported(_workbook(book, saying), ledger.report(FORMAT))


def _write(item: Item, book: Book, saying: Saying) -> None:
    rows = list(rows_of(item, saying))
    relevant = _relevant(item.code, item.show_if, saying)
    is_group = sum(not row.follows for row in rows) > 1
    if is_group:
        book.survey.append(_begin(book.name(f"{item.code}_group"), item.text, relevant) | {"appearance": "field-list"})
    for row in rows:
        # A row that stands for a part of its item needs a name of its own.
        named = row if row.name in {item.code, *item.measure_codes} else replace(row, name=book.name(row.name))
        book.survey.append(_cells(named, book, row.follows or ("" if is_group else relevant)))
    if is_group:
        book.survey.append({"type": "end_group"})


def _cells(row: Row, book: Book, relevant: str) -> dict[str, Any]:
    options = book.list_name(f"{row.name}_list", row.options) if row.options else ""
    # A calculation has no list; its groups stand among the choices for those who read them.
    kind = f"{row.type} {options}" if options and row.type != "calculate" else row.type
    cells = {"type": kind, "name": row.name, "label": row.label, "hint": row.hint, "relevant": relevant}
    return cells | row.others


def _begin(name: str, title: Texts, relevant: str) -> dict[str, Any]:
    return {"type": "begin_group", "name": name, "label": title, "relevant": relevant}


def _relevant(name: str, condition: Condition | None, saying: Saying) -> str:
    if condition is None:
        return ""
    if sayable(condition, saying.names) and (expression := saying.expression(condition)) is not None:
        saying.ledger.kept("condition", f"{name}.relevant")
        return expression
    message = _("It looks at what XLSForm does not know, or is too long; this is always shown there.")
    saying.ledger.lost("condition", f"{name}.relevant", message)
    return ""


def _workbook(book: Book, saying: Saying) -> bytes:
    import xlsxwriter  # noqa: PLC0415 - 5 MB of each web process, most of which never write one

    questionnaire = book.questionnaire
    labels = {tag: f"label::{_language(tag)}" for tag in questionnaire.languages}
    hints = {tag: f"hint::{_language(tag)}" for tag in questionnaire.languages}
    written = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(written, options) as workbook:
        head = [*COLUMNS, *labels.values(), *hints.values(), *BEHIND]
        _sheet(workbook, "survey", head, _survey(book, labels, hints, saying))
        _sheet(workbook, "choices", ["list_name", "name", *labels.values()], _choices(book, labels, saying))
        title = text_in(questionnaire.title, "", questionnaire.languages)
        row = {"form_title": title, "form_id": code_from(title, "form")}
        row["default_language"] = _language(questionnaire.languages[0])
        _sheet(workbook, "settings", list(row), iter([row]))
    return written.getvalue()


def _survey(book: Book, labels: dict[str, str], hints: dict[str, str], saying: Saying) -> Iterator[dict[str, str]]:
    for cells in book.survey:
        plain = {name: str(value) for name, value in cells.items() if name not in {"label", "hint"}}
        label = {labels[tag]: saying.text(text) for tag, text in cells.get("label", {}).items()}
        yield plain | label | {hints[tag]: saying.text(text) for tag, text in cells.get("hint", {}).items()}


def _choices(book: Book, labels: dict[str, str], saying: Saying) -> Iterator[dict[str, str]]:
    for name, options in book.lists.items():
        for code, texts in options:
            words = {labels[tag]: saying.text(text) for tag, text in texts.items()}
            yield {"list_name": name, "name": code} | words


def _sheet(workbook: Any, name: str, head: list[str], rows: Iterator[dict[str, str]]) -> None:
    sheet = workbook.add_worksheet(name)
    bold = workbook.add_format({"bold": True})
    for column, title in enumerate(head):
        sheet.write_string(0, column, title, bold)
        for_width = 14 if column < len(COLUMNS) else 30
        sheet.set_column(column, column, for_width)
    for number, row in enumerate(rows, start=1):
        for column, title in enumerate(head):
            if row.get(title):
                # Always a text: a cell that begins with = is a wording, not a formula.
                sheet.write_string(number, column, row[title])
    sheet.freeze_panes(1, 0)


def _language(tag: str) -> str:
    """Return a language as columns name it: `English (en)`."""
    try:
        name = Locale.parse(tag, sep="-").english_name or tag
    except (UnknownLocaleError, ValueError):
        name = tag
    return f"{re.sub(r'[:()]', '', name).strip()} ({tag})"
