"""Which question a mail may ask in itself: the first one, where everybody is asked it and one number answers it."""

from __future__ import annotations

from survey_app.questionnaires.definition import UNASKED, Item, ItemType, Questionnaire

ONE_TAP = frozenset({ItemType.NPS, ItemType.CSAT, ItemType.CES})


def first_scored(questionnaire: Questionnaire) -> Item | None:
    """Return the first question of the first page where one point of a scale answers it, else None."""
    page = questionnaire.pages[0] if questionnaire.pages else None
    asked = (item for item in page.items if item.type not in UNASKED) if page else iter(())
    item = next(asked, None)
    return item if item is not None and item.type in ONE_TAP and item.scale is not None else None


def one_tap_item(questionnaire: Questionnaire) -> Item | None:
    """Return the question whose points a mail shows as links, else None.

    Nothing may decide whether it is asked, and its wording must be the same for all: split ballots stand on the page.
    """
    item = first_scored(questionnaire)
    if item is None or item.variants or item.show_if is not None or questionnaire.pages[0].show_if is not None:
        return None
    return item
