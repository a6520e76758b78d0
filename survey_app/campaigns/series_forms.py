"""The forms for campaigns that make themselves."""

from __future__ import annotations

from datetime import time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, DecimalField, IntegerField, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from survey_app.campaigns.timing.schedules import RECIPIENT
from survey_app.campaigns.timing.zones import known_zones
from survey_app.web.forms import Form, at_most, chosen, needed, options

UNITS = {"days": _l("days"), "weeks": _l("weeks"), "months": _l("months"), "quarters": _l("quarters")}
DELAYS = {"1": _l("minutes"), "60": _l("hours"), "1440": _l("days")}
PERIODS = {"week": _l("each week"), "month": _l("each month"), "quarter": _l("each quarter")}


def _whole(label: Any, low: int, high: int, default: int, **given: Any) -> IntegerField:
    checks = [
        chosen(_l("Fill in this field.")),
        NumberRange(low, high, _l("Use a whole number from %(min)s to %(max)s.")),
    ]
    return IntegerField(label, checks, default=default, render_kw={"inputmode": "numeric"}, **given)


class SeriesForm(Form):
    """What every series has: a name, the draft it copies, and how long a wave takes answers."""

    name = StringField(_l("Name"), [needed(_l("Enter a name.")), at_most(200)])
    template = SelectField(
        _l("The draft that every wave is a copy of"),
        [InputRequired(_l("Choose a draft."))],
        choices=[],
        description=_l("Audience, wording, pace and limits are taken from it each time."),
    )
    open_days = _whole(_l("Answers are taken for so many days"), 1, 366, 30)

    @property
    def rule(self) -> dict[str, Any]:
        """Return when it runs, as it is stored."""
        raise NotImplementedError


class RecurringForm(SeriesForm):
    """Waves that come again."""

    on = DateField(_l("The first wave is on"), [chosen(_l("Choose a day."))])
    at = TimeField(_l("Time"), [chosen(_l("Choose a time."))], default=time(9))
    zone = StringField(
        _l("Time zone"),
        [needed(_l("Enter a time zone.")), at_most(64)],
        description=_l("Such as Europe/Madrid, America/Bogota or Asia/Ho_Chi_Minh."),
    )
    is_local = BooleanField(_l("At that time in each recipient's own time zone, where it is known"))
    every = _whole(_l("It comes again every"), 1, 366, 1)
    unit = SelectField(_l("Unit"), choices=options(UNITS), default="quarters")
    parts = _whole(
        _l("Ask in so many parts, one part each time"),
        1,
        104,
        1,
        description=_l("1 asks everybody each time. 13 parts every week ask everybody once a quarter, spread evenly."),
    )

    def validate_zone(self, field: StringField) -> None:
        """Refuse a zone that there is not."""
        if field.data not in known_zones():
            raise ValidationError(
                _("There is no time zone %(name)s. Write it like Europe/Madrid or Asia/Ho_Chi_Minh.", name=field.data)
            )

    @property
    def rule(self) -> dict[str, Any]:
        """Return when it runs, as it is stored."""
        where = {"zone": RECIPIENT, "fallback": self.zone.data} if self.is_local.data else {"zone": self.zone.data}
        return where | {
            "on": self.on.data.isoformat(),
            "at": self.at.data.strftime("%H:%M"),
            "every": self.every.data,
            "unit": self.unit.data,
            "parts": self.parts.data,
            "open_days": self.open_days.data,
        }


class TriggerForm(SeriesForm):
    """A survey after something happened."""

    kind = StringField(
        _l("After which kind of interaction?"),
        [needed(_l("Say after which kind of interaction the survey is sent, such as purchase.")), at_most(40)],
        render_kw={"list": "kinds", "autocapitalize": "none"},
    )
    least_value = DecimalField(_l("Only if its value is at least"), [Optional()], render_kw={"inputmode": "decimal"})
    delay = _whole(_l("How long after it"), 0, 2160, 1)
    delay_unit = SelectField(_l("Unit"), choices=options(DELAYS), default="1440")
    period = SelectField(
        _l("A new wave begins"),
        choices=options(PERIODS),
        default="month",
        description=_l("Within one wave nobody is asked twice."),
    )
    max_age_days = _whole(
        _l("Leave alone what is older than so many days"),
        1,
        366,
        7,
        description=_l("So that an import of last year's purchases asks nobody."),
    )

    @property
    def rule(self) -> dict[str, Any]:
        """Return what it follows, as it is stored."""
        least = self.least_value.data
        condition = {"field": "happened.value", "op": "at_least", "value": float(least)} if least is not None else None
        return {
            "kind": self.kind.data.strip(),
            "delay_minutes": self.delay.data * int(self.delay_unit.data),
            "period": self.period.data,
            "max_age_days": self.max_age_days.data,
            "open_days": self.open_days.data,
            "condition": condition,
        }
