"""The forms of the campaign pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import NumberRange, Optional

from survey_app.campaigns.labels import PARTS as PART_LABELS
from survey_app.campaigns.mail.texts import PARTS, SHORT_PARTS, Texts
from survey_app.campaigns.reaching.channels import (
    LONGEST_IDLE,
    LONGEST_ORIGIN,
    LONGEST_THANKS,
    MOST_ORIGINS,
    SHORTEST_IDLE,
    SHORTEST_THANKS,
    Kiosk,
    read_origin,
)
from survey_app.campaigns.reaching.posters import PARTS as POSTER_PARTS
from survey_app.campaigns.rules import AnswerLimits
from survey_app.web.forms import Form, at_most, chosen, needed

LONGEST_NAME = 200
LONGEST_WAVE = 80
LARGEST_ORDER = 100_000
MOST_DAYS = 365
# Left empty, these say what they say in every new campaign.
OPTIONAL_PARTS = frozenset({"thanks_subject", "thanks_body"})
LONG_PARTS = frozenset({"body", "closing", "reminder_body", "thanks_body", "poster_line", *SHORT_PARTS})
LENGTHS = PARTS | SHORT_PARTS | POSTER_PARTS
LABELS = PART_LABELS | {"poster_title": _l("Title of the poster"), "poster_line": _l("Sentence under it")}


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
    most_responses = IntegerField(
        _l("Most answers"),
        [Optional(), NumberRange(1, LARGEST_ORDER, _l("Use a whole number from %(min)s to %(max)s."))],
        description=_l("Whoever comes later is told that the survey is full. Leave it empty for no limit."),
    )
    correction_days = IntegerField(
        _l("Days in which people may see, change or take back their answers"),
        [Optional(), NumberRange(0, MOST_DAYS, _l("Use a whole number from %(min)s to %(max)s."))],
        description=_l("Counted from their last answer, by their personal link. 0 means never."),
        default=AnswerLimits().correction_days,
    )
    break_off_days = IntegerField(
        _l("Days until unfinished answers count as broken off"),
        [Optional(), NumberRange(1, MOST_DAYS, _l("Use a whole number from %(min)s to %(max)s."))],
        description=_l("People may still go on afterwards, as long as the campaign is open."),
        default=AnswerLimits().break_off_days,
    )

    @property
    def limits(self) -> AnswerLimits:
        """Return the limits that were entered; what was left empty is as usual."""
        usual = AnswerLimits()
        correction, break_off = self.correction_days.data, self.break_off_days.data
        return AnswerLimits(
            most_responses=self.most_responses.data,
            correction_days=usual.correction_days if correction is None else correction,
            break_off_days=break_off or usual.break_off_days,
        )


class CampaignForm(DetailsForm):
    """A new campaign: details, and what cannot be changed later."""

    survey = SelectField(_l("Survey"), [chosen(_l("Choose the survey to send."))])
    mode = RadioField(_l("How people get to it"), default="mail")


class SendForm(Form):
    """The number of mails, typed to confirm a large sending."""

    n_mails = StringField(_l("How many mails will be sent?"), [at_most(LONGEST_NAME)])


class TestForm(Form):
    """To which member of staff a test goes, and in which language."""

    to = SelectField(_l("To"), [chosen(_l("Choose who gets the test mail."))])
    language = SelectField(_l("Language"))


def texts_form(
    languages: Iterable[str], parts: Iterable[str], texts: Texts, *, may_be_empty: bool = False, **options: Any
) -> Form:
    """Return a form with the parts of the mails in each language, filled in from the request or from what is stored."""
    parts = tuple(parts)
    free = frozenset(parts) if may_be_empty else OPTIONAL_PARTS
    fields = {_field_name(language, part): _part_field(part, free) for language in languages for part in parts}
    form_class = type("TextsForm", (Form,), fields)
    stored = {_field_name(language, part): text for language, given in texts.items() for part, text in given.items()}
    form: Form = form_class(data=stored, **options)
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


def _part_field(part: str, free: frozenset[str]) -> StringField:
    field_class = TextAreaField if part in LONG_PARTS else StringField
    checks = [at_most(LENGTHS[part])]
    if part not in free:
        checks.insert(0, needed(_l("Write something here; an empty mail part would confuse people.")))
    return field_class(LABELS[part], checks)


class KioskForm(Form):
    """How the form behaves on a shared device."""

    idle_seconds = IntegerField(
        _l("Seconds without a touch until it asks whether somebody is still there"),
        [chosen(), NumberRange(SHORTEST_IDLE, LONGEST_IDLE, _l("Use a number of seconds from %(min)s to %(max)s."))],
        description=_l(
            "From %(low)s to %(high)s. A moment after the question, it begins anew.",
            low=SHORTEST_IDLE,
            high=LONGEST_IDLE,
        ),
    )
    thanks_seconds = IntegerField(
        _l("Seconds for which it says thank you"),
        [
            chosen(),
            NumberRange(SHORTEST_THANKS, LONGEST_THANKS, _l("Use a number of seconds from %(min)s to %(max)s.")),
        ],
        description=_l(
            "From %(low)s to %(high)s. Then it is the next person's turn.", low=SHORTEST_THANKS, high=LONGEST_THANKS
        ),
    )

    @property
    def settings(self) -> Kiosk:
        """Return what was entered."""
        return Kiosk(self.idle_seconds.data, self.thanks_seconds.data)


class WebsiteForm(Form):
    """Which websites may show the form."""

    origins = TextAreaField(
        _l("Websites that may show the survey"),
        [at_most(LONGEST_ORIGIN * MOST_ORIGINS)],
        description=_l("One address a line, such as https://www.example.com. No other website can show it in a frame."),
    )

    @property
    def lines(self) -> list[str]:
        """Return the lines that say something."""
        return [line.strip() for line in (self.origins.data or "").splitlines() if line.strip()]

    @property
    def read(self) -> list[str]:
        """Return the websites by their origins, each once."""
        return list(dict.fromkeys(origin for line in self.lines if (origin := read_origin(line))))

    def validate_origins(self, _field: Field) -> None:
        """Refuse what is no website's address, and name it."""
        wrong = next((line for line in self.lines if read_origin(line) is None), None)
        if wrong is not None:
            raise ValidationError(
                _("“%(line)s” is no website's address. Write it like https://www.example.com.", line=wrong[:100])
            )
        if len(self.read) > MOST_ORIGINS:
            raise ValidationError(_("These are more than %(most)s websites. Take some away.", most=MOST_ORIGINS))
