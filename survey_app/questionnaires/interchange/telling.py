"""Reports of imports and exports for people: in words, as lines, as CSV for spreadsheets, as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from survey_app.questionnaires.interchange.reports import Fate
from survey_app.questionnaires.interchange.things import (
    things_of_limesurvey,
    things_of_qualtrics,
    things_of_surveyjs,
    things_of_xlsform,
)
from survey_app.web.csv_cells import csv_text

FORMS = ("txt", "csv", "json")
_THINGS = {
    "question": _l("Questions"),
    "item": _l("Parts of questions"),
    "page": _l("Pages"),
    "group": _l("Groups"),
    "panel": _l("Panels"),
    "block": _l("Blocks"),
    "option": _l("Options"),
    "row": _l("Rows"),
    "column": _l("Columns"),
    "condition": _l("Conditions"),
    "trigger": _l("Triggers"),
    "quota": _l("Quotas"),
    "language": _l("Languages"),
    "setting": _l("Settings"),
    "required": _l("Required answers"),
    "validator": _l("Checks of answers"),
    "randomisation": _l("Random orders"),
    "reference": _l("Names in texts"),
    "media": _l("Pictures and media"),
    "script": _l("Scripts"),
    "markup": _l("Formatted texts"),
    "default": _l("Answers filled in beforehand"),
    "choice list": _l("Lists of options"),
    "calculated value": _l("Calculated values"),
    "role": _l("Roles"),
    "limit": _l("Limits"),
    "subquestion": _l("Subquestions"),
    "translation": _l("Translations"),
    "text": _l("Texts"),
    "variable": _l("Variables"),
}


def kind_names() -> dict[str, str]:
    """Return what every kind of file is called."""
    return {
        "native": _("Our own format"),
        "surveyjs": "SurveyJS",
        "limesurvey": "LimeSurvey",
        "qualtrics": "Qualtrics",
        "xlsform": "XLSForm",
        "spss": "SPSS",
    }


def fate_names() -> dict[str, str]:
    """Return what can become of a thing."""
    return {Fate.KEPT: _("kept"), Fate.CHANGED: _("changed"), Fate.LOST: _("lost")}


def thing_names() -> dict[str, str]:
    """Return what the things of a file are called; what stands in no list is called as its importer calls it."""
    shared = {kind: str(name) for kind, name in _THINGS.items()}
    return things_of_limesurvey() | things_of_qualtrics() | things_of_surveyjs() | things_of_xlsform() | shared


def totals(report: Mapping[str, Any]) -> dict[str, int]:
    """Return how many things of a stored report had each fate."""
    found = dict.fromkeys([fate.value for fate in Fate], 0)
    for counts in report["counts"].values():
        for fate, n in counts.items():
            found[fate] += n
    return found


def report_text(report: Mapping[str, Any], form: str) -> str:
    """Return a stored report in one of the FORMS."""
    if form == "json":
        return json.dumps(report, ensure_ascii=False, indent=2) + "\n"
    rows = [[each["fate"], each["kind"], each["name"], each["count"], each["message"]] for each in report["entries"]]
    if form == "csv":
        return csv_text([["fate", "kind", "name", "count", "message"], *rows])
    return _lines(report)


def _lines(report: Mapping[str, Any]) -> str:
    fates, things = fate_names(), thing_names()
    lines = [kind_names().get(report["format"], report["format"]), ""]
    for kind, counts in report["counts"].items():
        said = ", ".join(f"{n} {fates.get(fate, fate)}" for fate, n in counts.items())
        lines.append(f"{things.get(kind, kind)}: {said}")
    lines.append("")
    for each in report["entries"]:
        if each["fate"] != Fate.KEPT.value:
            times = f" ({each['count']})" if each["count"] > 1 else ""
            lines.append(f"{fates[each['fate']]}: {each['kind']} {each['name']}{times}. {each['message']}".rstrip())
    return "\n".join(lines) + "\n"
