"""Random orders of Qualtrics' choices and rows."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item, ItemType
from survey_app.questionnaires.interchange.codes import code_from
from survey_app.questionnaires.interchange.qualtrics.reading import Reading, tag_of
from survey_app.questionnaires.interchange.qualtrics.survey import Data, mapping, sequence, text

_ORDERS = ("Randomization", "RowRandomization", "ChoiceRandomization", "AnswerRandomization", "ColumnRandomization")
_ROWS = frozenset({"Randomization", "RowRandomization", "ChoiceRandomization"})
_WHOLE = frozenset({"All", "Advanced"})


def _type(question: Data, key: str) -> str:
    found = text(mapping(question.get(key)).get("Type"))
    return "" if found == "None" else found


def with_order(question: Data, item: Item) -> Item:
    """Return an item with its options or rows shuffled, those that keep their place excepted."""
    kind = next((_type(question, key) for key in _ORDERS if key in _ROWS and _type(question, key)), "")
    can_shuffle = bool(item.rows) or (bool(item.options) and item.type is not ItemType.LIKERT)
    if kind not in {*_WHOLE, "Subset"} or not can_shuffle:
        return item
    fixed = _fixed(question)
    options = tuple(replace(each, is_fixed=each.code in fixed) for each in item.options)
    return replace(item, is_shuffled=True, options=options)


def _fixed(question: Data) -> set[str]:
    advanced = mapping(mapping(question.get("Randomization")).get("Advanced"))
    ids = [text(each) for each in sequence(advanced.get("FixedOrder"))]
    recodes = question.get("RecodeValues") if isinstance(question.get("RecodeValues"), dict) else {}
    natives = [each for each in ids if each and "{" not in each]
    return {code_from(text(mapping(recodes).get(each)) or each, "o", may_begin_with_digit=True) for each in natives}


def enter_order(reading: Reading, question: Data, items: list[Item]) -> None:
    """Enter every random order of a question."""
    for key in _ORDERS:
        kind = _type(question, key)
        name = f"{tag_of(question)} {key} {kind}"
        if not kind:
            continue
        if key not in _ROWS or not any(each.is_shuffled for each in items):
            reading.ledger.lost("randomisation", name, _("What it became has a fixed order."))
        elif kind == "All":
            reading.ledger.kept("randomisation", name)
        else:
            message = _("All of them are shown in a random order; subsets and rules beyond fixed places are not kept.")
            reading.ledger.changed("randomisation", name, message)
