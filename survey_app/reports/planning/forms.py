"""The form of the planner: percentages as people type them, read into shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FloatField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from survey_app.questionnaires.definition import Item
from survey_app.reports.planning.expectations import Expectation
from survey_app.reports.planning.requests import KINDS, Kind, PlanRequest
from survey_app.web.forms import Form

MOST_CUSTOMERS = 100_000_000
HUNDRED = 100


def _given() -> InputRequired:
    return InputRequired(_l("Enter a number."))


def _count() -> NumberRange:
    return NumberRange(1, MOST_CUSTOMERS, _l("Enter a whole number from 1 to 100,000,000."))


class PlanForm(Form):
    """What the planner is asked; the labels of the expected figures follow the outcome."""

    class Meta(Form.Meta):
        """The form only reads: it is part of the address, without a token."""

        csrf = False

    outcome = SelectField(_l("Outcome"))
    first = FloatField(validators=[_given()])
    second = FloatField(validators=[_given()])
    audience = IntegerField(_l("Customers in all"), validators=[_given(), _count()])
    invitations = IntegerField(_l("Invitations per wave"), validators=[_given(), _count()])
    response_rate = FloatField(
        _l("Expected response rate, in percent"),
        validators=[_given(), NumberRange(0.01, HUNDRED, _l("Enter a percentage above 0 and up to 100."))],
    )
    change = FloatField(validators=[_given()])

    def suit(self, item: Item) -> None:
        """Name and bound the fields as the outcome needs them."""
        kind = KINDS[item.type]
        words = _WORDS[kind]()
        self.first.label.text, self.second.label.text, self.change.label.text = words.labels
        self.first.description, self.change.description = words.hint, words.change_hint
        if kind is Kind.SHARE:
            del self.second

    def check(self, item: Item) -> bool:
        """Return whether what was typed makes sense for the outcome; what does not is said at its field."""
        is_valid = bool(self.validate())
        for field, message in self._faults(item) if is_valid else ():
            field.errors = [message]
            is_valid = False
        return is_valid

    def request_for(self, item: Item) -> PlanRequest:
        """Return what is asked."""
        kind = KINDS[item.type]
        part = 1 if kind is Kind.MEAN else HUNDRED
        scale = item.scale
        return PlanRequest(
            outcome=item.code,
            kind=kind,
            first=self.first.data / part,
            second=self.second.data / part if "second" in self else 0.0,
            low=scale.low if scale else 0,
            high=scale.high if scale else 0,
            audience=self.audience.data,
            invitations=self.invitations.data,
            response_rate=self.response_rate.data / HUNDRED,
            change=self.change.data / (HUNDRED if kind is Kind.SHARE else 1),
        )

    def _faults(self, item: Item) -> list[tuple[Any, str]]:
        kind, first, change = KINDS[item.type], self.first.data, self.change.data
        second = self.second.data if "second" in self else 0.0
        low, high, most = _bounds(item, kind)
        found = []
        if not low <= first <= high:
            found.append((self.first, _("Enter a number from %(low)s to %(high)s.", low=low, high=high)))
        if kind is Kind.NPS and not (second >= 0 and first + second <= HUNDRED):
            found.append((self.second, _("Promoters and detractors together are at most 100 percent.")))
        if kind is Kind.MEAN and not 0 < second <= high - low:
            found.append((self.second, _("Enter a number above 0 and up to %(high)s.", high=high - low)))
        if not 0 < change <= most:
            found.append((self.change, _("Enter a number above 0 and up to %(high)s.", high=most)))
        if self.invitations.data > self.audience.data:
            found.append((self.invitations, _("There are not so many customers.")))
        return found


def typed_expectation(item: Item, expected: Expectation) -> dict[str, Any]:
    """Return what is expected as the form shows it."""
    kind = KINDS[item.type]
    part = 1 if kind is Kind.MEAN else HUNDRED
    return {
        "outcome": item.code,
        "first": round(expected.first * part, 1),
        "second": round(expected.second * part, 1),
        "audience": expected.audience,
        "invitations": expected.audience,
        "response_rate": round(expected.response_rate * HUNDRED, 1),
        "change": round(expected.change * (HUNDRED if kind is Kind.SHARE else 1), 2),
    }


@dataclass(frozen=True, slots=True)
class _Words:
    labels: tuple[str, str, str]
    hint: str
    change_hint: str


def _bounds(item: Item, kind: Kind) -> tuple[int, int, int]:
    """Return between which ends the expected figure lies, and how large a change can be."""
    if kind is Kind.NPS:
        return 0, HUNDRED, 2 * HUNDRED
    if kind is Kind.SHARE or item.scale is None:
        return 0, HUNDRED, HUNDRED
    return item.scale.low, item.scale.high, item.scale.high - item.scale.low


_WORDS = {
    Kind.NPS: lambda: _Words(
        (_("Expected promoters, in percent"), _("Expected detractors, in percent"), _("Change to find, in NPS points")),
        _("The expected NPS is the difference of the two."),
        _("The smallest rise or fall of the score that would matter to you."),
    ),
    Kind.SHARE: lambda: _Words(
        (_("Expected share of satisfied customers, in percent"), "", _("Change to find, in percentage points")),
        _("Those on the best two points of the scale."),
        _("The smallest rise or fall that would matter to you."),
    ),
    Kind.MEAN: lambda: _Words(
        (_("Expected mean"), _("Expected standard deviation"), _("Change to find, in scale points")),
        _("In points of the scale."),
        _("The smallest rise or fall that would matter to you."),
    ),
}
