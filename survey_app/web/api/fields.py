"""The fields of a resource, written down once: they check what comes in, and the API's document is made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from survey_app.web.api.problems import Fault, pointer
from survey_app.web.forms import clean_text

LARGEST = Decimal(10) ** 12


class WrongValueError(ValueError):
    """A value does not fit its field; the message says why in the reader's language."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `kind` is text, amount, instant or object; the description is for the document."""

    name: str
    kind: str
    description: str
    is_needed: bool = False
    longest: int = 200

    def schema(self) -> dict[str, Any]:
        """Return the field as JSON Schema."""
        shapes: dict[str, dict[str, Any]] = {
            "text": {"type": "string", "maxLength": self.longest} | ({"minLength": 1} if self.is_needed else {}),
            "amount": {"type": "number", "minimum": -float(LARGEST), "maximum": float(LARGEST)},
            "instant": {"type": "string", "format": "date-time"},
            "object": {"type": "object"},
        }
        return shapes[self.kind] | {"description": self.description}


def schema_of(fields: Sequence[Field]) -> dict[str, Any]:
    """Return a resource as JSON Schema."""
    return {
        "type": "object",
        "properties": {field.name: field.schema() for field in fields},
        "required": [field.name for field in fields if field.is_needed],
        "additionalProperties": False,
    }


def read_fields(fields: Sequence[Field], data: object, *steps: str | int) -> tuple[dict[str, Any], list[Fault]]:
    """Return the values of one resource, and what is wrong with them; `steps` lead to it in the body."""
    if not isinstance(data, dict):
        return {}, [Fault(pointer(*steps), _("This must be an object with named fields."))]
    known = {field.name: field for field in fields}
    faults = [
        Fault(pointer(*steps, name[:100]), _("There is no field of this name.")) for name in data if name not in known
    ]
    values: dict[str, Any] = {}
    for field in fields:
        try:
            values[field.name] = _read(field, data.get(field.name))
        except WrongValueError as error:
            faults.append(Fault(pointer(*steps, field.name), str(error)))
    return values, faults


def _read(field: Field, value: object) -> Any:
    if value is None:
        if field.is_needed:
            raise WrongValueError(_("This field is needed."))
        return None
    return _READERS[field.kind](value, field)


def _text(value: object, field: Field) -> str:
    if not isinstance(value, str):
        raise WrongValueError(_("This must be a text."))
    text: str = clean_text(value).strip()
    if len(text) > field.longest:
        raise WrongValueError(_("Shorten this to at most %(max)d characters.", max=field.longest))
    if field.is_needed and not text:
        raise WrongValueError(_("This field is needed."))
    return text


def _amount(value: object, _field: Field) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not abs(Decimal(value)) < LARGEST:
        raise WrongValueError(_("This must be a number below 1,000,000,000,000."))
    return round(Decimal(value), 2)


def _instant(value: object, _field: Field) -> datetime:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
        if instant is not None and instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        instant = None
    raise WrongValueError(_("This must be a time with its offset, like 2026-12-01T09:00:00+07:00."))


def _object(value: object, _field: Field) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WrongValueError(_("This must be an object with named fields."))
    return {clean_text(name)[:100]: _plain(each) for name, each in value.items()}


def _plain(value: object) -> Any:
    if value is None or isinstance(value, str | bool):
        return clean_text(value)
    if isinstance(value, int | Decimal) and -LARGEST < value < LARGEST:
        return int(value) if value == int(value) else float(value)
    raise WrongValueError(_("Its values are texts, numbers below 1,000,000,000,000, yes or no."))


_READERS: dict[str, Callable[[object, Field], Any]] = {
    "text": _text,
    "amount": _amount,
    "instant": _instant,
    "object": _object,
}
