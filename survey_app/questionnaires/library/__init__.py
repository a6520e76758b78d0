"""Ready questionnaires to begin from, in our own wording: one YAML document each; plans/ says what for."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from analysis.values import Role
from survey_app.questionnaires.definition import Item, ItemType, Page, Questionnaire, Texts
from survey_app.questionnaires.editing import taken_codes, with_free_codes
from survey_app.questionnaires.interchange import read_text
from survey_app.questionnaires.library.plans import NAMES
from survey_app.questionnaires.texts import with_texts

FOLDER = Path(__file__).parent
SAMPLES = frozenset({"first", "second", "third"})


def blank_questionnaire(title: str, languages: tuple[str, ...]) -> Questionnaire:
    """Return a questionnaire with one empty page."""
    return Questionnaire(title={languages[0]: title}, languages=languages, pages=(Page(code="page1", items=()),))


def new_item(kind: ItemType, questionnaire: Questionnaire) -> Item:
    """Return what an item of this type begins with, in the questionnaire's languages and with codes of its own."""
    palette = _read("items")
    languages = tuple(tag for tag in questionnaire.languages if tag in palette.languages)
    start = next(item for item in palette.items if item.type is kind)
    one = replace(palette, pages=(Page(code="one", items=(start,)),))
    item = in_languages(one, languages).items[0] if languages else replace(start, text={})
    is_primary = item.role is Role.OUTCOME and questionnaire.primary_outcome is None
    return with_free_codes(replace(item, is_primary=is_primary), taken_codes(questionnaire))


@cache
def sample_options() -> dict[str, Texts]:
    """Return by code the texts of the options that only show where one's own come."""
    options = [option for item in _read("items").items for option in item.options]
    return {option.code: option.text for option in options if option.code in SAMPLES}


def in_languages(questionnaire: Questionnaire, languages: tuple[str, ...]) -> Questionnaire:
    """Return the questionnaire with the texts of these languages only."""
    kept = with_texts(questionnaire, lambda _key, texts: {tag: texts[tag] for tag in languages if tag in texts})
    return replace(kept, languages=languages)


def questionnaire_from(name: str) -> Questionnaire:
    """Return a fresh questionnaire from the library; raise KeyError when there is none."""
    if name not in NAMES:
        raise KeyError(name)
    return _read(name)


def _read(name: str) -> Questionnaire:
    return read_text((FOLDER / f"{name}.yaml").read_bytes())
