"""The mail sent to one member of staff, marked as a test."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, flash, g, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts.queries import find_staff, list_staff
from survey_app.campaigns.forms import TestForm
from survey_app.campaigns.labels import language_name
from survey_app.campaigns.mail.testing import send_test
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.routes import blueprint, campaign_or_404
from survey_app.extensions import db
from survey_app.outbox.rules import AddressError
from survey_app.questionnaires.queries import questionnaire_of
from survey_app.web import access
from survey_app.web.forms import options


@blueprint.post("/campaigns/<int:campaign_id>/test")
@access.requires("campaigns.edit")
def test(campaign_id: int) -> Response:
    """Send the mail to a member of staff, marked as a test."""
    campaign = campaign_or_404(campaign_id)
    form = form_of_test(campaign)
    reader = find_staff(int(form.to.data)) if form.validate() else None
    if reader is None or campaign.mode != "mail":
        abort(404)
    try:
        send_test(campaign, reader, form.language.data, datetime.now(UTC))
    except AddressError as error:
        flash(_("The test can't go to %(address)s: %(reason)s", address=reader.email, reason=str(error)), "error")
    else:
        flash(
            _("A test is on its way to %(address)s. Its link records a test answer.", address=reader.email), "success"
        )
    db.session.commit()
    return redirect(url_for("campaigns.mail", campaign_id=campaign.id, language=form.language.data), 303)


def form_of_test(campaign: Campaign, language: str | None = None) -> TestForm:
    """Return the form that asks to whom a test goes."""
    form = TestForm()
    staff = [user for user in list_staff() if user.active]
    form.to.choices = options({str(user.id): f"{user.name} ({user.email})" for user in staff})
    form.language.choices = options({tag: language_name(tag) for tag in questionnaire_of(campaign.version).languages})
    if form.to.data is None:
        form.to.data, form.language.data = str(g.staff_user.id), language
    return form
