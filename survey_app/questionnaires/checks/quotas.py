"""Checks of quotas: they count by what is asked, can fill, and don't close the survey at once."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from survey_app.questionnaires.checking import WHOLE, CheckFinding, Fix, Level, Repair, error, warning
from survey_app.questionnaires.checks.conditions import Earlier, Placed, condition_findings
from survey_app.questionnaires.checks.truth import Asked, Verdict, verdict
from survey_app.questionnaires.definition import Questionnaire, Quota
from survey_app.questionnaires.routing import answers_of


def quota_findings(questionnaire: Questionnaire) -> Iterator[CheckFinding]:
    """Yield what is wrong with the quotas; they may look at every answer."""
    if not questionnaire.quotas:
        return
    everything = Earlier({code for item in questionnaire.items for code in item.measure_codes})
    for item in questionnaire.items:
        everything.add(item, Asked(item))
    for quota in questionnaire.quotas:
        yield from _quota(quota, everything)


def _quota(quota: Quota, everything: Earlier) -> Iterator[CheckFinding]:
    fix = Fix(Repair.DROP_QUOTA, quota.code)
    never = _("Quota “%(code)s” can never fill: nobody can meet its condition.", code=quota.code)
    for finding in condition_findings(Placed(quota.when, WHOLE, fix, never), everything):
        message = _("Quota “%(code)s”: %(message)s", code=quota.code, message=finding.message)
        is_ours = finding.message.startswith(never)
        yield finding if is_ours else _said(finding, message)
    if quota.limit == 0:
        yield _closed(quota, everything, fix)


def _said(finding: CheckFinding, message: str) -> CheckFinding:
    return CheckFinding(Level(finding.level), message, finding.spot, finding.fix)


def _closed(quota: Quota, everything: Earlier, fix: Fix) -> CheckFinding:
    is_sound = answers_of(quota.when) <= everything.asked.keys()
    if is_sound and verdict(quota.when, everything.asked) is Verdict.ALWAYS:
        return error(_("Quota “%(code)s” has the limit 0, so nobody at all could answer.", code=quota.code), WHOLE, fix)
    message = _(
        "Quota “%(code)s” has the limit 0: whoever meets it is turned away at the end. Screen them out by a jump.",
        code=quota.code,
    )
    return warning(message, WHOLE, fix)
