"""Qualtrics' quotas."""

from __future__ import annotations

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.accounting import brief
from survey_app.questionnaires.interchange.codes import Codes
from survey_app.questionnaires.interchange.drafts import DraftQuota, Wanted
from survey_app.questionnaires.interchange.qualtrics.logic import wanted
from survey_app.questionnaires.interchange.qualtrics.reading import Reading
from survey_app.questionnaires.interchange.qualtrics.survey import Data, text

_ENDING = frozenset({"EndCurrentSurvey", "EndSurvey", "CloseSurvey", "PreventAllNewSessions"})


def read_quotas(reading: Reading) -> list[DraftQuota]:
    """Return the quotas that end the survey; those that only count are lost."""
    codes, found = Codes(), []
    for each in reading.survey.quotas:
        name = text(each.get("Name")) or text(each.get("ID")) or "?"
        action = text(each.get("QuotaAction")) or "EndCurrentSurvey"
        if action not in _ENDING:
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
