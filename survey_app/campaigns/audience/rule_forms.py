"""The forms of the page of contact rules."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from survey_app.campaigns.audience.rule_keeping import LONGEST_NAME, LONGEST_PERIOD, RulePlan
from survey_app.customers.queries import list_segments
from survey_app.web.forms import Form, at_most, needed

CHANNELS = {
    "mail": _l("Mail"),
    "sms": _l("Short message"),
    "phone": _l("Telephone"),
    "export": _l("Links handed over to another tool"),
}
_LIMIT = [Optional(), NumberRange(1, LONGEST_PERIOD, _l("Use a whole number from 1 to 3660."))]


class RuleForm(Form):
    """How often one person may be asked."""

    name = StringField(_l("Name"), [needed(_l("Give the rule a name.")), at_most(LONGEST_NAME)])
    channel = SelectField(_l("Requests that count"), default="")
    segment_id = SelectField(_l("Whom it protects"), default="")
    min_gap_days = IntegerField(_l("Days between two requests, at least"), _LIMIT)
    most = IntegerField(_l("Requests, at most"), _LIMIT)
    period_days = IntegerField(_l("Counted over so many days"), _LIMIT)
    after_answer_days = IntegerField(
        _l("Days of rest after an answer"),
        _LIMIT,
        description=_l("Answers to confidential and anonymous surveys don't count: no list may tell who answered."),
    )
    is_active = BooleanField(_l("This rule counts"), default=True)

    def offer(self) -> None:
        """Fill the lists with the channels and the segments there are."""
        self.channel.choices = [("", _("all ways of asking")), *((key, str(name)) for key, name in CHANNELS.items())]
        self.segment_id.choices = [("", _("everybody")), *((str(each.id), each.name) for each in list_segments())]
        for field in (self.channel, self.segment_id):
            field.data = "" if field.data in (None, "None") else str(field.data)


class TestAddressesForm(Form):
    """Addresses that belong to nobody."""

    __test__ = False

    addresses = TextAreaField(
        _l("Test addresses"),
        description=_l("One on a line: a whole address, @domain for everybody there, or an ending such as .test."),
    )


def plan_of(form: RuleForm) -> RulePlan:
    """Return the rule that a valid form describes."""
    return RulePlan(
        name=form.name.data or "",
        min_gap_days=form.min_gap_days.data,
        most=form.most.data,
        period_days=form.period_days.data,
        after_answer_days=form.after_answer_days.data,
        channel=form.channel.data or None,
        segment_id=int(form.segment_id.data) if form.segment_id.data else None,
        is_active=bool(form.is_active.data),
    )
