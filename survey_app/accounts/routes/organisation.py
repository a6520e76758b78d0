"""The organisation's details, and whether mail goes out."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts.forms import OrganisationForm
from survey_app.accounts.messages import trial_mail
from survey_app.accounts.operations import OrganisationDetails, record, save_organisation
from survey_app.accounts.queries import get_organisation
from survey_app.accounts.routes import blueprint
from survey_app.extensions import db
from survey_app.outbox.trying import try_smtp
from survey_app.web import access

FIELDS = tuple(OrganisationDetails.__dataclass_fields__)


@blueprint.get("/admin/organisation")
@access.requires("settings.edit")
def organisation() -> str:
    """Show the organisation's details."""
    return render_template("accounts/organisation.html", form=OrganisationForm(obj=get_organisation()))


@blueprint.post("/admin/organisation")
@access.requires("settings.edit")
def save_details() -> Response | tuple[str, int]:
    """Change the organisation's details."""
    form = OrganisationForm()
    if not form.validate():
        return render_template("accounts/organisation.html", form=form), 422
    save_organisation(OrganisationDetails(**{name: form[name].data for name in FIELDS}))
    db.session.commit()
    flash(_("The details are saved."), "success")
    return redirect(url_for("accounts.organisation"), 303)


@blueprint.post("/admin/organisation/test-mail")
@access.requires("settings.edit")
def try_mail() -> Response:
    """Send a mail to oneself right now and say what the mail server answered."""
    mail = trial_mail(g.staff_user, get_organisation())
    record("organisation.mail_tried", "organisation", "1")
    # A silent server takes its time; nothing may be locked meanwhile.
    db.session.commit()
    trial = try_smtp(mail)
    if trial.is_good:
        flash(_("The mail server took the mail. Look into your mailbox, and into the spam folder."), "success")
    else:
        said = _("%(sentence)s Its own words: %(detail)s", sentence=trial.sentence, detail=trial.detail)
        flash(said, "error")
    return redirect(url_for("accounts.organisation"), 303)
