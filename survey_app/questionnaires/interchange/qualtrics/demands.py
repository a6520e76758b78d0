"""What Qualtrics' questions demand of their answers."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item, ItemType
from survey_app.questionnaires.interchange.accounting import brief
from survey_app.questionnaires.interchange.qualtrics.reading import Reading, settings_of, tag_of
from survey_app.questionnaires.interchange.qualtrics.survey import Data, is_on, text

_COUNTS = frozenset({ItemType.MULTIPLE, ItemType.RANKING})
_NUMBERS = ("ValidNumber", "ValidDate")


def with_demands(question: Data, item: Item) -> Item:
    """Return an item with how many choices are asked for at least and at most."""
    if item.type not in _COUNTS:
        return item
    settings = settings_of(question)
    fewest, most = (_count(text(settings.get(key)), item) for key in ("MinChoices", "MaxChoices"))
    return replace(item, fewest=None if fewest and most and fewest > most else fewest, most=most)


def _count(value: str, item: Item) -> int | None:
    is_count = value.isdecimal() and value.isascii() and len(value) < 6  # noqa: PLR2004 - longer is no count
    return min(int(value), len(item.options)) or None if is_count else None


def enter_demands(reading: Reading, question: Data, items: list[Item]) -> None:
    """Enter whether an answer is forced or requested, and how answers are checked."""
    tag, ledger, settings = tag_of(question), reading.ledger, settings_of(question)
    forced = settings.get("ForceResponse")
    if is_on(forced):
        if any(each.is_required for each in items):
            ledger.kept("required", tag)
        else:
            ledger.lost("required", tag, _("Nothing is asked that could be required."))
    elif forced == "RequestResponse":
        ledger.lost("requested answer", tag, _("An answer is asked for, but not demanded: ours are either."))
    kind = text(settings.get("Type"))
    if kind and kind != "None":
        _enter_validation(reading, question, items, kind)


def _enter_validation(reading: Reading, question: Data, items: list[Item], kind: str) -> None:
    tag, ledger, settings = tag_of(question), reading.ledger, settings_of(question)
    content = text(settings.get("ContentType"))
    is_kept = (
        (content in _NUMBERS and any(each.type in {ItemType.NUMBER, ItemType.DATE} for each in items))
        or any(each.fewest or each.most for each in items)
        or any(each.type is ItemType.SUM for each in items)
        or (kind in {"TotalChars", "MaxChars"} and bool(items))
    )
    name = f"{tag} {kind} {content}".strip()
    if is_kept:
        ledger.kept("validator", name)
    else:
        ledger.lost("validator", name, _("Answers are not checked by “%(kind)s”.", kind=brief(content or kind, 60)))
