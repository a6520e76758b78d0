"""The forms of the campaign pages."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from survey_app.campaigns.labels import PARTS as PART_LABELS
from survey_app.campaigns.texts import PARTS, Texts
from survey_app.web.forms import Form, at_most, chosen, needed

LONGEST_NAME = 200
LONGEST_WAVE = 80
LARGEST_ORDER = 100_000
LONG_PARTS = frozenset({"body", "closing", "reminder_body"})


class DetailsForm(Form):
    """What a campaign is called, whom it asks and until when."""

    name = StringField(
        _l("Name"),
        [needed(_l("Give the campaign a name.")), at_most(LONGEST_NAME)],
        description=_l("For yourselves; customers don't see it."),
    )
    segment = SelectField(_l("Whom to ask"), default="")
    wave = StringField(
        _l("Wave"),
        [at_most(LONGEST_WAVE)],
        description=_l("The label in trends, such as 2026 Q4. Campaigns with the same label count as one wave."),
    )
    wave_order = IntegerField(
        _l("Place in the series"),
        [Optional(), NumberRange(-LARGEST_ORDER, LARGEST_ORDER, _l("Use a whole number, such as 4."))],
        description=_l("Waves are shown in ascending order of this number."),
        default=0,
    )
    closes_on = DateField(
        _l("Last day for answers"),
        [Optional()],
        description=_l("Open until the end of this day; leave it empty to close the campaign yourself."),
    )


class CampaignForm(DetailsForm):
    """A new campaign: details, and what cannot be changed later."""

    survey = SelectField(_l("Survey"), [chosen(_l("Choose the survey to send."))])
    mode = RadioField(_l("How people get to it"), default="mail")


class SendForm(Form):
    """The number of mails, typed to confirm a large sending."""

    n_mails = StringField(_l("How many mails will be sent?"), [at_most(20)])


class TestForm(Form):
    """To which member of staff a test goes, and in which language."""

    to = SelectField(_l("To"), [chosen(_l("Choose who gets the test mail."))])
    language = SelectField(_l("Language"))


def texts_form(languages: Iterable[str], parts: Iterable[str], texts: Texts) -> Form:
    """Return a form with the parts of the mails in each language, filled in from the request or from what is stored."""
    fields = {_field_name(language, part): _part_field(part) for language in languages for part in parts}
    form_class = type("TextsForm", (Form,), fields)
    stored = {_field_name(language, part): text for language, given in texts.items() for part, text in given.items()}
    form: Form = form_class(data=stored)
    return form


def texts_from(form: Form, languages: Iterable[str], parts: Iterable[str]) -> Texts:
    """Return what the form holds, by language and part."""
    parts = tuple(parts)
    return {
        language: {part: (form[_field_name(language, part)].data or "").strip() for part in parts}
        for language in languages
    }


def _field_name(language: str, part: str) -> str:
    return f"{language}-{part}"


def _part_field(part: str) -> StringField:
    field_class = TextAreaField if part in LONG_PARTS else StringField
    checks = [needed(_l("Write something here; an empty mail part would confuse people.")), at_most(PARTS[part])]
    return field_class(PART_LABELS[part], checks)
