"""The form of sending limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField
from wtforms.validators import NumberRange, Optional, ValidationError

from survey_app.outbox.rules import is_scope
from survey_app.web.forms import Form, at_most, needed

MOST = 1_000_000


class LimitForm(Form):
    """How many mails may go, in all or to one recipient domain."""

    scope = StringField(
        _l("For"),
        [needed(), at_most(255)],
        description=_l("* for all mail together, or a recipient domain such as example.com."),
    )
    per_minute = IntegerField(_l("Per minute"), [Optional(), NumberRange(1, MOST)])
    per_hour = IntegerField(_l("Per hour"), [Optional(), NumberRange(1, MOST)])

    def validate_scope(self, field: StringField) -> None:
        """Refuse what is neither everything nor a domain."""
        if not is_scope(str(field.data).strip().lower()):
            raise ValidationError(_l("Write * or a domain such as example.com."))

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Ask for at least one number."""
        is_good = bool(super().validate(extra_validators))
        if is_good and self.per_minute.data is None and self.per_hour.data is None:
            self.per_minute.errors = [gettext("Say how many mails may go per minute, per hour, or both.")]
            return False
        return is_good
