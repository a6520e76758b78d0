"""All campaigns, and one campaign as it runs."""

from __future__ import annotations

from typing import Any

from flask import render_template

from survey_app.campaigns.figures.progress import progress_by_campaign
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.queries import list_campaigns
from survey_app.campaigns.registry import answers_by_campaign
from survey_app.campaigns.routes import blueprint, campaign_or_404
from survey_app.campaigns.routes.live import live_facts
from survey_app.campaigns.tokens import public_url
from survey_app.web import access


@blueprint.get("/campaigns", endpoint="list")
@access.requires("campaigns.view")
def show_all() -> str:
    """Show every campaign with its state and counts."""
    campaigns = list_campaigns()
    ids = [campaign.id for campaign in campaigns]
    return render_template(
        "campaigns/list.html",
        campaigns=campaigns,
        progress=progress_by_campaign(ids),
        answers=answers_by_campaign(ids),
    )


@blueprint.get("/campaigns/<int:campaign_id>")
@access.requires("campaigns.view")
def show(campaign_id: int) -> str:
    """Show how a campaign is going."""
    campaign = campaign_or_404(campaign_id)
    return render_template(
        "campaigns/show.html",
        campaign=campaign,
        n_answers=answers_by_campaign([campaign.id]).get(campaign.id, 0),
        link=public_url(campaign.public_code) if campaign.public_code else None,
        **_live(campaign),
    )


def _live(campaign: Campaign) -> dict[str, Any]:
    is_sent = campaign.mode == "mail" and campaign.state not in {"draft", "scheduled"}
    return live_facts(campaign) if is_sent else {}
