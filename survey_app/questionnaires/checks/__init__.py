"""Looks a questionnaire over before it is published: errors keep it back, warnings and hints ask to be considered."""

from __future__ import annotations

from collections.abc import Iterable

from survey_app.questionnaires.changes import trend_findings
from survey_app.questionnaires.checking import CheckFinding, Level, Setting
from survey_app.questionnaires.checks.items import item_findings
from survey_app.questionnaires.checks.languages import language_findings
from survey_app.questionnaires.checks.length import length_findings
from survey_app.questionnaires.checks.merge_fields import merge_field_findings
from survey_app.questionnaires.checks.order import order_findings
from survey_app.questionnaires.checks.privacy import privacy_findings
from survey_app.questionnaires.checks.quotas import quota_findings
from survey_app.questionnaires.checks.routes import route_findings
from survey_app.questionnaires.checks.wholes import whole_findings
from survey_app.questionnaires.checks.wording import wording_findings
from survey_app.questionnaires.definition import Questionnaire

__all__ = ["CheckFinding", "Level", "Setting", "check_questionnaire", "errors_of", "hints_of", "warnings_of"]

LEVELS = {level: place for place, level in enumerate(Level)}


def check_questionnaire(
    questionnaire: Questionnaire, previous: Questionnaire | None = None, setting: Setting | None = None
) -> list[CheckFinding]:
    """Return the findings, the gravest first; `previous` is the published version that this would follow."""
    around = setting or Setting()
    findings = [
        *whole_findings(questionnaire),
        *language_findings(questionnaire, around),
        *item_findings(questionnaire),
        *route_findings(questionnaire),
        *quota_findings(questionnaire),
        *merge_field_findings(questionnaire, around),
        *privacy_findings(questionnaire, around),
        *(trend_findings(previous, questionnaire) if previous else ()),
        *length_findings(questionnaire),
        *order_findings(questionnaire),
        *wording_findings(questionnaire),
    ]
    return sorted(findings, key=lambda finding: LEVELS[finding.level])


def errors_of(findings: Iterable[CheckFinding]) -> list[CheckFinding]:
    """Return the findings that keep from publishing."""
    return [each for each in findings if each.level is Level.ERROR]


def warnings_of(findings: Iterable[CheckFinding]) -> list[CheckFinding]:
    """Return the findings to consider."""
    return [each for each in findings if each.level is Level.WARNING]


def hints_of(findings: Iterable[CheckFinding]) -> list[CheckFinding]:
    """Return the findings about good craft."""
    return [each for each in findings if each.level is Level.HINT]
