"""The Check tab: what stands between a draft and its publication, repairs at a press, how long answering takes."""

from __future__ import annotations

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from survey_app.accounts.gate import current_may
from survey_app.customers.vocabulary import attribute_kinds
from survey_app.questionnaires.changes import trend_changes
from survey_app.questionnaires.checking import Fix, Repair, Setting, Spot
from survey_app.questionnaires.checks import check_questionnaire, errors_of, hints_of, warnings_of
from survey_app.questionnaires.comparing import differences
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.duration import durations
from survey_app.questionnaires.forms.publication import PublicationForm
from survey_app.questionnaires.language_names import language_name
from survey_app.questionnaires.names import identification_names
from survey_app.questionnaires.registry import registered_panels
from survey_app.questionnaires.repairs import repair_labels, repaired
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.desk import Answer, Desk, open_desk, save_and_go
from survey_app.questionnaires.translation import gaps_of
from survey_app.web import access


@blueprint.get("/surveys/<code>/check")
@access.requires("surveys.view")
def check(code: str) -> str:
    """Show what stands between the draft and its publication, and what to consider."""
    desk = open_desk(code)
    return draw_check(desk, PublicationForm(formdata=None, revision=desk.revision))


@blueprint.post("/surveys/<code>/fix")
@access.requires("surveys.design")
def fix(code: str) -> Answer:
    """Do what a finding offers."""
    name = request.form.get("repair", "")
    if name not in {each.value for each in Repair}:
        abort(400)
    wanted = Fix(Repair(name), request.form.get("detail", ""))
    spot = Spot(request.form.get("page", ""), request.form.get("item", ""))

    def done(questionnaire: Questionnaire) -> Questionnaire:
        return repaired(questionnaire, wanted, spot)

    what = _("repaired: %(what)s", what=repair_labels()[wanted.repair])
    return save_and_go(open_desk(code), what, done, url_for("questionnaires.check", code=code))


def draw_check(desk: Desk, form: PublicationForm) -> str:
    """Return the Check tab, with the form to publish below the findings."""
    previous, setting = desk.previous, Setting(desk.survey.identification, desk.version.sources, attribute_kinds())
    findings = check_questionnaire(desk.questionnaire, previous, setting)
    changed = previous if desk.is_draft else None
    return render_template(
        "questionnaires/check.html",
        desk=desk,
        survey=desk.survey,
        form=form,
        errors=errors_of(findings),
        warnings=warnings_of(findings),
        hints=hints_of(findings),
        repair_labels=repair_labels(),
        durations=durations(desk.questionnaire),
        gaps=gaps_of(desk.questionnaire, desk.version.sources),
        changes=differences(changed, desk.questionnaire) if changed else [],
        trends=trend_changes(changed, desk.questionnaire) if changed else [],
        identification=identification_names()[desk.survey.identification],
        name_of=language_name,
        panels=[(each, each.load(desk.survey)) for each in registered_panels() if current_may(each.operation)],
    )
