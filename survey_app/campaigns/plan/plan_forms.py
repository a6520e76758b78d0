"""The forms of a campaign's third step: when it is sent, in which parts, and what follows."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, DecimalField, IntegerField, RadioField, StringField, TimeField
from wtforms.validators import NumberRange, Optional

from survey_app.campaigns.sending.experiments import Experiment, Measure
from survey_app.campaigns.sending.gates import Gate, Limits
from survey_app.campaigns.sending.pilots import LONGEST_WAIT, Pilot
from survey_app.campaigns.sending.reminding import LONGEST_GAP, MOST_REMINDERS, SHORTEST_GAP, ReminderPlan
from survey_app.campaigns.sentences import MEASURES, WEEKDAYS
from survey_app.campaigns.timing.pace import Pace, PaceError
from survey_app.campaigns.timing.schedules import RECIPIENT, Schedule, ScheduleError
from survey_app.web.forms import CheckboxesField, Form, at_most, options

MOST_PEOPLE = 1_000_000
MOST_HOURS = 24 * 14


def _whole(label: Any, low: int, high: int, **given: Any) -> IntegerField:
    checks = [Optional(), NumberRange(low, high, _l("Use a whole number from %(min)s to %(max)s."))]
    return IntegerField(label, checks, **given)


def _percent(label: Any, **given: Any) -> DecimalField:
    checks = [Optional(), NumberRange(0, 100, _l("Use a percentage from %(min)s to %(max)s."))]
    return DecimalField(label, checks, places=None, **given)


def _share(field: DecimalField) -> float | None:
    return None if field.data is None else float(field.data) / 100


class TimingForm(Form):
    """When sending begins, how fast it goes and at which hours."""

    begins = RadioField(
        _l("When does sending begin?"),
        choices=options({"now": _l("At once, when you confirm it"), "later": _l("At a day and time")}),
        default="now",
    )
    on = DateField(_l("Day"), [Optional()])
    at = TimeField(_l("Time"), [Optional()], default=time(9))
    zone = StringField(
        _l("Time zone"), [at_most(64)], description=_l("Such as Europe/Madrid, America/Bogota or Asia/Ho_Chi_Minh.")
    )
    whose = RadioField(
        _l("Whose clock counts?"),
        choices=options(
            {
                "zone": _l("The time zone above, for everybody"),
                RECIPIENT: _l("Each recipient's own time zone; the one above where it isn't known"),
            }
        ),
        default="zone",
    )
    over_hours = _whole(
        _l("Spread over so many hours"), 1, MOST_HOURS, description=_l("Leave it empty to send as fast as it goes.")
    )
    per_minute = _whole(_l("At most so many mails a minute"), 1, 100_000)
    domain_per_minute = _whole(_l("At most so many a minute to one mail provider"), 1, 100_000)
    quiet_from = TimeField(_l("Quiet hours from"), [Optional()])
    quiet_to = TimeField(_l("Quiet hours until"), [Optional()])
    days = CheckboxesField(
        _l("Days on which mails may go"),
        coerce=int,
        choices=options({str(day): label for day, label in WEEKDAYS.items()}),
    )

    @property
    def schedule_data(self) -> dict[str, Any]:
        """Return the schedule as typed."""
        if self.begins.data != "later":
            return {}
        on: date | None = self.on.data
        at: time | None = self.at.data
        data = {"on": on.isoformat() if on else None, "at": at.strftime("%H:%M") if at else None}
        zone = (self.zone.data or "").strip()
        return data | ({"zone": RECIPIENT, "fallback": zone} if self.whose.data == RECIPIENT else {"zone": zone})

    @property
    def pace_data(self) -> dict[str, Any]:
        """Return the pace as typed."""
        data: dict[str, Any] = {
            "over_minutes": self.over_hours.data * 60 if self.over_hours.data else None,
            "per_minute": self.per_minute.data,
            "domain_per_minute": self.domain_per_minute.data,
            "days": sorted(self.days.data or []),
            "zone": RECIPIENT if self.whose.data == RECIPIENT else None,
        }
        if self.quiet_from.data or self.quiet_to.data:
            ends = (self.quiet_from.data, self.quiet_to.data)
            data["quiet"] = [each.strftime("%H:%M") if each else None for each in ends]
        return data

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, then whether they make a schedule and a pace."""
        is_fine: bool = super().validate(extra_validators)
        try:
            Schedule.from_data(self.schedule_data)
        except ScheduleError as error:
            wrong = self.zone if self.on.data and self.at.data else self.on
            wrong.errors = [*wrong.errors, str(error)]
            is_fine = False
        try:
            Pace.from_data(self.pace_data)
        except PaceError as error:
            wrong = self.quiet_from if self.days.data else self.days
            wrong.errors = [*wrong.errors, str(error)]
            is_fine = False
        return is_fine


