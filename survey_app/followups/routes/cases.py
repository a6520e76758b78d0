"""One case: what the customer said, what was done, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts.models import User
from survey_app.accounts.queries import find_staff, list_staff
from survey_app.accounts.rules import may
from survey_app.customers.queries import interaction_history
from survey_app.extensions import db
from survey_app.followups import operations, queries
from survey_app.followups.answers import read_response
from survey_app.followups.forms import AssignForm, CloseForm, NoteForm, assign_form, close_form
from survey_app.followups.models import Case
from survey_app.followups.routes import blueprint
from survey_app.followups.rules import CaseError
from survey_app.web import access
from survey_app.web.languages import interface_language

Answer = Response | str | tuple[str, int]
Forms = dict[str, NoteForm | AssignForm | CloseForm]


@blueprint.get("/cases/<int:case_id>")
@access.requires("cases.view")
def show(case_id: int) -> str:
    """Show a case."""
    return _page(queries.find_case(case_id) or abort(404), {})


@blueprint.post("/cases/<int:case_id>/note")
@access.requires("cases.work")
def note(case_id: int) -> Answer:
    """Write down what was done or learnt."""
    case, form = _locked(case_id), NoteForm()
    if not form.validate():
        return _page(case, {"note": form}), 422
    return _act(case, lambda now: operations.note(case, form.text.data, g.staff_user, now), _("The note is saved."))


@blueprint.post("/cases/<int:case_id>/assign")
@access.requires("cases.work")
def assign(case_id: int) -> Answer:
    """Give a case to somebody, or back to everybody."""
    case = _locked(case_id)
    form = assign_form(_people(), case)
    if not form.validate():
        return _page(case, {"assign": form}), 422
    person = find_staff(int(form.assignee_id.data)) if form.assignee_id.data else None
    done = _("The case is given to %(name)s.", name=person.name) if person else _("The case is everybody's again.")
    return _act(case, lambda now: operations.assign_case(case, person, g.staff_user, now), done)


@blueprint.post("/cases/<int:case_id>/take")
@access.requires("cases.work")
def take(case_id: int) -> Answer:
    """Take a case oneself."""
    case = _locked(case_id)
    return _act(
        case, lambda now: operations.assign_case(case, g.staff_user, g.staff_user, now), _("The case is yours.")
    )


@blueprint.post("/cases/<int:case_id>/close")
@access.requires("cases.work")
def close(case_id: int) -> Answer:
    """Close a case with the way it ended."""
    case, form = _locked(case_id), close_form()
    if case.state == "open":
        if not form.validate():
            return _page(case, {"close": form}), 422
        if form.resolution.data == "other" and not form.ending.data.strip():
            form.ending.errors = [_("Say in the note how the case ended.")]
            return _page(case, {"close": form}), 422
    words, ending = form.ending.data or "", form.resolution.data or ""
    return _act(
        case, lambda now: operations.close_case(case, ending, words, g.staff_user, now), _("The case is closed.")
    )


@blueprint.post("/cases/<int:case_id>/reopen")
@access.requires("cases.work")
def reopen(case_id: int) -> Answer:
    """Take a closed case up again."""
    case = _locked(case_id)
    return _act(case, lambda now: operations.reopen_case(case, g.staff_user, now), _("The case is open again."))


def _act(case: Case, act: Callable[[datetime], object], done: str) -> Response:
    """Carry an act out; one that came too late changes nothing and says why."""
    case_id = case.id
    try:
        act(datetime.now(UTC))
    except CaseError as error:
        db.session.rollback()
        flash(str(error), "warning")
    else:
        db.session.commit()
        flash(done, "success")
    return redirect(url_for("followups.show", case_id=case_id), 303)


def _page(case: Case, forms: Forms) -> str:
    """Return the case's page; the forms given hold what was typed and what is wrong with it."""
    language, events = interface_language(), queries.list_events(case)
    attached = queries.responses_of_case(case)
    ids = {each.id for each in attached}
    earlier = [each for each in queries.responses_of_customer(case.customer) if each.id not in ids]
    return render_template(
        "followups/show.html",
        case=case,
        is_overdue=queries.is_overdue(case, datetime.now(UTC)),
        readings=[read_response(each, language) for each in attached],
        earlier=[read_response(each, language) for each in earlier],
        other_cases=[each for each in queries.cases_of_customer(case.customer) if each.id != case.id],
        history=interaction_history(case.customer, most=8),
        events=events,
        names=queries.names_of_staff([case.assignee_id, *(each.by_user_id for each in events)]),
        note_form=forms.get("note") or NoteForm(formdata=None),
        assign_form=forms.get("assign") or assign_form(_people(), case),
        close_form=forms.get("close") or close_form(),
    )


def _people() -> list[User]:
    """Return the staff who may work on cases."""
    return [each for each in list_staff() if each.active and may([role.name for role in each.roles], "cases.work")]


def _locked(case_id: int) -> Case:
    return queries.lock_case(case_id) or abort(404)
