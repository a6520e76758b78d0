"""Ready questionnaires to begin from, in our own wording: one YAML document each, beside this file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.interchange import read_text

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Template:
    """A ready questionnaire: what it is called, and what it is for."""

    name: str
    title: str
    purpose: str


def templates() -> tuple[Template, ...]:
    """Return the ready questionnaires, named in the language of the page."""
    return (
        Template(
            "relationship_nps",
            _("Relationship: recommendation with drivers"),
            _("Once or twice a year to all customers: would they recommend you, and which of six drivers explains it?"),
        ),
        Template(
            "transaction_csat",
            _("After a purchase: satisfaction"),
            _("A few days after a purchase or visit: satisfaction with it, and with its steps."),
        ),
        Template(
            "service_ces",
            _("After service: effort"),
            _("Right after a request was closed: how easy it was, and whether it was solved."),
        ),
    )


def questionnaire_from(name: str) -> Questionnaire:
    """Return a fresh questionnaire from the template with this name; raise KeyError when there is none."""
    if name not in {each.name for each in templates()}:
        raise KeyError(name)
    return read_text((FOLDER / f"{name}.yaml").read_bytes())
