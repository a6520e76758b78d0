"""Forms about surveys as a whole: a new one, publishing, languages."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import Optional, Regexp

from survey_app.questionnaires.item_parsing import CODE
from survey_app.questionnaires.library.instruments import instruments
from survey_app.questionnaires.names import identification_names
from survey_app.questionnaires.parsing import LANGUAGE
from survey_app.web.forms import CheckboxesField, Form, at_most, chosen, needed, options
from survey_app.web.languages import NAMES, interface_language

BLANK = "blank"
CODE_RULE = Regexp(
    re.compile(f"^{CODE.pattern}$"),
    message=_l("Use small letters, digits and underscores, beginning with a letter, for example store_visit."),
)


def language_list(text: str) -> list[str]:
    """Return the language tags that somebody typed, separated by commas or blanks."""
    return [tag for tag in re.split(r"[\s,;]+", text) if tag]


def known_tags(_form: Any, field: Field) -> None:
    """Refuse what is no language tag."""
    for tag in language_list(field.data or ""):
        if not LANGUAGE.fullmatch(tag):
            raise ValidationError(_("“%(tag)s” is no language tag. Write tags such as fr, pt-BR, zh-Hant.", tag=tag))


class NameForm(Form):
    """A survey's name for staff."""

    title = StringField(_l("Name for staff"), [needed(_l("Enter a name.")), at_most(200)])


class BeginningForm(Form):
    """What every new survey needs, wherever its questionnaire comes from."""

    code = StringField(
        _l("Code"),
        [Optional(), CODE_RULE],
        description=_l(
            "Names the survey in addresses and files, and never changes. Left empty, it is made from the title."
        ),
    )
    identification = RadioField(
        _l("Who may know whose answers these are?"),
        [chosen()],
        default="identified",
        description=_l("People are told before they answer, so this cannot change after the first publication."),
    )

    def __init__(self, **values: Any) -> None:
        """Offer the ways of identification in the language of the page."""
        super().__init__(**values)
        self.identification.choices = options(identification_names())


class SurveyForm(BeginningForm):
    """A new survey."""

    title = StringField(_l("Title"), [needed(_l("Enter a title.")), at_most(200)])
    template = SelectField(_l("Begin with"), default=BLANK)
    languages = CheckboxesField(_l("Languages"), choices=options(NAMES), default=["en"])
    more_languages = StringField(
        _l("More languages"),
        [Optional(), known_tags],
        description=_l("Language tags separated by commas, for example fr, pt-BR."),
    )

    def __init__(self, **values: Any) -> None:
        """Offer the ready questionnaires in the language of the page."""
        super().__init__(**values)
        ready = {each.plan.name: each.says(each.plan.title) for each in instruments()}
        self.template.choices = options({BLANK: _("A blank page")} | ready)

    @property
    def tags(self) -> tuple[str, ...]:
        """Return the languages chosen, the interface's first."""
        own = sorted(self.languages.data, key=lambda tag: tag != interface_language())
        return tuple(dict.fromkeys([*own, *language_list(self.more_languages.data or "")])) or ("en",)


class LanguagesForm(Form):
    """Languages to add to a survey."""

    add = StringField(
        _l("Add languages"),
        [needed(_l("Enter a language tag, for example fr.")), known_tags],
        description=_l("Language tags separated by commas, for example fr, pt-BR."),
    )
