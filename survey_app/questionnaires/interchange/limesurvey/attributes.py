"""The attributes of LimeSurvey's questions: what changes the item, what is at its default, what is lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item, ItemType
from survey_app.questionnaires.interchange.accounting import brief
from survey_app.questionnaires.interchange.limesurvey.effects import SHUFFLED, has_effect, is_taken
from survey_app.questionnaires.interchange.limesurvey.filters import FILTERS
from survey_app.questionnaires.interchange.limesurvey.reading import Reading
from survey_app.questionnaires.interchange.limesurvey.survey import Question

_NOTHING = frozenset({"", "0", "N", "default", "normal", "none", "inherit", "false", "off"})
# What a fresh question of LimeSurvey has though nobody chose it.
_USUAL = {
    "fix_height": {"200"},
    "page_break": {"0"},
    "statistics_graphtype": {"0"},
    "statistics_showgraph": {"1", "0"},
    "public_statistics": {"0", "1"},
    "scale_export": {"0"},
    "display_rows": {"5"},
    "slider_separator": {"|"},
    "slider_step": {"1"},
    "slider_handle": {"0"},
    "slider_middlestart": {"1"},
    "max_num_of_files": {"1"},
    "max_filesize": {"1024", "10240"},
    "allowed_filetypes": {"png, gif, doc, odt, jpg, jpeg, pdf, png, heic", "png, gif, doc, odt"},
    "dropdown_dates_month_style": {"0"},
    "time_limit_action": {"1"},
    "location_mapservice": {"0"},
    "location_mapzoom": {"11"},
    "location_nodefaultfromip": {"0"},
    "repeat_headings": {"0"},
    "text_input_width": {"12"},
    "choice_input_columns": {"12"},
    "value_range_allows_missing": {"1", "0"},
    "save_as_default": {"N", "Y"},
    "showpopups": {"1"},
    "samechoiceheight": {"1"},
    "samelistheight": {"1"},
    "choice_title": {""},
    "rank_title": {""},
    "show_comment": {"1"},
    "show_title": {"1"},
    "min_num_of_files": {"0"},
    "statistics_list_answers": {"0"},
}
_LOOKS = frozenset(
    {
        "cssclass",
        "hide_tip",
        "display_columns",
        "label_input_columns",
        "answer_width",
        "text_input_columns",
        "alphasort",
        "use_dropdown",
        "dropdown_size",
        "category_separator",
        "horizontal_scroll",
        "slider_layout",
        "slider_showminmax",
        "fix_width",
        "crop_or_resize",
        "keep_aspect",
        "printable_help",
        "display_type",
        "input_boxes",
        "thousands_separator",
    }
)
# What LimeSurvey checks before it lets people go on.
_CHECKS = frozenset(
    {
        "em_validation_q",
        "em_validation_q_tip",
        "em_validation_sq",
        "em_validation_sq_tip",
        "min_num_value",
        "max_num_value",
        "other_comment_mandatory",
        "other_numbers_only",
        "commented_checkbox",
    }
)
RANDOM = frozenset({"random_order", "answer_order", "subquestion_order"})


def is_shuffled(question: Question) -> bool:
    """Return whether the order of a question's answers or rows is random."""
    return any(question.attribute(name) in SHUFFLED for name in RANDOM)


def with_attributes(question: Question, item: Item) -> Item:
    """Return an item with what attributes say about order and number of answers."""
    can_shuffle = bool(item.options or item.rows)
    if item.type in {ItemType.MULTIPLE, ItemType.RANKING}:
        fewest, most = _count(question, "min_answers", item), _count(question, "max_answers", item)
        if fewest and most and fewest > most:
            fewest = None
        item = replace(item, fewest=fewest, most=most)
    return replace(item, is_shuffled=can_shuffle and is_shuffled(question))


def enter_attributes(reading: Reading, question: Question, items: list[Item]) -> None:
    """Enter every row of a question's attributes once."""
    usual: Counter[str] = Counter()
    for name, values in question.attributes.items():
        for language, value in values.items():
            if value in _NOTHING or value in _USUAL.get(name, ()):
                usual[name] += 1
            else:
                _enter(reading, question, items, f"{name} ({language})" if language else name, (name, value))
    for name in question.repeated:
        place = f"{question.code} {name}"
        reading.ledger.lost("attribute", place, _("It stands in the file twice; the last one counts."))
    for name, count in usual.items():
        reading.ledger.kept("attribute", name, _("At its default: nothing to take over."), count)


def _enter(reading: Reading, question: Question, items: list[Item], label: str, attribute: tuple[str, str]) -> None:
    name, value = attribute
    place, ledger = f"{question.code} {label}", reading.ledger
    if name == "random_group":
        # Told once more where it is settled for the whole page.
        ledger.changed("attribute", place, _("See the entries on randomisation."))
    elif name in FILTERS:
        # Settled once it is known what every question became.
        return
    elif has_effect(name, value, items):
        ledger.kept("attribute", place)
    elif name == "date_format" and items:
        ledger.changed(
            "attribute", place, _("Dates are chosen as every device does; answers are stored as 2026-01-31.")
        )
    else:
        ledger.lost("attribute", place, _loss(name, value, has_items=bool(items)))
    _enter_randomisation(reading, question, items, attribute)


def _loss(name: str, value: str, *, has_items: bool) -> str:
    """Return why an attribute is lost."""
    if name in _LOOKS:
        return _("Appearance: “%(value)s”. Pages of ours have one look.", value=brief(value, 60))
    if is_taken(name) and has_items:
        return _("“%(value)s” cannot be said of what the question became.", value=brief(value))
    if name in _CHECKS:
        return _("Answers are not checked so: “%(value)s”.", value=brief(value))
    return _("“%(value)s” has no counterpart.", value=brief(value))


def _enter_randomisation(reading: Reading, question: Question, items: list[Item], attribute: tuple[str, str]) -> None:
    name, value = attribute
    if name not in RANDOM or value not in SHUFFLED:
        return
    place = f"{question.code} {name}"
    if has_effect(name, value, items):
        reading.ledger.kept("randomisation", place)
    else:
        reading.ledger.lost("randomisation", place, _("What it became has a fixed order."))


def _count(question: Question, name: str, item: Item) -> int | None:
    value = question.attribute(name).strip()
    count = int(value) if value.isdecimal() and value.isascii() and len(value) < 6 else 0  # noqa: PLR2004 - longer is no count
    return min(count, len(item.options)) or None
