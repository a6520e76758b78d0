"""Whom sending would write to, and the people it did not reach."""

from __future__ import annotations

from itertools import islice

from flask import abort, render_template, request
from flask_babel import gettext as _

from analysis.values.fieldwork import Disposition, HoldReason
from survey_app.campaigns.audience import decide_all, preview
from survey_app.campaigns.labels import DISPOSITIONS, REASONS
from survey_app.campaigns.progress import page_of_people
from survey_app.campaigns.routes import blueprint, campaign_or_404
from survey_app.web import access
from survey_app.web.storable import page_number

MOST_SHOWN = 200
# Who answered stays unseen on this page where the survey promises it; who was not reached may be seen.
SHOWN = frozenset({Disposition.HELD_BACK, Disposition.FAILED, Disposition.NOT_YET_SENT, Disposition.BOUNCED})


@blueprint.get("/campaigns/<int:campaign_id>/audience")
@access.requires("campaigns.edit")
def audience(campaign_id: int) -> str:
    """Show whom sending would write to at this moment, whom not, and why."""
    campaign, reason = campaign_or_404(campaign_id), request.args.get("reason")
    if campaign.mode != "mail" or (reason is not None and reason not in {*HoldReason, "none"}):
        abort(404)
    wanted = None if reason == "none" else reason
    shown = (decision.member for decision in decide_all(campaign) if decision.reason == wanted) if reason else ()
    return render_template(
        "campaigns/audience.html",
        campaign=campaign,
        preview=preview(campaign),
        reason=reason,
        title=REASONS[wanted] if wanted else _("Get a mail"),
        members=list(islice(shown, MOST_SHOWN)),
        most=MOST_SHOWN,
    )


@blueprint.get("/campaigns/<int:campaign_id>/people/<disposition>")
@access.requires("customers.view")
def people(campaign_id: int, disposition: str) -> str:
    """Show the customers who were not reached, and why."""
    campaign = campaign_or_404(campaign_id)
    reason = request.args.get("reason")
    if disposition not in SHOWN or (reason is not None and reason not in set(HoldReason)):
        abort(404)
    return render_template(
        "campaigns/people.html",
        campaign=campaign,
        title=REASONS[reason] if reason else DISPOSITIONS[disposition],
        pages=page_of_people(campaign, Disposition(disposition), reason, request.args.get("page", 1, page_number)),
    )
