"""The staff pages of campaigns, and the public ones that end survey mail."""

from __future__ import annotations

from flask import Blueprint, abort

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.queries import find_campaign

blueprint = Blueprint("campaigns", __name__)


def campaign_or_404(campaign_id: int) -> Campaign:
    """Return the campaign an address names, or answer that there is none."""
    campaign = find_campaign(campaign_id)
    if campaign is None:
        abort(404)
    return campaign
