"""The base of every staff form: CSRF token, text cleaned as it is read, messages in the visitor's language."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import get_translations, gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from wtforms import Field, widgets
from wtforms.fields.choices import SelectChoice, SelectMultipleField
from wtforms.fields.core import UnboundField
from wtforms.validators import DataRequired, InputRequired, Length

# What WTForms says by itself: named here so that the catalogues hold it in every language of the product.
LIBRARY_MESSAGES = (
    lazy_gettext("This field is required."),
    lazy_gettext("Not a valid choice."),
    lazy_gettext("Not a valid integer value."),
    lazy_gettext("Not a valid decimal value."),
    lazy_gettext("Not a valid float value."),
    lazy_gettext("Not a valid date value."),
    lazy_gettext("Not a valid datetime value."),
    lazy_gettext("Not a valid time value."),
    lazy_gettext("Invalid email address."),
    lazy_gettext("Invalid input."),
    lazy_gettext("The CSRF token is missing."),
    lazy_gettext("The CSRF session token is missing."),
    lazy_gettext("The CSRF tokens do not match."),
)


# Beyond it databases and reckoning give up; no figure of ours comes near.
LARGEST = 10**15
_NO_NUMBERS = {
    int: lazy_gettext("Not a valid integer value."),
    float: lazy_gettext("Not a valid float value."),
    Decimal: lazy_gettext("Not a valid decimal value."),
}


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """One line of an error summary: the control it leads to (none for the whole form) and what to do."""

    control: str
    text: str


class _Translations:
    """WTForms' own messages through the product's catalogues."""

    def gettext(self, string: str) -> str:
        return gettext(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        # WTForms fills the placeholders in itself.
        return str(get_translations().ungettext(singular, plural, n))


class Form(FlaskForm):  # type: ignore[misc]
    """A staff form: subclasses name exactly the fields that may be read from a request."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How every form binds its fields."""

        def bind_field(self, form: Any, unbound_field: UnboundField, options: dict[str, Any]) -> Field:
            """Bind a field whose text is cleaned before anything looks at it."""
            options["filters"] = (clean_text, *unbound_field.kwargs.get("filters", ()))
            return unbound_field.bind(form=form, **options)

        def get_translations(self, form: Any) -> _Translations:  # noqa: ARG002 - WTForms' signature
            """Return the product's translations."""
            return _Translations()

    def validate(self, *arguments: Any, **options: Any) -> bool:
        """Check every field; numbers that nothing can reckon with are refused in words.

        Whole and decimal ones before any other check meets them, since comparing these may raise; a float can be
        compared, so that a check of the field's own says more than we could.
        """
        odd = [field for field in self if _is_beyond(field.data)]
        floats = [field for field in odd if isinstance(field.data, float)]
        for field in odd:
            if field not in floats:
                field.process_errors = [*field.process_errors, _NO_NUMBERS[type(field.data)]]
                field.data = None
        is_fine = bool(super().validate(*arguments, **options))
        for field in floats:
            field.errors = field.errors or [_NO_NUMBERS[float]]
        return is_fine and not floats


class CheckboxesField(SelectMultipleField):  # type: ignore[misc]
    """Several choices of a short list, each with its own box."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


def options(labels: Mapping[str, Any]) -> list[SelectChoice]:
    """Return the choices of a select, radio or checkbox field from labels by value."""
    return [SelectChoice(value, label) for value, label in labels.items()]


def needed(message: str | LazyString | None = None) -> DataRequired:
    """Require text; the message says what to enter."""
    return DataRequired(message or lazy_gettext("Fill in this field."))


def chosen(message: str | LazyString | None = None) -> InputRequired:
    """Require a choice, zero and no included."""
    return InputRequired(message or lazy_gettext("Choose one of these."))


def at_most(characters: int) -> Length:
    """Refuse longer text in words, instead of cutting it."""
    return Length(max=characters, message=lazy_gettext("Shorten this to at most %(max)d characters."))


def clean_text(value: Any) -> Any:
    """Return text in NFC without NUL and lone surrogates; leave everything else alone."""
    if not isinstance(value, str):
        return value
    sound = "".join(letter for letter in value if letter != "\0" and not "\ud800" <= letter <= "\udfff")
    return unicodedata.normalize("NFC", sound)


def flat_errors(errors: Any) -> list[str]:
    """Return the messages of a field, those of the fields inside it included."""
    return list(_messages(errors))


def form_errors(form: FlaskForm) -> list[ErrorLine]:
    """Return every message of a form with the control to go to."""
    lines = [ErrorLine("", str(message)) for message in form.form_errors]
    for field in form:
        lines += [ErrorLine(_first_control(field), message) for message in _messages(field.errors)]
    return lines


def _messages(errors: Any) -> Iterator[str]:
    if isinstance(errors, dict):
        for inner in errors.values():
            yield from _messages(inner)
    elif isinstance(errors, Iterable) and not isinstance(errors, (str, LazyString)):
        for inner in errors:
            yield from _messages(inner)
    else:
        yield str(errors)


def _is_beyond(value: object) -> bool:
    """Return whether this is a number, but none that can be compared, reckoned with and stored."""
    if isinstance(value, Decimal) and not value.is_finite():
        return True
    # No number at all fails the comparison, as it must.
    return type(value) in _NO_NUMBERS and not -LARGEST <= value <= LARGEST  # type: ignore[operator]


def _first_control(field: Field) -> str:
    if field.type in {"RadioField", "SelectMultipleField", "CheckboxesField"}:
        return f"{field.id}-0"
    return str(field.id)
