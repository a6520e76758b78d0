"""A campaign while it runs and afterwards: counts that add up, the pilot, the funnel, and two wordings compared."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response as JsonResponse
from flask import abort, jsonify, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from survey_app.campaigns.figures import funnel
from survey_app.campaigns.figures.progress import count_reminders, is_finished, progress_of, speed_of
from survey_app.campaigns.figures.rates import fieldwork_of
from survey_app.campaigns.figures.reading import counts_by_state
from survey_app.campaigns.figures.refusals import list_errors
from survey_app.campaigns.figures.shares import interval_of
from survey_app.campaigns.figures.tallies import arms_of, pilot_counts
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.queries import count_dispositions, count_held_back
from survey_app.campaigns.routes import blueprint, campaign_or_404
from survey_app.campaigns.routes.audience import SHOWN
from survey_app.campaigns.sending.experiments import Comparison, Experiment, compare
from survey_app.campaigns.sending.gates import Limits, PauseReason
from survey_app.campaigns.sending.phases import count_rest, decides_at
from survey_app.campaigns.sending.pilots import Pilot
from survey_app.campaigns.sending.reminding import ReminderPlan, count_remindable
from survey_app.campaigns.sentences import MEASURES, PAUSES, WORDINGS
from survey_app.web import access
from survey_app.web.charts import Bar, Words, interval_chart
from survey_app.web.filters import number, percent


@blueprint.get("/campaigns/<int:campaign_id>/live")
@access.requires("campaigns.view")
def live(campaign_id: int) -> str:
    """Show how the sending stands, as the part of the page that is fetched anew while it runs."""
    campaign = _sent_campaign(campaign_id)
    return render_template("campaigns/live.html", campaign=campaign, **live_facts(campaign))


@blueprint.get("/campaigns/<int:campaign_id>/counts.json")
@access.requires("campaigns.view")
def counts(campaign_id: int) -> JsonResponse:
    """Return everybody in the audience counted once by state."""
    return jsonify(counts_by_state(campaign_or_404(campaign_id)))


@blueprint.get("/campaigns/<int:campaign_id>/results")
@access.requires("campaigns.view")
def results(campaign_id: int) -> str | Response:
    """Show the way from sent to finished, what became of everybody, and the rates after AAPOR."""
    campaign, by = _sent_campaign(campaign_id), request.args.get("by", "")
    properties = funnel.properties()
    if by not in {"", funnel.LANGUAGE, funnel.COMPANY, funnel.WORDING, *properties}:
        abort(404)
    return render_template(
        "campaigns/results.html",
        campaign=campaign,
        by=by,
        properties=properties,
        funnel=funnel.funnel_of(campaign, by),
        work=fieldwork_of(count_dispositions(campaign), count_held_back(campaign)),
        progress=progress_of(campaign),
        **_experiment_facts(campaign),
    )


def live_facts(campaign: Campaign) -> dict[str, Any]:
    """Return all that the live part of a campaign's page shows."""
    now, progress = datetime.now(UTC), progress_of(campaign)
    return {
        "progress": progress,
        "speed": speed_of(campaign, progress, now),
        "is_done": is_finished(campaign, progress),
        "errors": list_errors(campaign),
        "pause": PAUSES.get(PauseReason(campaign.paused_reason)) if campaign.paused_reason else None,
        "allowed": Limits.from_data(campaign.limits),
        "dispositions": count_dispositions(campaign),
        "held_back": count_held_back(campaign),
        "n_reminders": count_reminders(campaign),
        "n_unreminded": count_remindable(campaign),
        "reminder_plan": ReminderPlan.from_data(campaign.reminder_plan),
        "shown": SHOWN,
        "as_of": now,
        **_pilot_facts(campaign),
    }


def _pilot_facts(campaign: Campaign) -> dict[str, Any]:
    """Return how the first part goes, for a campaign that is sent in parts."""
    pilot, experiment = Pilot.from_data(campaign.pilot), Experiment.from_data(campaign.experiment)
    if pilot is None and experiment is None:
        return {"pilot": None, "experiment": None, "first_part": None}
    return {
        "pilot": pilot,
        "experiment": experiment,
        "first_part": pilot_counts(campaign),
        "n_rest": count_rest(campaign),
        "decides_at": decides_at(campaign),
        "verdict": campaign.pilot.get("verdict"),
    }


def _experiment_facts(campaign: Campaign) -> dict[str, Any]:
    """Return how the two wordings compare: the test's result, and how they stand at this moment."""
    experiment = Experiment.from_data(campaign.experiment)
    if experiment is None:
        return {"experiment": None, "comparison": None}
    comparison = experiment.result or compare(*arms_of(campaign, experiment.measure))
    return {
        "experiment": experiment,
        "comparison": comparison,
        "decides_at": decides_at(campaign),
        "chart": _chart(comparison, str(MEASURES[experiment.measure])),
    }


def _chart(comparison: Comparison, measure: str) -> Markup | None:
    """Draw both shares with their intervals; the table beside it says the same."""
    arms = {"a": comparison.a, "b": comparison.b}
    if not all(arm.n_sent for arm in arms.values()):
        return None
    bars = []
    for name, arm in arms.items():
        bounds = interval_of(arm.n_did, arm.n_sent)
        bars.append(Bar(f"{WORDINGS[name]} (n = {number(arm.n_sent)})", arm.share, bounds.low, bounds.high))
    said = "; ".join(f"{bar.name}: {percent(bar.value, 1)}" for bar in bars)
    return interval_chart(bars, Words(measure, said), lambda share: percent(share, 1))


def _sent_campaign(campaign_id: int) -> Campaign:
    campaign = campaign_or_404(campaign_id)
    if campaign.mode != "mail" or campaign.state in {"draft", "scheduled"}:
        abort(404)
    return campaign
