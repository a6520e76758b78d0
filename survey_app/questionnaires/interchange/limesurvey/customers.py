"""What LimeSurvey knows of a participant, as what we know of a customer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from survey_app.conditions.rules import FieldKind
from survey_app.questionnaires.interchange.answerables import Answerable
from survey_app.questionnaires.interchange.codes import code_from

_ATTRIBUTE = re.compile(r"(?:TOKEN:)?ATTRIBUTE_(\d{1,3})")
PREFIX = "attribute."


@dataclass(frozen=True, slots=True)
class CustomerAttribute(Answerable):
    """An attribute of the customer, which conditions may look at like an answer."""

    @property
    def name(self) -> str:
        """Return the field's name in trees."""
        return PREFIX + self.code


def attribute_named(name: str) -> CustomerAttribute | None:
    """Return the customer's attribute for a participant's (`TOKEN:ATTRIBUTE_1`), or None where it is none."""
    found = _ATTRIBUTE.fullmatch(name)
    return CustomerAttribute(code_from(f"attribute_{found[1]}"), FieldKind.TEXT) if found else None