class PartsForm(Form):
    """A pilot with its gate, and two wordings compared."""

    pilot = RadioField(
        _l("Who is written to first?"),
        choices=options(
            {"": _l("Everybody at once, without a pilot"), "n": _l("So many people"), "share": _l("A percentage")}
        ),
        default="",
    )
    pilot_n = _whole(_l("How many people"), 1, MOST_PEOPLE, default=100)
    pilot_share = _percent(_l("How many percent"), default=5)
    pilot_hours = _whole(_l("Hours to wait after the pilot"), 1, LONGEST_WAIT, default=24)
    goes_on = RadioField(
        _l("Who sends the rest?"),
        choices=options({"person": _l("A person decides"), "gate": _l("It goes on by itself if the pilot went well")}),
        default="person",
    )
    gate_returned = _percent(_l("At most so many percent came back"), default=3)
    gate_delivered = _whole(_l("At least so many were delivered"), 1, MOST_PEOPLE, default=20)
    gate_started = _percent(_l("At least so many percent began to answer"), default=0)
    compares = BooleanField(_l("Compare two wordings of the mail"))
    tested_share = _percent(
        _l("Percent of the audience that the two are tried on"),
        default=100,
        description=_l("Below 100, the rest gets the better one. With a pilot, they are tried on the pilot."),
    )
    share_b = _percent(_l("Percent of those who get the second wording"), default=50)
    measure = RadioField(
        _l("Which is better?"),
        choices=options({each.value: label for each, label in MEASURES.items()}),
        default=Measure.STARTED.value,
    )
    compare_hours = _whole(_l("Hours until they are compared"), 1, LONGEST_WAIT, default=24)

    @property
    def pilot_plan(self) -> Pilot | None:
        """Return the pilot, or None."""
        if not self.pilot.data:
            return None
        gate = Gate(_share(self.gate_returned) or 0.0, self.gate_delivered.data or 1, _share(self.gate_started) or 0.0)
        return Pilot(
            n=(self.pilot_n.data or 1) if self.pilot.data == "n" else None,
            share=(_share(self.pilot_share) or 0.01) if self.pilot.data == "share" else None,
            wait_hours=self.pilot_hours.data or 24,
            gate=gate if self.goes_on.data == "gate" else None,
        )

    @property
    def experiment(self) -> Experiment | None:
        """Return the comparison of two wordings, or None."""
        if not self.compares.data:
            return None
        return Experiment(
            tested_share=_share(self.tested_share) or 1.0,
            share_b=min(max(_share(self.share_b) or 0.5, 0.01), 0.99),
            measure=Measure(self.measure.data),
            hours=self.compare_hours.data or 24,
        )


class FollowForm(Form):
    """Reminders, thanks, and when sending stops by itself."""

    reminders = RadioField(
        _l("How many reminders?"),
        choices=options(
            {
                "0": _l("None"),
                "1": _l("At most one"),
                "2": _l("At most two"),
                "3": _l("At most three"),
            }
        ),
        default="0",
    )
    gap_1 = _whole(_l("Days until the first"), SHORTEST_GAP, LONGEST_GAP, default=5)
    gap_2 = _whole(_l("Days until the second"), SHORTEST_GAP, LONGEST_GAP, default=7)
    gap_3 = _whole(_l("Days until the third"), SHORTEST_GAP, LONGEST_GAP, default=7)
    thanks = BooleanField(_l("Thank everybody who has finished, by mail"))
    most_returned = _percent(
        _l("Pause when more than so many percent come back"), description=_l("Leave it empty for no limit.")
    )
    most_complained = _percent(
        _l("Pause when more than so many percent complain"), description=_l("Leave it empty for no limit.")
    )

    @property
    def reminder_plan(self) -> ReminderPlan:
        """Return the reminders."""
        n = min(int(self.reminders.data or 0), MOST_REMINDERS)
        return ReminderPlan(tuple(field.data or 7 for field in (self.gap_1, self.gap_2, self.gap_3)[:n]))

    def limits_after(self, before: Limits) -> Limits:
        """Return the limits; what was accepted before stays accepted."""
        return Limits(_share(self.most_returned), _share(self.most_complained), before.accepted)


class PlanForm(TimingForm, PartsForm, FollowForm):
    """All of it: the third step of a draft."""


def closes_too_early(schedule: Schedule, closes_at: datetime | None) -> str | None:
    """Return why a schedule does not go with the day on which the campaign ends, in words."""
    starts_at = schedule.starts_at
    if starts_at is not None and closes_at is not None and closes_at <= starts_at:
        return _("The campaign would close before it begins. Choose an earlier day here, or a later last day.")
    return None
