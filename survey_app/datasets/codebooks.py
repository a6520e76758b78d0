"""One codebook for a survey whose versions differ: what the newest says, and what older ones asked besides."""

from __future__ import annotations

from analysis.values import Codebook, Item
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.queries import list_versions, questionnaire_of


def codebook_of(survey: Survey) -> Codebook:
    """Return every measure any published version asked, as its newest version words it."""
    codebooks = [questionnaire_of(version).codebook() for version in list_versions(survey)]
    items: dict[str, Item] = {}
    for codebook in codebooks:
        for item in codebook.items:
            items.setdefault(item.code, item)
    primary = next((each.primary_outcome for each in codebooks if each.primary_outcome), None)
    return Codebook(items=tuple(items.values()), primary_outcome=primary)
