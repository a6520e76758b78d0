"""The form of a survey's brand."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, HiddenField, RadioField, StringField, ValidationError
from wtforms.validators import Optional
from wtforms.widgets import ColorInput

from survey_app.questionnaires.brand import LONGEST_LOGO_TEXT, LONGEST_NAME, Brand
from survey_app.questionnaires.brand_colours import read_colour
from survey_app.web.forms import Form, at_most, options

HOUSE_COLOUR = "#0b57a4"
HOUSE, OWN = "house", "own"


def a_colour(_form: Any, field: Field) -> None:
    """Refuse what is no colour."""
    if read_colour(field.data or "") is None:
        raise ValidationError(_("Write a colour as # and six digits or letters from a to f, for example #0b57a4."))


class LookForm(Form):
    """What a survey's pages and mails wear."""

    colour = RadioField(_l("Colour"), default=HOUSE)
    accent = StringField(
        _l("Your colour"),
        [Optional(), at_most(20), a_colour],
        widget=ColorInput(),
        description=_l("For buttons, links and chosen answers."),
        default=HOUSE_COLOUR,
    )
    logo = FileField(
        _l("Logo"),
        description=_l("PNG, JPEG or WebP, up to 2 MB. It is made small, and nothing but the picture itself is kept."),
    )
    logo_text = StringField(
        _l("What the logo says"),
        [at_most(LONGEST_LOGO_TEXT)],
        description=_l("Read out to people who don't see it. Left empty, it is your organisation's name."),
    )
    no_logo = BooleanField(_l("Take the logo away"))
    # A logo that was uploaded to try it out.
    kept_logo = HiddenField(validators=[at_most(64)])
    sender_name = StringField(
        _l("Sender of the mails"),
        [at_most(LONGEST_NAME)],
        description=_l("The name people see in their inbox. Left empty, it is your organisation's."),
    )

    def __init__(self, **values: Any) -> None:
        """Offer the choice of colours in the language of the page."""
        super().__init__(**values)
        self.colour.choices = options({HOUSE: _("Our usual blue"), OWN: _("Your own colour")})

    @property
    def chosen_accent(self) -> str:
        """Return the colour that was chosen; empty for the house's own."""
        return (read_colour(self.accent.data or "") or "") if self.colour.data == OWN else ""


def look_form_of(brand: Brand) -> LookForm:
    """Return the form with what a survey wears now, or with what was posted."""
    return LookForm(
        data={
            "colour": OWN if brand.accent else HOUSE,
            "accent": brand.accent or HOUSE_COLOUR,
            "logo_text": brand.logo_text,
            "sender_name": brand.sender_name,
        }
    )
