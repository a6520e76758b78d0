"""A survey answered as a test: a personal link without a mail, whose answers count nowhere."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, g, redirect, render_template, request
from werkzeug.wrappers import Response

from survey_app.campaigns.labels import language_name
from survey_app.campaigns.mail.testing import invite_tester
from survey_app.campaigns.queries import list_campaigns
from survey_app.campaigns.routes import blueprint, campaign_or_404
from survey_app.campaigns.tokens import token_of
from survey_app.extensions import db
from survey_app.questionnaires.models import QuestionnaireVersion
from survey_app.questionnaires.queries import find_survey, questionnaire_of
from survey_app.web import access


@blueprint.get("/surveys/<code>/try")
@access.requires("campaigns.edit")
def try_survey(code: str) -> str:
    """Show in which campaigns of a survey a test answer can be given."""
    survey = find_survey(code)
    if survey is None:
        abort(404)
    campaigns = [each for each in list_campaigns(survey) if each.state != "closed" and each.mode != "imported"]
    return render_template(
        "campaigns/try.html",
        survey=survey,
        campaigns=[(each, _languages(each.version)) for each in campaigns],
    )


@blueprint.post("/campaigns/<int:campaign_id>/try")
@access.requires("campaigns.edit")
def try_campaign(campaign_id: int) -> Response:
    """Open a campaign's questionnaire with a test link of one's own."""
    campaign = campaign_or_404(campaign_id)
    languages = _languages(campaign.version)
    language = request.form.get("language", "")
    language = language if language in languages else next(iter(languages))
    invitation = invite_tester(campaign, g.staff_user.email, language, datetime.now(UTC))
    db.session.commit()
    return redirect(f"/a/{token_of(invitation)}", 303)


def _languages(version: QuestionnaireVersion) -> dict[str, str]:
    return {tag: language_name(tag) for tag in questionnaire_of(version).languages}
