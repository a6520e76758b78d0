"""Every format in which a questionnaire can leave at once; the paper copy is made by a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.interchange.codebook import write_codebook
from survey_app.questionnaires.interchange.exporting import Exported
from survey_app.questionnaires.interchange.native import write_text
from survey_app.questionnaires.interchange.reports import Report
from survey_app.questionnaires.interchange.spss import write_spss
from survey_app.questionnaires.interchange.surveyjs import write_surveyjs
from survey_app.questionnaires.interchange.xlsform import write_xlsform

# Formats that speak one language, which can be chosen.
IN_ONE_LANGUAGE = frozenset({"spss"})
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Format:
    """One format: the ending of its files, their media type, and what writes it."""

    ending: str
    media_type: str
    write: Callable[[Questionnaire], Exported]


def in_language(questionnaire: Questionnaire, language: str | None) -> Questionnaire:
    """Return a questionnaire whose texts stand first in a language of its own, which formats of one language speak."""
    if language is None or language not in questionnaire.languages:
        return questionnaire
    others = (tag for tag in questionnaire.languages if tag != language)
    return replace(questionnaire, languages=(language, *others))


def _native(form: str) -> Callable[[Questionnaire], Exported]:
    return lambda questionnaire: Exported(write_text(questionnaire, form).encode(), Report("native"))


def _codebook(questionnaire: Questionnaire) -> Exported:
    return Exported(write_codebook(questionnaire).encode(), Report("codebook"))


FORMATS: dict[str, Format] = {
    "yaml": Format("yaml", "application/yaml; charset=utf-8", _native("yaml")),
    "json": Format("json", "application/json; charset=utf-8", _native("json")),
    "surveyjs": Format("surveyjs.json", "application/json; charset=utf-8", write_surveyjs),
    "xlsform": Format("xlsx", XLSX, write_xlsform),
    "codebook": Format("csv", "text/csv; charset=utf-8", _codebook),
    "spss": Format("sps", "text/plain; charset=utf-8", write_spss),
}
