"""SurveyJS files: JSON that is read without trusting it, and the report of everything it held."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.findings import Finding, QuestionnaireError
from survey_app.questionnaires.interchange.accounting import Ledger
from survey_app.questionnaires.interchange.assembling import assembled
from survey_app.questionnaires.interchange.outcomes import with_outcome
from survey_app.questionnaires.interchange.pipes import without_early_fields
from survey_app.questionnaires.interchange.reports import Imported, Report
from survey_app.questionnaires.interchange.surveyjs.conditions import TRIGGER
from survey_app.questionnaires.interchange.surveyjs.elements import as_text, elements_by_name, single_names
from survey_app.questionnaires.interchange.surveyjs.literals import read_literals
from survey_app.questionnaires.interchange.surveyjs.making import Making
from survey_app.questionnaires.interchange.surveyjs.piping import pipe
from survey_app.questionnaires.interchange.surveyjs.reading import COUNTED_KEYS, KEPT_KEYS, draft_of, readings
from survey_app.questionnaires.interchange.surveyjs.speech import speech_of
from survey_app.questionnaires.parsing import parse, to_data
from survey_app.questionnaires.texts import with_texts

LARGEST_FILE = 2_000_000
FORMAT = "surveyjs"


def looks_like_surveyjs(data: object) -> bool:
    """Return whether parsed JSON has the shape of a SurveyJS survey."""
    if not isinstance(data, dict) or "format_version" in data or "SurveyEntry" in data:
        return False
    if any(isinstance(data.get(key), list) for key in ("elements", "questions")):
        return True
    pages = data.get("pages")
    if not isinstance(pages, list):
        return False
    return any(isinstance(page, dict) and ("elements" in page or "questions" in page) for page in pages)


def survey_in(data: object) -> dict[str, Any] | None:
    """Return the survey that parsed JSON is, or holds under a name (`{"json": {...}}`), as services send it."""
    if not isinstance(data, dict) or looks_like_surveyjs(data):
        return data if isinstance(data, dict) and looks_like_surveyjs(data) else None
    return next((inside for inside in data.values() if isinstance(inside, dict) and looks_like_surveyjs(inside)), None)


def survey_in_script(text: str) -> dict[str, Any] | None:
    """Return the first survey that stands in a script, or in JSON with comments or bare keys."""
    surveys = (survey_in(each) for each in read_literals(text))
    return next((each for each in surveys if each is not None), None)


def read_surveyjs(data: bytes) -> Imported:
    """Return the questionnaire that a SurveyJS file holds; raise QuestionnaireError where it holds none."""
    native = _loaded(data)
    if native is None:
        raise _refused(_("This is no SurveyJS questionnaire: it has neither pages nor questions."))
    ledger = Ledger()
    making = Making(ledger, speech_of(native, ledger), single=single_names(native), natives=elements_by_name(native))
    reading = readings(native, making)
    if not any(page.items for page in reading.pages):
        raise _refused(_("Nothing in this file can be asked here."))
    reading.pages = [page for page in reading.pages if page.items or page.jumps]
    _settings(native, making)
    found = with_texts(assembled(draft_of(reading, native), ledger), pipe(making))
    found = _entitled(with_outcome(without_early_fields(found, ledger), ledger))
    # Read once more: whatever comes in is a questionnaire as strict as any.
    return Imported(parse(to_data(found)), _told(ledger.report(FORMAT)))


def _loaded(data: bytes) -> dict[str, Any] | None:
    if len(data) > LARGEST_FILE:
        raise _refused(_("This file is larger than %(most)s MB.", most=LARGEST_FILE // 1_000_000))
    try:
        text = data.decode("utf-8-sig")
        return survey_in(json.loads(text))
    except UnicodeDecodeError as error:
        raise _refused(_("This file is not written in UTF-8. Save it as UTF-8 and try again.")) from error
    except (ValueError, RecursionError) as error:
        found = survey_in_script(text)
        if found is None:
            raise _refused(_("This is no whole JSON file. Export it from SurveyJS once more.")) from error
        return found


def _refused(message: str) -> QuestionnaireError:
    return QuestionnaireError([Finding("", message)])


def _settings(native: dict[str, Any], making: Making) -> None:
    """Enter what stands beside the pages: what nothing of ours says is lost by name."""
    ledger = making.ledger
    for key, kind in {"calculatedValues": "calculated value", "completedHtmlOnCondition": "conditional ending"}.items():
        listed = native.get(key)
        for number, each in enumerate(listed if isinstance(listed, list) else [], start=1):
            name = as_text(each.get("name")) if isinstance(each, dict) else ""
            ledger.lost(kind, name or f"{key} {number}", _("Nothing of ours says it."))
    for key in ("questionsOrder", "questionOrder"):
        if native.get(key) == "random":
            ledger.lost("randomisation", key, _("Set the random order on each page."))
    for key in native:
        if key not in KEPT_KEYS and key not in COUNTED_KEYS:
            ledger.lost("setting", key, _("This setting of the player has no counterpart."))


def _entitled(questionnaire: Questionnaire) -> Questionnaire:
    main = questionnaire.languages[0]
    title = questionnaire.title or {main: _("Imported questionnaire")}
    return replace(questionnaire, title=title)


def _told(report: Report) -> Report:
    """Return the report with triggers told apart from other conditions."""
    entries = (
        replace(each, kind="trigger") if each.kind == "condition" and each.name.startswith(TRIGGER) else each
        for each in report.entries
    )
    return replace(report, entries=tuple(entries))
