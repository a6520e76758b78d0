"""When a campaign is sent, in which parts, and what follows: reminders, thanks, and when it stops by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts.queries import get_organisation
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.plan.overview import pace_in_words
from survey_app.campaigns.plan.plan_forms import FollowForm, PlanForm, closes_too_early
from survey_app.campaigns.routes import blueprint, campaign_or_404
from survey_app.campaigns.rules import may_be_done
from survey_app.campaigns.sending.experiments import Experiment
from survey_app.campaigns.sending.gates import Gate, Limits
from survey_app.campaigns.sending.pilots import Pilot
from survey_app.campaigns.sending.reminding import MOST_REMINDERS, ReminderPlan, may_thank
from survey_app.campaigns.timing.open_hours import ALL_DAYS
from survey_app.campaigns.timing.pace import Pace
from survey_app.campaigns.timing.schedules import RECIPIENT, Schedule
from survey_app.campaigns.timing.zones import known_zones
from survey_app.extensions import db
from survey_app.web import access

Answer = str | tuple[str, int] | Response


@blueprint.get("/campaigns/<int:campaign_id>/schedule")
@access.requires("campaigns.edit")
def schedule(campaign_id: int) -> Answer:
    """Show when and how the campaign is sent, and what follows."""
    campaign = _campaign(campaign_id)
    form = PlanForm(data=_planned(campaign)) if campaign.state == "draft" else FollowForm(data=_following(campaign))
    return _page(campaign, form)


@blueprint.post("/campaigns/<int:campaign_id>/schedule")
@access.requires("campaigns.edit")
def save_schedule(campaign_id: int) -> Answer:
    """Store it; of a campaign on its way only what follows can still change."""
    campaign = _campaign(campaign_id)
    form = PlanForm() if campaign.state == "draft" else FollowForm()
    if not form.validate() or not _fits(campaign, form):
        return _page(campaign, form), 422
    if isinstance(form, PlanForm):
        _store_plan(campaign, form)
    campaign.reminder_plan = form.reminder_plan.to_data()
    campaign.sends_thanks = bool(form.thanks.data) and may_thank(campaign)
    campaign.limits = form.limits_after(Limits.from_data(campaign.limits)).to_data()
    db.session.commit()
    flash(_("The plan is saved."), "success")
    target = "campaigns.review" if campaign.state == "draft" else "campaigns.show"
    return redirect(url_for(target, campaign_id=campaign.id), 303)


def _campaign(campaign_id: int) -> Campaign:
    campaign = campaign_or_404(campaign_id)
    if not may_be_done("write", state=campaign.state, mode=campaign.mode):
        abort(404)
    return campaign


def _fits(campaign: Campaign, form: FollowForm) -> bool:
    """Return whether the time lies ahead and before the campaign's end; else say so at the field."""
    if not isinstance(form, PlanForm):
        return True
    chosen = Schedule.from_data(form.schedule_data)
    problem = chosen.problem(datetime.now(UTC)) or closes_too_early(chosen, campaign.closes_at)
    if problem:
        form.on.errors = [*form.on.errors, problem]
    return problem is None


def _store_plan(campaign: Campaign, form: PlanForm) -> None:
    chosen, pilot, experiment = Schedule.from_data(form.schedule_data), form.pilot_plan, form.experiment
    campaign.schedule, campaign.starts_at = chosen.to_data(), chosen.starts_at
    campaign.pace = Pace.from_data(form.pace_data).to_data()
    campaign.pilot = pilot.to_data() if pilot else {}
    campaign.experiment = experiment.to_data() if experiment else {}


def _planned(campaign: Campaign) -> dict[str, Any]:
    """Return what the fields of a draft begin with."""
    chosen, pace = Schedule.from_data(campaign.schedule), Pace.from_data(campaign.pace)
    return {
        "begins": "later" if chosen.on else "now",
        "on": chosen.on,
        "at": chosen.at,
        "zone": chosen.zone or get_organisation().time_zone,
        "whose": RECIPIENT if chosen.is_local or pace.zone == RECIPIENT else "zone",
        "over_hours": round(pace.over_minutes / 60) if pace.over_minutes else None,
        "per_minute": pace.per_minute,
        "domain_per_minute": pace.domain_per_minute,
        "quiet_from": pace.quiet_from,
        "quiet_to": pace.quiet_to,
        "days": sorted(pace.days or ALL_DAYS),
        **_in_parts(campaign),
        **_following(campaign),
    }


def _in_parts(campaign: Campaign) -> dict[str, Any]:
    found: dict[str, Any] = {}
    pilot, experiment = Pilot.from_data(campaign.pilot), Experiment.from_data(campaign.experiment)
    if pilot is not None:
        gate = pilot.gate or Gate()
        found |= {
            "pilot": "n" if pilot.n is not None else "share",
            "pilot_n": pilot.n or 100,
            "pilot_share": _percent(pilot.share or 0.05),
            "pilot_hours": pilot.wait_hours,
            "goes_on": "gate" if pilot.gate else "person",
            "gate_returned": _percent(gate.most_returned),
            "gate_delivered": gate.least_delivered,
            "gate_started": _percent(gate.least_started),
        }
    if experiment is not None:
        found |= {
            "compares": True,
            "tested_share": _percent(experiment.tested_share),
            "share_b": _percent(experiment.share_b),
            "measure": experiment.measure.value,
            "compare_hours": experiment.hours,
        }
    return found


def _following(campaign: Campaign) -> dict[str, Any]:
    """Return what the fields of reminders, thanks and limits begin with."""
    gaps = ReminderPlan.from_data(campaign.reminder_plan).gaps
    limits = Limits.from_data(campaign.limits)
    days = dict(zip(("gap_1", "gap_2", "gap_3")[:MOST_REMINDERS], gaps, strict=False))
    return days | {
        "reminders": str(len(gaps)),
        "thanks": campaign.sends_thanks,
        "most_returned": _percent(limits.most_returned),
        "most_complained": _percent(limits.most_complained),
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 4)


def _page(campaign: Campaign, form: FollowForm) -> str:
    return render_template(
        "campaigns/schedule.html",
        campaign=campaign,
        form=form,
        is_draft=campaign.state == "draft",
        zones=sorted(zone for zone in known_zones() if "/" in zone and not zone.startswith(("Etc/", "US/"))),
        may_thank=may_thank(campaign),
        pace=pace_in_words(campaign),
    )
