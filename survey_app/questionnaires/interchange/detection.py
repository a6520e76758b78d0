"""Which tool wrote a file: told by what it holds, never by its name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from flask_babel import gettext as _

from survey_app.questionnaires.findings import Finding, QuestionnaireError
from survey_app.questionnaires.interchange.accounting import Ledger
from survey_app.questionnaires.interchange.limesurvey import read_limesurvey
from survey_app.questionnaires.interchange.native import read_text
from survey_app.questionnaires.interchange.qualtrics import read_qualtrics
from survey_app.questionnaires.interchange.reports import Imported
from survey_app.questionnaires.interchange.surveyjs import read_surveyjs, survey_in, survey_in_script
from survey_app.questionnaires.interchange.xlsform import SHEETS, is_workbook, read_xlsform

NATIVE, SURVEYJS, LIMESURVEY, QUALTRICS, XLSFORM = "native", "surveyjs", "limesurvey", "qualtrics", "xlsform"
LARGEST_FILE = 10_000_000
HEAD = 4000
IN_SCRIPT = re.compile(rb"""\b(?:elements|questions)["']?\s*:\s*\[\s*(?:\{|//|/\*|\])""")
MARKS = ("\ufeff", " ", "\t", "\r", "\n")


def read_questionnaire(data: bytes, kind: str | None = None) -> tuple[str, Imported]:
    """Return the kind of a file and what it holds; raise QuestionnaireError, in words, where it holds nothing.

    The kind is one of KINDS; where none is given, the file's content tells it.
    """
    if len(data) > LARGEST_FILE:
        raise _refused(_("This file is larger than %(most)s MB.", most=LARGEST_FILE // 1_000_000))
    found = kind or kind_of(data)
    return found, KINDS[found](data)


def kind_of(data: bytes) -> str:
    """Return which of KINDS a file is; raise QuestionnaireError with a sentence where it is none of them."""
    if is_workbook(data):
        return XLSFORM
    _refuse_other_things(data)
    head = data[:HEAD].decode("utf-8", "replace").lstrip("".join(MARKS))
    if head.startswith("<"):
        return LIMESURVEY if _is_limesurvey(head) else _unknown_xml(head)
    if head.startswith("{"):
        return _kind_of_json(data)
    if _is_form_as_csv(head):
        return XLSFORM
    return SURVEYJS if _is_surveyjs_in_script(data) else NATIVE


def _kind_of_json(data: bytes) -> str:
    try:
        native = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return _kind_of_broken_json(data, error)
    if isinstance(native, dict) and ("SurveyEntry" in native or "SurveyElements" in native):
        return QUALTRICS
    return SURVEYJS if survey_in(native) is not None and "languages" not in native else NATIVE


def _kind_of_broken_json(data: bytes, error: Exception) -> str:
    """Return the kind by its marks, whose reader tells the fault; YAML is read more kindly than JSON."""
    if b'"SurveyEntry"' in data[:HEAD]:
        return QUALTRICS
    if b'"elements"' in data or _is_surveyjs_in_script(data):
        return SURVEYJS
    is_ours = any(key in data for key in (b"pages", b"languages", b"format"))
    if not is_ours and isinstance(error, json.JSONDecodeError):
        raise _refused(_("This file is damaged JSON from line %(line)s on. Export it anew.", line=error.lineno))
    return NATIVE


def _is_surveyjs_in_script(data: bytes) -> bool:
    """Return whether a survey stands in a script, with bare keys or comments, as examples and web pages have it."""
    return bool(IN_SCRIPT.search(data)) and survey_in_script(data.decode("utf-8-sig", "replace")) is not None


def _is_limesurvey(head: str) -> bool:
    return "LimeSurveyDocType" in head or "<document" in head


def _unknown_xml(head: str) -> str:
    if "<html" in head.lower() or "<!doctype html" in head.lower():
        raise _refused(_("This is a web page, not a questionnaire. Export the survey from the tool that made it."))
    raise _refused(_("This XML file was not written by LimeSurvey. Export the survey's structure as .lss."))


def _is_form_as_csv(head: str) -> bool:
    first = head.partition("\n")[0].strip().lower()
    return first.partition(",")[0].strip('" ') in SHEETS and "," in head


def _refuse_other_things(data: bytes) -> None:
    """Refuse by name what people take for a questionnaire now and then."""
    pictures = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
    if not data.strip():
        raise _refused(_("This file is empty."))
    if data.startswith(b"%PDF"):
        raise _refused(_("This is a PDF. Export the survey from the tool that made it, not from its printout."))
    if data.startswith(pictures):
        raise _refused(_("This is a picture, not a questionnaire."))


def _refused(message: str) -> QuestionnaireError:
    return QuestionnaireError([Finding("", message)])


def _read_native(data: bytes) -> Imported:
    if b":" not in data:
        raise _refused(
            _(
                "This is no file of a kind that can be read: YAML or JSON of ours, SurveyJS, LimeSurvey (.lss), "
                "Qualtrics (.qsf) or XLSForm (.xlsx, .xls)."
            )
        )
    questionnaire = read_text(data)
    ledger = Ledger()
    ledger.kept("page", NATIVE, count=len(questionnaire.pages))
    ledger.kept("question", NATIVE, count=len(questionnaire.items))
    return Imported(questionnaire, ledger.report(NATIVE))


KINDS: dict[str, Callable[[bytes], Imported]] = {
    NATIVE: _read_native,
    SURVEYJS: read_surveyjs,
    LIMESURVEY: read_limesurvey,
    QUALTRICS: read_qualtrics,
    XLSFORM: read_xlsform,
}
