"""Reading of contact details: checked as the customer's record checks them, kept with the person's consent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from analysis.values import MissingReason
from survey_app.customers.rules import CustomerRecord, check_record
from survey_app.questionnaires.definition import ContactField, Item
from survey_app.questionnaires.rendering.reading import Form, PageReading, Wording, posted, typed_in

CONSENT = "consent"
AGREED = "yes"
# What browsers fill in by themselves.
AUTOCOMPLETE = {ContactField.NAME: "name", ContactField.EMAIL: "email", ContactField.PHONE: "tel"}


def read_contact(item: Item, form: Form, reading: PageReading, words: Wording) -> None:  # noqa: ARG001 - every handler's signature
    """Read the details asked for, and whether they may be kept; nobody is taken to agree who did not say so."""
    fields = [field.value for field in item.contact_fields]
    # What was given before goes with what is given now, even where nothing is.
    reading.typed[item.code] = []
    typed = typed_in(item, fields, form, reading)
    agreed = posted(form, f"{item.code}.{CONSENT}") == [AGREED]
    reading.typed[f"{item.code}.{CONSENT}"] = [AGREED] if agreed else []
    details = {field: " ".join(text.split()) for field, text in typed.items()}
    errors = _problems(details) | (_absent(item, details) if item.is_required else {})
    reading.errors.update({f"{item.code}.{field}": error for field, error in errors.items()})
    if errors:
        return
    if details:
        value: dict[str, Any] = details | {CONSENT: agreed}
        reading.values[item.code] = value
    else:
        reading.missing[item.code] = MissingReason.SKIPPED


def _problems(details: dict[str, str]) -> dict[str, str]:
    return check_record(record_of(details), {})


def record_of(details: Mapping[str, Any]) -> CustomerRecord:
    """Return contact details as a customer's record says them; what was not given leaves the record as it is."""
    name, email, phone, language = (details.get(field.value) or None for field in ContactField)
    return CustomerRecord(name=name, email=email, phone=phone, language=language)


def _absent(item: Item, details: dict[str, str]) -> dict[str, str]:
    sentences = {
        ContactField.NAME: _("Write your name."),
        ContactField.EMAIL: _("Write your e-mail address."),
        ContactField.PHONE: _("Write your telephone number."),
        ContactField.LANGUAGE: _("Choose a language."),
    }
    return {field.value: sentences[field] for field in item.contact_fields if field.value not in details}
