"""The audit log."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from survey_app.accounts.forms import AuditFilterForm
from survey_app.accounts.queries import list_audit_actions, page_of_audit
from survey_app.accounts.routes import blueprint
from survey_app.web import access
from survey_app.web.storable import page_number


@blueprint.get("/admin/audit")
@access.requires("audit.view")
def audit() -> str:
    """Show who did what, newest first."""
    form = AuditFilterForm(request.args)
    actions = [SelectChoice(action, action) for action in list_audit_actions()]
    form.action.choices = [SelectChoice("", _l("All acts")), *actions]
    chosen = (form.action.data or "", form.actor.data or "") if form.validate() else ("", "")
    pages = page_of_audit(*chosen, page=request.args.get("page", 1, page_number))
    return render_template("accounts/audit.html", form=form, pages=pages, is_filtered=any(chosen))
