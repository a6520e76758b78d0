"""A page of an instrument with everything that could be on it, and in words when it is asked."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _

from survey_app.conditions.sentences import sentence
from survey_app.questionnaires.definition import END, SCREEN_OUT, Jump, Page
from survey_app.questionnaires.library.instruments import Instrument
from survey_app.questionnaires.names import condition_labels


def always_asked(page: Page) -> Page:
    """Return the page with everything that could be on it."""
    return replace(page, show_if=None, items=tuple(replace(item, show_if=None) for item in page.items))


def notes_of(instrument: Instrument, page: Page) -> list[str]:
    """Return when the page is shown and where it leads, as sentences."""
    labels = condition_labels(instrument.questionnaire, instrument.language)
    trees = [page.show_if, *(item.show_if for item in page.items)]
    shown = [_("Shown only if %(condition)s.", condition=sentence(tree, labels)) for tree in trees if tree]
    return shown + [_lead(jump, sentence(jump.when, labels), instrument) for jump in page.jumps]


def _lead(jump: Jump, condition: str, instrument: Instrument) -> str:
    if jump.to == END:
        return _("If %(condition)s, the survey ends here with thanks.", condition=condition)
    if jump.to == SCREEN_OUT:
        return _("If %(condition)s, nothing more is asked.", condition=condition)
    places = {page.code: place for place, page in enumerate(instrument.questionnaire.pages, start=1)}
    return _("If %(condition)s, page %(number)s follows.", condition=condition, number=places[jump.to])
