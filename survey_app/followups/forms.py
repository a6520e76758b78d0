"""The forms of the case and alert pages."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FloatField, IntegerField, SelectField, TextAreaField
from wtforms.validators import NumberRange, Optional

from survey_app.accounts.models import User
from survey_app.followups.labels import RESOLUTIONS
from survey_app.followups.models import Case
from survey_app.followups.rules import DUE_HOURS, LONGEST_NOTE, MOST_DUE_HOURS
from survey_app.web.forms import Form, at_most, chosen, needed, options


class NoteForm(Form):
    """What was done or learnt."""

    text = TextAreaField(_l("Note"), [needed(_l("Write what was done or learnt.")), at_most(LONGEST_NOTE)])


class AssignForm(Form):
    """Who takes the case; the choices are filled by `assign_form`."""

    assignee_id = SelectField(_l("Who takes it"))


class CloseForm(Form):
    """How a case ended."""

    resolution = SelectField(_l("How did it end?"), [chosen(_l("Say how the case ended."))])
    ending = TextAreaField(_l("What came of it"), [at_most(LONGEST_NOTE)])


class AlertForm(Form):
    """What makes a survey's answers urgent."""

    is_on = BooleanField(_l("Open a case when a score is low"))
    threshold = FloatField(
        _l("From which score on?"),
        [Optional()],
        description=_l("Leave it empty for the usual threshold."),
    )
    due_hours = IntegerField(
        _l("Hours until somebody should have cared"),
        [NumberRange(1, MOST_DUE_HOURS, _l("Enter a number of hours from %(min)s to %(max)s."))],
        default=DUE_HOURS,
    )


def assign_form(people: Iterable[User], case: Case) -> AssignForm:
    """Return the form to give a case to somebody who may work on cases."""
    form = AssignForm(data={"assignee_id": str(case.assignee_id or "")})
    form.assignee_id.choices = options(
        {"": _l("Everybody (nobody in particular)")} | {str(p.id): p.name for p in people}
    )
    return form


def close_form() -> CloseForm:
    """Return the form to close a case."""
    form = CloseForm()
    form.resolution.choices = options({"": _l("Choose"), **RESOLUTIONS})
    return form
