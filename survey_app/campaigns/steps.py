"""Whether a step can be done with a campaign now, and the sentence that says why not."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import update

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.rules import STEPS, may_be_done
from survey_app.extensions import db


class CampaignError(ValueError):
    """Something cannot be done with a campaign; the message says why and what to do, in the reader's language."""


def require(step: str, campaign: Campaign) -> None:
    """Raise CampaignError where the step is not possible."""
    if not may_be_done(step, state=campaign.state, mode=campaign.mode):
        raise CampaignError(refusal(step))


def move(step: str, campaign: Campaign, state: str) -> None:
    """Change the state if the step is possible in the stored one: of two at once, one moves and one is told so."""
    require(step, campaign)
    possible = [each for each, steps in STEPS.items() if step in steps]
    moved = update(Campaign).where(Campaign.id == campaign.id, Campaign.state.in_(possible)).values(state=state)
    if db.session.scalar(moved.returning(Campaign.id)) is None:
        raise CampaignError(refusal(step))
    db.session.refresh(campaign)


def refusal(step: str) -> str:
    """Return the sentence that says why a step is not possible."""
    sentences = {
        "send": _("This campaign has been sent already. Nobody is written to twice."),
        "edit": _("This campaign is closed. Reopen it to change it."),
        "write": _("This campaign is closed. Reopen it to change its reminder."),
        "pause": _("Only a running campaign can be paused."),
        "resume": _("Only a paused campaign can be resumed."),
        "close": _("Only a running or paused campaign can be closed."),
        "reopen": _("Only a closed campaign can be reopened."),
        "remind": _("Only a running mail campaign can remind people."),
        "schedule": _("Only a draft can be scheduled."),
        "unschedule": _("This campaign does not wait for its time any more."),
        "start": _("This campaign does not wait for its time any more."),
        "cancel": _("Only a running or paused mail campaign can be cancelled."),
        "continue": _("There is no rest of this campaign that waits to be sent."),
        "retry": _("Only a running mail campaign can try again."),
        "limits": _("This campaign is not on its way, so nothing can pause it."),
    }
    return sentences[step]
