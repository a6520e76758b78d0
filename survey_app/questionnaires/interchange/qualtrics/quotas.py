"""Qualtrics' quotas."""

from __future__ import annotations

import re

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.accounting import brief
from survey_app.questionnaires.interchange.codes import Codes
from survey_app.questionnaires.interchange.drafts import DraftQuota, Wanted
from survey_app.questionnaires.interchange.qualtrics.logic import wanted
from survey_app.questionnaires.interchange.qualtrics.reading import Reading
from survey_app.questionnaires.interchange.qualtrics.steps import Step, every
from survey_app.questionnaires.interchange.qualtrics.survey import Data, mapping, text

_QUOTA = re.compile(r"QO_\w{1,60}")
_ENDING = frozenset({"EndCurrentSurvey", "EndSurvey", "CloseSurvey", "PreventAllNewSessions"})


def read_quotas(reading: Reading) -> list[DraftQuota]:
    """Return the quotas that end the survey; those that only count are lost."""
    codes, found = Codes(), []
    ending = {full_quota(step) for step in every(reading.steps)} - {""}
    for each in reading.survey.quotas:
        name = text(each.get("Name")) or text(each.get("ID")) or "?"
        action = text(each.get("QuotaAction")) or "EndCurrentSurvey"
        if action not in _ENDING and text(each.get("ID")) not in ending:
            message = _(
                "It only counts (“%(action)s”): ours ends the survey for those who come after.",
                action=brief(action, 60),
            )
            reading.ledger.lost("quota", name, message)
            continue
        found.append(DraftQuota(name, codes.take(name, "quota"), _when(reading, name, each), _limit(each)))
    if reading.survey.n_quota_groups:
        message = _("Quotas stand for themselves, without groups.")
        reading.ledger.lost("quota group", "QG", message, reading.survey.n_quota_groups)
    return found


def full_quota(step: Step) -> str:
    """Return the id of the quota whose being full is all that a branch asks, and the end all that it leads to."""
    logic = mapping(step.data.get("BranchLogic"))
    sets = [mapping(each) for key, each in logic.items() if key.isdecimal()]
    expressions = [mapping(each) for one in sets for key, each in one.items() if key.isdecimal()]
    ends = bool(step.parts) and all(part.kind == "EndSurvey" for part in step.parts)
    if step.kind != "Branch" or not ends or len(expressions) != 1 or text(expressions[0].get("Operator")) != "QuotaMet":
        return ""
    found = _QUOTA.search(text(expressions[0].get("QuotaID")) or text(expressions[0].get("LeftOperand")))
    return found[0] if found else ""


def _when(reading: Reading, name: str, quota: Data) -> Wanted:
    # Crossed quotas hold a list of logic, one for each side, with shares in place of conjunctions.
    if text(quota.get("LogicType")).startswith("Cross") or (isinstance(quota.get("Logic"), list) and quota["Logic"]):
        return Wanted((name,), problem=_("It crosses several answers; make a quota for each combination."))
    found = wanted(reading, name, quota.get("Logic"), "")
    if not found:
        return Wanted((name,), {"all": []}, note=_("It counts every completion."))
    return found[0]


def _limit(quota: Data) -> int:
    value = text(quota.get("Occurrences"))
    return int(value) if value.isdecimal() and value.isascii() and len(value) < 12 else -1  # noqa: PLR2004 - longer is no limit
