"""The page of the planner: a form that is part of the address, and the answer as a worker computed it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from survey_app.extensions import db, mark_writing
from survey_app.questionnaires.definition import Item, text_in
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.queries import current_version, find_survey, questionnaire_of
from survey_app.reports.planning.expectations import Expectation, expectation_of
from survey_app.reports.planning.forms import PlanForm, typed_expectation
from survey_app.reports.planning.operations import find_plan, newest_plan, request_plan
from survey_app.reports.planning.presenting import plan_page, plan_sentences
from survey_app.reports.planning.requests import plannable, request_of
from survey_app.reports.routes import blueprint
from survey_app.web.access import requires
from survey_app.web.forms import options
from survey_app.web.languages import interface_language


@blueprint.get("/reports/<code>/plan")
@requires("surveys.view")
def plan(code: str) -> str | tuple[str, int]:
    """Show what the survey's base can show; ask a worker where it has not been computed yet."""
    db.session.rollback()
    mark_writing()
    survey = _survey(code)
    items = plannable(questionnaire_of(current_version(survey)).items)
    if not items:
        return render_template("reports/plan.html", survey=survey, form=None)
    item = items.get(request.args.get("outcome", "")) or next(iter(items.values()))
    expected = expectation_of(survey, item)
    form = _form(survey, items, item, expected)
    if not form.check(item):
        return _draw(survey, item, form, expected), 422
    wanted = form.request_for(item)
    made = request_plan(survey, wanted, datetime.now(UTC))
    db.session.commit()
    answer = plan_page(wanted, made.result) if made.result else None
    return _draw(survey, item, form, expected, made=made, answer=answer, key=wanted.key)


@blueprint.get("/reports/<code>/plan/<key>/state")
@requires("surveys.view")
def plan_state(code: str, key: str) -> dict[str, Any]:
    """Say whether the plan has been computed, for the page that waits."""
    found = find_plan(_survey(code), key)
    return {"state": found.state if found else "unknown"}


def latest_sentences(survey: Survey) -> list[str]:
    """Return what the newest plan says, for the Check tab."""
    found = newest_plan(survey)
    if found is None or found.result is None:
        return [_("How large a change your base can show, and how many invitations a change takes.")]
    return plan_sentences(request_of(found.request), found.result)


def _survey(code: str) -> Survey:
    survey = find_survey(code)
    if survey is None:
        abort(404)
    return survey


def _form(survey: Survey, items: dict[str, Item], item: Item, expected: Expectation) -> PlanForm:
    """Return the form as it was sent; another outcome, or none, begins with what may be expected."""
    is_sent = "first" in request.args and request.args.get("of") == item.code
    form = (
        PlanForm(formdata=request.args) if is_sent else PlanForm(data=typed_expectation(item, expected), formdata=None)
    )
    languages = questionnaire_of(current_version(survey)).languages
    said = {code: text_in(each.text, interface_language(), languages) or code for code, each in items.items()}
    form.outcome.choices = options(said)
    form.suit(item)
    return form


def _draw(survey: Survey, item: Item, form: PlanForm, expected: Expectation, **more: Any) -> str:
    key = more.get("key")
    return render_template(
        "reports/plan.html",
        survey=survey,
        item=item,
        form=form,
        expected=expected,
        made=more.get("made"),
        answer=more.get("answer"),
        state_url=url_for("reports.plan_state", code=survey.code, key=key) if key else "",
    )
