"""Reading of constant sums: a number of points shared among options."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item
from survey_app.questionnaires.rendering.numbers import number_from
from survey_app.questionnaires.rendering.reading import (
    Form,
    PageReading,
    Wording,
    is_to_be_read,
    reasons_and_rest,
    typed_in,
)
from survey_app.questionnaires.saying import number_in


def read_sum(item: Item, form: Form, reading: PageReading, words: Wording) -> None:
    """Read an amount for every option; together they make the item's total, an empty one is nothing."""
    reasons, _rest = reasons_and_rest(item, form, reading)
    typed = typed_in(item, [option.code for option in item.options], form, reading)
    please = _("Share all %(total)s.", total=number_in(item.total, words.language))
    if is_to_be_read(item, reading, reasons, is_given=bool(typed), please=please):
        _keep(item, typed, reading, words)


def _keep(item: Item, typed: dict[str, str], reading: PageReading, words: Wording) -> None:
    amounts = {code: number_from(text, words.language) for code, text in typed.items()}
    for code, amount in amounts.items():
        if amount is None or amount < 0 or amount != round(amount):
            reading.errors[f"{item.code}.{code}"] = _("Write a whole number of 0 or more.")
    if any(name.startswith(f"{item.code}.") for name in reading.errors):
        return
    shares = {option.code: int(amounts.get(option.code) or 0) for option in item.options}
    shared = sum(shares.values())
    if shared != item.total:
        reading.errors[item.code] = _unequal(Decimal(shared), item.total, words.language)
    else:
        reading.values[item.code] = shares


def _unequal(shared: Decimal, total: int, language: str) -> str:
    """Return what to do about a sum that is not the total."""
    numbers = {
        "shared": number_in(int(shared), language),
        "total": number_in(total, language),
        "rest": number_in(abs(total - int(shared)), language),
    }
    if shared < total:
        return _("You have shared %(shared)s of %(total)s. Share the other %(rest)s too.", **numbers)
    return _("You have shared %(shared)s of %(total)s. Take %(rest)s away.", **numbers)
