"""A campaign's details: a new one, and changes."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts.queries import get_organisation
from survey_app.campaigns.forms import CampaignForm, DetailsForm
from survey_app.campaigns.labels import CHANNELS, MODES, NO_GATEWAY
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.operations import (
    CampaignDetails,
    CampaignError,
    CampaignPlan,
    change_details,
    change_limits,
    create_campaign,
    require_way,
)
from survey_app.campaigns.routes import blueprint, campaign_or_404
from survey_app.customers.models import Segment
from survey_app.customers.queries import get_segment, list_segments
from survey_app.extensions import db
from survey_app.outbox.messaging import current_gateway
from survey_app.questionnaires.queries import find_survey, list_surveys, newest_published
from survey_app.web import access
from survey_app.web.forms import options

MOST_SHOWN = 200
Answer = str | tuple[str, int] | Response


@blueprint.get("/campaigns/new")
@access.requires("campaigns.edit")
def new() -> str:
    """Show the form of a new campaign."""
    return render_template("campaigns/new.html", form=_campaign_form())


@blueprint.post("/campaigns/new")
@access.requires("campaigns.edit")
def create() -> Answer:
    """Create a campaign as a draft."""
    form = _campaign_form()
    if not form.validate():
        return render_template("campaigns/new.html", form=form), 422
    try:
        plan = _plan(form)
        require_way(plan.survey, plan.contact_channel)
        campaign = create_campaign(plan, datetime.now(UTC))
        change_limits(campaign, form.limits)
    except CampaignError as error:
        form.form_errors.append(str(error))
        return render_template("campaigns/new.html", form=form), 422
    db.session.commit()
    return redirect(url_for(_after_details(campaign), campaign_id=campaign.id), 303)


@blueprint.get("/campaigns/<int:campaign_id>/details")
@access.requires("campaigns.edit")
def edit(campaign_id: int) -> str:
    """Show the form of a campaign's details."""
    campaign = campaign_or_404(campaign_id)
    form = _details_form(
        data={
            "name": campaign.name,
            "segment": str(campaign.segment_id or ""),
            "wave": campaign.wave,
            "wave_order": campaign.wave_order,
            "closes_on": campaign.closes_at.astimezone(_zone()).date() if campaign.closes_at else None,
            "most_responses": campaign.most_responses,
            "correction_days": campaign.correction_days,
            "break_off_days": campaign.break_off_days,
        }
    )
    return render_template("campaigns/edit.html", form=form, campaign=campaign)


@blueprint.post("/campaigns/<int:campaign_id>/details")
@access.requires("campaigns.edit")
def save(campaign_id: int) -> Answer:
    """Change a campaign's details."""
    campaign, form = campaign_or_404(campaign_id), _details_form()
    if campaign.state != "draft":
        del form.segment
    if not form.validate():
        return render_template("campaigns/edit.html", form=form, campaign=campaign), 422
    try:
        change_details(campaign, _details(form))
    except CampaignError as error:
        form.form_errors.append(str(error))
        return render_template("campaigns/edit.html", form=form, campaign=campaign), 422
    db.session.commit()
    flash(_("The campaign is saved."), "success")
    target = _after_details(campaign) if campaign.state == "draft" else "campaigns.show"
    return redirect(url_for(target, campaign_id=campaign.id), 303)


def _campaign_form() -> CampaignForm:
    form = CampaignForm(survey=request.args.get("survey"))
    form.survey.choices = options({each.code: each.title for each in list_surveys() if newest_published(each)})
    form.segment.choices = _segments()
    ways = CHANNELS | {"public": MODES["public"]}
    form.mode.choices = options({way: str(label) for way, label in ways.items()})
    if current_gateway() is None:
        form.mode.description = str(NO_GATEWAY)
    return form


def _details_form(data: dict[str, object] | None = None) -> DetailsForm:
    form = DetailsForm(data=data)
    form.segment.choices = _segments()
    return form


def _segments() -> list[object]:
    return [*options({"": _("Everybody")}), *options({str(each.id): each.name for each in list_segments()})]


def _plan(form: CampaignForm) -> CampaignPlan:
    survey, details = find_survey(form.survey.data), _details(form)
    if survey is None:
        abort(404)
    is_public = form.mode.data == "public"
    return CampaignPlan(
        survey=survey,
        name=details.name,
        mode="public" if is_public else "mail",
        contact_channel="mail" if is_public else form.mode.data,
        segment=None if is_public else details.segment,
        wave=details.wave,
        wave_order=details.wave_order,
        closes_at=details.closes_at,
        created_by_id=g.staff_user.id,
    )


def _details(form: DetailsForm) -> CampaignDetails:
    segment: Segment | None = None
    if form.segment is not None and form.segment.data:
        segment = get_segment(int(form.segment.data))
    return CampaignDetails(
        name=form.name.data.strip(),
        wave=(form.wave.data or "").strip(),
        wave_order=form.wave_order.data or 0,
        segment=segment,
        closes_at=_end_of(form),
        limits=form.limits,
    )


def _end_of(form: DetailsForm) -> datetime | None:
    """Return the end of the last day, as the organisation's clocks show it."""
    if form.closes_on.data is None:
        return None
    return datetime.combine(form.closes_on.data, time(23, 59, 59), tzinfo=_zone()).astimezone(UTC)


def _zone() -> ZoneInfo:
    return ZoneInfo(get_organisation().time_zone)


def _after_details(campaign: Campaign) -> str:
    return "campaigns.audience" if campaign.mode == "mail" else "campaigns.show"
