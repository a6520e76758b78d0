"""Contact rules: how often one person may be asked, and which addresses are for trying out."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts.queries import get_organisation
from survey_app.campaigns.audience.contact_rules import find_rule, list_rules
from survey_app.campaigns.audience.rule_forms import RuleForm, TestAddressesForm, plan_of
from survey_app.campaigns.audience.rule_keeping import RuleError, delete_rule, keep_test_addresses, save_rule
from survey_app.campaigns.models import ContactRule
from survey_app.campaigns.routes import blueprint
from survey_app.extensions import db
from survey_app.web import access

# What a new rule proposes; nothing holds until somebody saves it.
PROPOSED = {"min_gap_days": 30, "most": 4, "period_days": 365, "after_answer_days": 60, "is_active": True}
Answer = str | tuple[str, int] | Response


@blueprint.get("/contact-rules")
@access.requires("campaigns.view")
def contact_rules() -> str:
    """List the rules in words, with the test addresses."""
    return _list(TestAddressesForm(addresses="\n".join(get_organisation().test_addresses)))


@blueprint.get("/contact-rules/new")
@access.requires("campaigns.edit")
def new_contact_rule() -> str:
    """Show the form of a new rule, with limits to begin with."""
    form = RuleForm(data=PROPOSED)
    form.offer()
    return _drawn(form, None)


@blueprint.post("/contact-rules/new")
@access.requires("campaigns.edit")
def create_contact_rule() -> Answer:
    """Make a rule."""
    return _save(None)


@blueprint.get("/contact-rules/<int:rule_id>")
@access.requires("campaigns.edit")
def edit_contact_rule(rule_id: int) -> str:
    """Show a rule to change it."""
    rule = _rule_or_404(rule_id)
    form = RuleForm(obj=rule)
    form.offer()
    return _drawn(form, rule)


@blueprint.post("/contact-rules/<int:rule_id>")
@access.requires("campaigns.edit")
def change_contact_rule(rule_id: int) -> Answer:
    """Change a rule."""
    return _save(_rule_or_404(rule_id))


@blueprint.post("/contact-rules/<int:rule_id>/delete")
@access.requires("campaigns.edit")
def delete_contact_rule(rule_id: int) -> Response:
    """End a rule."""
    delete_rule(_rule_or_404(rule_id))
    db.session.commit()
    flash(_("The rule is deleted."), "success")
    return redirect(url_for("campaigns.contact_rules"), 303)


@blueprint.post("/contact-rules/test-addresses")
@access.requires("campaigns.edit")
def change_test_addresses() -> Answer:
    """Keep the addresses that no campaign writes to."""
    form = TestAddressesForm()
    try:
        keep_test_addresses(form.addresses.data or "")
    except RuleError as error:
        db.session.rollback()
        form.addresses.errors = [str(error)]
        return _list(form), 422
    db.session.commit()
    flash(_("The test addresses are saved."), "success")
    return redirect(url_for("campaigns.contact_rules"), 303)


def _save(rule: ContactRule | None) -> Answer:
    form = RuleForm()
    form.offer()
    if not form.validate():
        return _drawn(form, rule), 422
    try:
        save_rule(plan_of(form), datetime.now(UTC), rule)
    except RuleError as error:
        db.session.rollback()
        form.name.errors = [*form.name.errors, str(error)]
        return _drawn(form, rule), 422
    db.session.commit()
    flash(_("The rule is saved. It counts from now on."), "success")
    return redirect(url_for("campaigns.contact_rules"), 303)


def _drawn(form: RuleForm, rule: ContactRule | None) -> str:
    return render_template("campaigns/contact_rule.html", form=form, rule=rule)


def _list(form: TestAddressesForm) -> str:
    return render_template("campaigns/contact_rules.html", rules=list_rules(), form=form)


def _rule_or_404(rule_id: int) -> ContactRule:
    rule = find_rule(rule_id)
    if rule is None:
        abort(404)
    return rule
