"""Reads what only some types of items have: bounds, totals, contact fields, sources, variants."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import RANDOM, Bounds, ContactField, Item, ItemType, Variant
from survey_app.questionnaires.document import Part, shown

MOST_VARIANTS = 6
MOST_DECIMALS = 6
LARGEST_TOTAL = 1_000_000
LONGEST_UNIT = 40
LONGEST_NUMBER = 15
VARIANT_CODE = re.compile(r"[a-z0-9][a-z0-9_]{0,59}")
SOURCE = re.compile(RANDOM + r"|(customer|attribute)\.[a-z][a-z0-9_]{0,59}")


def read_details(part: Part, item: Item) -> dict[str, Any]:
    """Return the fields of an item that its type has beyond the common ones; faults go to the findings."""
    bounds = _bounds(part, item.type)
    return {
        "is_short": part.flag("short"),
        "is_shuffled": part.flag("shuffle"),
        "fewest": _count(part, "fewest", item),
        "most": _count(part, "most", item),
        "total": part.number("total", 100, range(1, LARGEST_TOTAL + 1)),
        "bounds": bounds,
        "unit": part.texts("unit", longest=LONGEST_UNIT),
        "contact_fields": _contact_fields(part, item.type),
        "consent": part.texts("consent"),
        "source": _source(part, item),
        "variants": _variants(part),
    }


def _count(part: Part, key: str, item: Item) -> int | None:
    if part.data.get(key) is None:
        return None
    return part.number(key, 1, range(1, max(len(item.options), 1) + 1))


def _bounds(part: Part, kind: ItemType) -> Bounds:
    read = _day if kind is ItemType.DATE else _number
    lowest, highest = read(part, "lowest"), read(part, "highest")
    if lowest is not None and highest is not None and _value(lowest, kind) > _value(highest, kind):
        part.complain("lowest", _("The lowest value is above the highest. Exchange them."))
    return Bounds(lowest, highest, part.number("decimals", 0, range(MOST_DECIMALS + 1)))


def _value(text: str, kind: ItemType) -> Any:
    return date.fromisoformat(text) if kind is ItemType.DATE else Decimal(text)


def _number(part: Part, key: str) -> str | None:
    value = part.data.get(key)
    if value is None:
        return None
    text = str(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else ""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("nan")
    if number.is_finite() and len(text) <= LONGEST_NUMBER and text.isascii():
        return format(number, "f")
    part.complain(key, _("“%(value)s” is no number.", value=shown(value)))
    return None


def _day(part: Part, key: str) -> str | None:
    value = part.data.get(key)
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        part.complain(key, _("“%(value)s” is no day such as 2026-01-31.", value=shown(value)))
        return None


def _contact_fields(part: Part, kind: ItemType) -> tuple[ContactField, ...]:
    if kind is not ItemType.CONTACT:
        return ()
    value = part.data.get("contact_fields")
    known = [each.value for each in ContactField]
    if not isinstance(value, list | tuple) or not value or any(each not in known for each in value):
        part.complain("contact_fields", _("List which details are asked for: %(known)s.", known=", ".join(known)))
        return (ContactField.EMAIL,)
    return tuple(ContactField(each) for each in dict.fromkeys(value))


def _source(part: Part, item: Item) -> str | None:
    value = part.data.get("source")
    if item.type is ItemType.HIDDEN and item.options and value != RANDOM:
        part.complain("options", _("Only a hidden value that is assigned by chance (source: random) has groups."))
    if value is None or (isinstance(value, str) and SOURCE.fullmatch(value)):
        return value
    part.complain(
        "source",
        _(
            "“%(value)s” is no source of a hidden value: write random, or a field of a customer, such as "
            "customer.language or attribute.plan.",
            value=shown(value),
        ),
    )
    return None


def _variants(part: Part) -> tuple[Variant, ...]:
    variants = tuple(_variant(each) for each in part.parts("variants", MOST_VARIANTS))
    codes = [each.code for each in variants if each.code]
    if len(set(codes)) < len(codes):
        part.complain("variants", _("Two variants have the same code. Give each its own."))
    if len(variants) == 1:
        part.complain("variants", _("A split ballot compares at least two variants."))
    return variants


def _variant(part: Part) -> Variant:
    part.allow(("code", "text", "hint", "reversed"))
    code = part.data.get("code")
    if not isinstance(code, str) or not VARIANT_CODE.fullmatch(code):
        part.complain("code", _("“%(code)s” is no code of a variant, such as a or b.", code=shown(code)))
        code = ""
    return Variant(code, part.texts("text"), part.texts("hint"), part.flag("reversed"))
