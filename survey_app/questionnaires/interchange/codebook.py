"""The codebook of a questionnaire as CSV: one row per stored answer, with everything an analyst has to know."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import get_locale
from flask_babel import gettext as _

from survey_app.conditions.sentences import sentence
from survey_app.questionnaires.definition import Item, ItemType, Questionnaire, Row, Texts
from survey_app.questionnaires.names import answer_labels, role_names, type_names
from survey_app.web.csv_cells import csv_text

Cells = list[object]


def write_codebook(questionnaire: Questionnaire) -> str:
    """Return the codebook: codes, wordings by language, types, scales, options, missing reasons, roles, conditions."""
    language = str(get_locale() or "en")
    return csv_text([_head(questionnaire), *_rows(questionnaire, language)])


def _head(questionnaire: Questionnaire) -> Cells:
    wordings = [f"wording.{tag}" for tag in questionnaire.languages]
    codes = ("code", "item", "page", "type", "type_name", "role", "primary", "required")
    return [*codes, *wordings, "scale", "options", "missing", "condition", "page_condition"]


def _rows(questionnaire: Questionnaire, language: str) -> Iterator[Cells]:
    # Attributes of customers stand under their codes, as data sets have them; a file alone knows nothing else.
    labels = answer_labels(questionnaire, language)
    for page in questionnaire.pages:
        page_condition = sentence(page.show_if, labels) if page.show_if else ""
        for item in page.items:
            condition = sentence(item.show_if, labels) if item.show_if else ""
            for code in item.measure_codes:
                yield [*_cells(code, item, page.code, questionnaire), condition, page_condition]
            for option in (each for each in item.options if each.is_other):
                yield _own_words(item, option.text, page.code, questionnaire)


def _cells(code: str, item: Item, page: str, questionnaire: Questionnaire) -> Cells:
    row = next((row for row in item.rows if row.code == code), None)
    role = (row.role if row else None) or item.role
    head = [code, item.code, page, item.type.value, type_names()[item.type], role_names()[role] if role else ""]
    flags = ["1" if item.is_primary else "", "1" if item.is_required else ""]
    wordings = [_wording(item, row, tag) for tag in questionnaire.languages]
    main = questionnaire.languages[0]
    return [*head, *flags, *wordings, _scale(item, main), _options(item, main), _missing(item)]


def _wording(item: Item, row: Row | None, tag: str) -> str:
    parts = [item.text.get(tag, ""), row.text.get(tag, "") if row else ""]
    return " \N{EN DASH} ".join(part for part in parts if part)


def _scale(item: Item, main: str) -> str:
    if item.scale is not None:
        labels = (f"{point}={_said(texts, main)}" for point, texts in sorted(item.scale.labels.items()))
        direction = "" if item.scale.higher_is_better else _("; a high number is worse")
        return f"{item.scale.low}\N{EN DASH}{item.scale.high} ({'; '.join(labels)}){direction}"
    if item.type is ItemType.SUM:
        return _("adds up to %(total)s", total=item.total)
    low, high = item.bounds.lowest, item.bounds.highest
    return f"{low or ''}…{high or ''}" if low or high else ""


def _options(item: Item, main: str) -> str:
    return "; ".join(f"{option.code}={_said(option.text, main)}" for option in item.options)


def _missing(item: Item) -> str:
    """Return the reasons that an answer to this item may be missing for."""
    reasons = [_("not asked"), _("skipped")]
    reasons += [_("don't know")] if item.allows_dont_know else []
    reasons += [_("not applicable")] if item.allows_not_applicable else []
    return "; ".join(reasons)


def _own_words(item: Item, text: Texts, page: str, questionnaire: Questionnaire) -> Cells:
    """Return the row of what people wrote behind “other”."""
    wordings = [text.get(tag, "") for tag in questionnaire.languages]
    name = type_names()[ItemType.TEXT]
    return [f"{item.code}.other", item.code, page, ItemType.TEXT.value, name, "", "", "", *wordings, "", "", "", "", ""]


def _said(texts: Texts, main: str) -> str:
    return texts.get(main) or next(iter(texts.values()), "")
