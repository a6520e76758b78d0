"""REST resources of campaigns: how they stand."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from flask_babel import gettext as _

from survey_app.campaigns.figures.reading import account
from survey_app.campaigns.queries import find_campaign
from survey_app.web import access
from survey_app.web.api.described import Description, described
from survey_app.web.api.problems import refuse

blueprint = Blueprint("campaigns_api", __name__, url_prefix="/api/v1")


@blueprint.get("/campaigns/<int:campaign_id>/counts")
@access.by_token("campaigns.view")
@described(
    Description(
        "Count a campaign's people by state and by disposition",
        answers={200: "The campaign with its counts; they always add up."},
    )
)
def counts(campaign_id: int) -> Response:
    """Show how a campaign stands."""
    campaign = find_campaign(campaign_id)
    if campaign is None:
        refuse(404, _("There is no such campaign"))
    return jsonify(account(campaign))
