"""The call list: take the next person, see what is known, note what came of the call."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts.queries import get_organisation
from survey_app.campaigns.models import Call
from survey_app.campaigns.reaching.call_lists import (
    OUTCOMES,
    Outcome,
    find_call,
    list_call_campaigns,
    note_outcome,
    refusal_of,
    standing_of,
    take_next,
)
from survey_app.campaigns.routes import blueprint, campaign_or_404
from survey_app.campaigns.steps import CampaignError
from survey_app.extensions import db
from survey_app.web import access


@blueprint.get("/calls")
@access.requires("responses.enter")
def call_lists() -> str:
    """List the campaigns that ask by telephone, each with how its list stands."""
    now = datetime.now(UTC)
    rows = [(each, standing_of(each, now), refusal_of(each)) for each in list_call_campaigns()]
    return render_template("campaigns/call_lists.html", rows=rows)


@blueprint.post("/campaigns/<int:campaign_id>/calls/next")
@access.requires("responses.enter")
def next_call(campaign_id: int) -> Response:
    """Give the caller the next person to call."""
    campaign = campaign_or_404(campaign_id)
    try:
        call = take_next(campaign, g.staff_user.id, datetime.now(UTC))
    except CampaignError as error:
        db.session.rollback()
        flash(str(error), "warning")
        return redirect(url_for("campaigns.call_lists"), 303)
    number = call.invitation_id if call else None
    db.session.commit()
    if number is None:
        flash(_("Nobody is to be called now. Look again later."), "info")
        return redirect(url_for("campaigns.call_lists"), 303)
    return redirect(url_for("campaigns.call", invitation_id=number), 303)


@blueprint.get("/calls/<int:invitation_id>")
@access.requires("responses.enter")
def call(invitation_id: int) -> str:
    """Show the person whom this caller has in hand."""
    return _draw(_mine(invitation_id))


@blueprint.post("/calls/<int:invitation_id>")
@access.requires("responses.enter")
def end_call(invitation_id: int) -> Response | tuple[str, int]:
    """Note what came of the call; somebody reached answers at once, at the desk."""
    found, name = _mine(invitation_id), request.form.get("outcome", "")
    if name not in OUTCOMES:
        abort(404)
    campaign_id = found.campaign_id
    try:
        note_outcome(found, Outcome(name, _again_at(), request.form.get("note", "")), datetime.now(UTC))
    except CampaignError as error:
        db.session.rollback()
        flash(str(error), "error")
        return _draw(_mine(invitation_id)), 422
    db.session.commit()
    if name == "reached":
        # The desk belongs to the room that takes answers; this one knows its address alone.
        return redirect(f"{request.script_root}/desk/{invitation_id}", 303)
    flash(_("Noted."), "success")
    return redirect(url_for("campaigns.call_lists", _anchor=f"campaign-{campaign_id}"), 303)


def _again_at() -> datetime | None:
    """Return the day and time typed, in the organisation's time zone; None where there is none."""
    try:
        typed = datetime.fromisoformat(request.form.get("again_at", "").strip())
    except ValueError:
        return None
    return typed.replace(tzinfo=ZoneInfo(get_organisation().time_zone)).astimezone(UTC)


def _mine(invitation_id: int) -> Call:
    return find_call(invitation_id, g.staff_user.id, datetime.now(UTC)) or abort(404)


def _draw(found: Call) -> str:
    return render_template(
        "campaigns/call.html",
        call=found,
        customer=found.invitation.customer,
        campaign=found.invitation.campaign,
        zone=get_organisation().time_zone,
        typed=request.form,
    )
