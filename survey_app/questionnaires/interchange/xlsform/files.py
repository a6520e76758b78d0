"""XLSForm files as questionnaires of ours, with the report of everything that they held."""

from __future__ import annotations

import re

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Questionnaire, Texts
from survey_app.questionnaires.interchange.accounting import Ledger, fitting, plain
from survey_app.questionnaires.interchange.assembling import assembled
from survey_app.questionnaires.interchange.drafts import Draft
from survey_app.questionnaires.interchange.outcomes import with_outcome
from survey_app.questionnaires.interchange.pipes import without_early_fields
from survey_app.questionnaires.interchange.reports import Imported
from survey_app.questionnaires.interchange.xlsform.chance import groups_in
from survey_app.questionnaires.interchange.xlsform.columns import Line, lines_of
from survey_app.questionnaires.interchange.xlsform.form import Form, tags_of
from survey_app.questionnaires.interchange.xlsform.properties import enter_columns, enter_unsaid
from survey_app.questionnaires.interchange.xlsform.reading import MOST_ROWS, Reading
from survey_app.questionnaires.interchange.xlsform.types import row_type
from survey_app.questionnaires.interchange.xlsform.workbook import SHEETS, Workbook, read_workbook, refused
from survey_app.questionnaires.parsing import LONGEST_TITLE, parse, to_data
from survey_app.questionnaires.texts import with_texts

FORMAT = "xlsform"
KEPT_SETTINGS = frozenset({"form_title", "default_language"})
KEPT_CHOICE_COLUMNS = frozenset({"list_name", "name", "label"})
_NAME = re.compile(r"\$\{\s*([^{}\s]{1,200})\s*\}")


def read_xlsform(data: bytes) -> Imported:
    """Return the questionnaire that an XLSForm holds; raise QuestionnaireError where it holds none."""
    workbook = read_workbook(data)
    survey = lines_of(workbook.sheets.get("survey", []))
    if not any(line.get("type") for line in survey):
        raise refused(_("This is no XLSForm: it has no sheet named survey with a column named type."))
    ledger = Ledger()
    _sheets(workbook, ledger)
    settings = next(iter(lines_of(workbook.sheets.get("settings", []))), Line(0, {}))
    choices = lines_of(workbook.sheets.get("choices", []))
    tags = tags_of((survey, choices), settings.get("default_language"), ledger)
    form = Form(ledger, tags, _lists(choices))
    _settings(settings, ledger)
    enter_columns(survey, form)
    _enter_choices(survey, form)
    nameless = sum(not line.get("list_name") for line in choices)
    ledger.lost("option", "…", _("It names no list."), nameless)
    return Imported(_questionnaire(_read(survey, form), settings, form), ledger.report(FORMAT))


def _read(survey: list[Line], form: Form) -> Reading:
    reading = Reading(form)
    for line in survey[:MOST_ROWS]:
        reading.line(line)
    surplus = len(survey) - MOST_ROWS
    form.ledger.lost("row", "…", _("A form is read up to row %(n)s.", n=MOST_ROWS), surplus)
    reading.settle()
    if not any(page.items for page in reading.pages):
        raise refused(_("Nothing in this file can be asked here."))
    return reading


def _questionnaire(reading: Reading, settings: Line, form: Form) -> Questionnaire:
    main, ledger = form.main, form.ledger
    title = fitting(
        {main: plain(settings.get("form_title"), ledger, "form_title")}, LONGEST_TITLE, ledger, "form_title"
    )
    shell = Questionnaire(title or {main: _("Imported questionnaire")}, form.languages, ())
    found = with_texts(assembled(Draft(shell, reading.pages), ledger), lambda key, texts: _piped(key, texts, form))
    # Read once more: whatever comes in is a questionnaire as strict as any.
    return parse(to_data(with_outcome(without_early_fields(found, ledger), ledger)))


def _lists(choices: list[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in choices:
        if line.get("list_name"):
            found.setdefault(line.get("list_name"), []).append(line)
    return found


def _sheets(workbook: Workbook, ledger: Ledger) -> None:
    for name in workbook.names:
        if name.strip().lower() in SHEETS:
            ledger.kept("sheet", name)
        else:
            ledger.lost("sheet", name, _("A form is made of the sheets survey, choices and settings."))


def _settings(settings: Line, ledger: Ledger) -> None:
    for heading in settings.cells:
        if heading.name in KEPT_SETTINGS:
            ledger.kept("setting", heading.name)
        else:
            ledger.lost("setting", heading.name, _("This setting has no counterpart."))


def _enter_choices(survey: list[Line], form: Form) -> None:
    """Enter every list with its options: those that a question uses are kept."""
    used = {row_type(line.get("type")).choices for line in survey}
    used |= {f"{line.get('name')}_list" for line in survey if groups_in(line.get("calculation"))}
    for name, lines in form.choices.items():
        if name not in used:
            message = _("No question uses this list.")
            form.ledger.lost("choice list", name, message)
            form.ledger.lost("option", name, message, len(lines))
            continue
        form.ledger.kept("choice list", name)
        for line in lines:
            form.ledger.kept("option", f"{name}: {line.get('name')}")
            enter_unsaid(line, form)
        extra = {head.name for line in lines for head in line.cells} - KEPT_CHOICE_COLUMNS
        for column in sorted(each for each in extra if not each.startswith("media::")):
            form.ledger.lost("choice column", f"{name}.{column}", _("Options have a code and a text, nothing else."))


def _piped(key: str, texts: Texts, form: Form) -> Texts:
    """Return a text with its `${names}` as merge fields of ours; what names nothing known stays as it is typed."""

    def field(found: re.Match[str]) -> str:
        target = form.names.get(found[1])
        if target is None:
            form.ledger.lost("reference", f"{key}: {found[0]}", _("It stays in the text as it is typed."))
            return found[0]
        form.ledger.kept("reference", f"{key}: {found[0]}")
        return f"{{answer.{target.code}}}"

    return {tag: _NAME.sub(field, text) for tag, text in texts.items()}
