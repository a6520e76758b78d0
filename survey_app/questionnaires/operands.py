"""What a condition may compare at a place: earlier answers, the customer's fields, each with its possible values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from survey_app.conditions.rules import FieldKind
from survey_app.customers.segments import field_labels, fields
from survey_app.questionnaires.definition import Item, ItemType, Questionnaire, text_in
from survey_app.questionnaires.routing import ANSWER, answer_kinds
from survey_app.web.languages import NAMES

LONGEST_LABEL = 70


@dataclass(frozen=True, slots=True)
class Operand:
    """Something that can be compared: `group` is its heading, `values` what it can be, where that is known."""

    label: str
    kind: FieldKind
    group: str
    values: tuple[tuple[str, str], ...] = ()


def operands(questionnaire: Questionnaire, earlier: Iterable[Item], language: str) -> dict[str, Operand]:
    """Return by name what a condition may compare where these items have been asked before."""
    found: dict[str, Operand] = {}
    hidden: dict[str, Operand] = {}
    for item in earlier:
        mine = _answers(item, language, questionnaire.languages)
        (hidden if item.type is ItemType.HIDDEN else found).update(mine)
    return found | hidden | _customer_fields(questionnaire)


def grouped(known: Mapping[str, Operand]) -> dict[str, dict[str, Operand]]:
    """Return operands under their headings, in their order."""
    groups: dict[str, dict[str, Operand]] = {}
    for name, operand in known.items():
        groups.setdefault(operand.group, {})[name] = operand
    return groups


def _answers(item: Item, language: str, languages: tuple[str, ...]) -> dict[str, Operand]:
    wordings = {row.code: row.text for row in item.rows} or {item.code: item.text}
    group = _("Hidden values") if item.type is ItemType.HIDDEN else _("Earlier answers")
    values = _values(item, language, languages)
    return {
        name: Operand(
            _short(text_in(wordings[name.removeprefix(ANSWER)], language, languages), name.removeprefix(ANSWER)),
            kind,
            group,
            values,
        )
        for name, kind in answer_kinds([item]).items()
    }


def _values(item: Item, language: str, languages: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    if item.scale:
        named = {point: text_in(item.scale.labels.get(point, {}), language, languages) for point in item.scale.points}
        return tuple((str(point), f"{point}: {label}" if label else str(point)) for point, label in named.items())
    if item.type is ItemType.SUM:
        return ()
    return tuple((each.code, text_in(each.text, language, languages) or each.code) for each in item.options)


def _customer_fields(questionnaire: Questionnaire) -> dict[str, Operand]:
    kinds, labels = fields(), field_labels()
    tags = {**dict.fromkeys(questionnaire.languages, ""), **NAMES}
    languages = tuple((tag, NAMES.get(tag, tag)) for tag in tags)
    groups = {"customer": _("Customer"), "attribute": _("Customer's attributes"), "interaction": _("Interactions")}
    return {
        name: Operand(
            labels[name], kinds[name], groups[name.split(".")[0]], languages if name == "customer.language" else ()
        )
        for name in labels
    }


def _short(text: str, code: str) -> str:
    words = " ".join(text.split()) or code
    return words if len(words) <= LONGEST_LABEL else f"{words[: LONGEST_LABEL - 1]}…"
