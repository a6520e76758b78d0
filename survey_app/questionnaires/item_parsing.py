"""Reads one item of a questionnaire: what its type needs and allows."""

from __future__ import annotations

import re
from dataclasses import replace

from flask_babel import gettext as _

from analysis.values import Role
from survey_app.questionnaires.definition import SCALED, WITH_OPTIONS, Item, ItemType, Look, Option, Row, Scale, Texts
from survey_app.questionnaires.detail_parsing import read_details
from survey_app.questionnaires.document import Part, shown
from survey_app.questionnaires.routing import read_condition
from survey_app.questionnaires.scales import FEWEST_POINTS, MOST_POINTS, RULES, usual_labels

CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
OPTION_CODE = re.compile(r"[a-z0-9][a-z0-9_]{0,59}")
# The names of controls that every form of ours has.
RESERVED = frozenset({"csrf_token"})
MOST_OPTIONS = 500
MOST_ROWS = 100
LONGEST_LABEL = 500
LONGEST_ANSWER = 10_000
COMMON = ("code", "type", "text", "hint", "role", "required", "show_if")
SPECIAL = ("not_applicable", "dont_know")
OPTION_KEYS = ("code", "text", "other", "exclusive", "fixed")
# A group that chance assigns is never chosen by a person.
GROUP_KEYS = ("code", "text")
CHOOSING = (*COMMON, "options", "shuffle")
KEYS: dict[ItemType, tuple[str, ...]] = {
    ItemType.NPS: (*COMMON, "primary", "scale", *SPECIAL, "variants"),
    ItemType.CSAT: (*COMMON, "primary", "scale", *SPECIAL, "variants"),
    ItemType.CES: (*COMMON, "primary", "scale", *SPECIAL, "variants"),
    ItemType.LIKERT: (*COMMON, "scale", "rows", "shuffle", *SPECIAL, "variants"),
    ItemType.SINGLE: (*CHOOSING, *SPECIAL, "variants"),
    ItemType.MULTIPLE: (*CHOOSING, "fewest", "most", *SPECIAL, "variants"),
    ItemType.RANKING: (*CHOOSING, "fewest", "most", *SPECIAL),
    ItemType.SUM: (*CHOOSING, "total", "unit", *SPECIAL),
    ItemType.NUMBER: (*COMMON, "lowest", "highest", "decimals", "unit", *SPECIAL),
    ItemType.DATE: (*COMMON, "lowest", "highest", *SPECIAL),
    ItemType.TEXT: (*COMMON, "max_length", "short", "variants"),
    ItemType.CONTACT: ("code", "type", "text", "hint", "required", "show_if", "contact_fields", "consent"),
    ItemType.STATEMENT: ("code", "type", "text", "hint", "show_if", "variants"),
    ItemType.HIDDEN: ("code", "type", "text", "role", "source", "options"),
}
_MEASURES = (Role.OUTCOME, Role.DRIVER)
ROLES: dict[ItemType, tuple[Role, ...]] = {
    ItemType.NPS: _MEASURES,
    ItemType.CSAT: _MEASURES,
    ItemType.CES: _MEASURES,
    ItemType.LIKERT: _MEASURES,
    ItemType.SINGLE: (Role.PROFILE,),
    ItemType.MULTIPLE: (Role.PROFILE,),
    ItemType.RANKING: (Role.PROFILE,),
    ItemType.SUM: (Role.PROFILE,),
    ItemType.NUMBER: (Role.PROFILE,),
    ItemType.DATE: (Role.PROFILE,),
    ItemType.TEXT: (Role.VERBATIM, Role.PROFILE),
    ItemType.CONTACT: (),
    ItemType.STATEMENT: (),
    ItemType.HIDDEN: (Role.PROFILE,),
}


def read_item(part: Part) -> Item:
    """Return the item that a part describes; its faults go to the part's findings."""
    kind = _type(part)
    if kind is None:
        return Item(code=code_of(part), type=ItemType.STATEMENT, text={})
    part.allow(KEYS[kind])
    role = _role(part, kind)
    item = Item(
        code=code_of(part),
        type=kind,
        text=part.texts("text"),
        hint=part.texts("hint"),
        role=role,
        is_primary=part.flag("primary"),
        is_required=part.flag("required"),
        scale=_scale(part.part("scale"), kind) if kind in SCALED else None,
        options=_options(part, kind) if kind in {*WITH_OPTIONS, ItemType.HIDDEN} else (),
        rows=_rows(part, role) if kind is ItemType.LIKERT else (),
        allows_not_applicable=part.flag("not_applicable"),
        allows_dont_know=part.flag("dont_know"),
        max_length=part.number("max_length", 4000, range(1, LONGEST_ANSWER + 1)),
        show_if=read_condition(part),
    )
    item = replace(item, **read_details(part, item))
    if item.is_primary and item.role is not Role.OUTCOME:
        part.complain("primary", _("Only an item with the role outcome can be the primary outcome."))
    return item


def code_of(part: Part) -> str:
    """Return the code of a page, item or row."""
    code = _matching(part, CODE)
    if code in RESERVED:
        part.complain("code", _("“%(code)s” is a name we use ourselves. Choose another code.", code=code))
    return code


def _matching(part: Part, pattern: re.Pattern[str]) -> str:
    value = part.data.get("code")
    if isinstance(value, str) and pattern.fullmatch(value):
        return value
    part.complain(
        "code",
        _(
            "“%(code)s” is no code. Use at most 60 small letters, digits and underscores, beginning with a letter, "
            "in quotation marks if it looks like a number or yes/no.",
            code=shown(value),
        ),
    )
    return ""


def _type(part: Part) -> ItemType | None:
    name = part.choice("type", [each.value for each in ItemType])
    if name is None and part.data.get("type") is None:
        part.complain("type", _("Say which type of item this is."))
    return ItemType(name) if name else None


def _role(part: Part, kind: ItemType) -> Role | None:
    name = part.choice("role", [role.value for role in ROLES[kind]])
    return Role(name) if name else None


def _scale(part: Part, kind: ItemType) -> Scale:
    rule = RULES[kind]
    points = ("low", "high") if rule.has_free_points else ()
    looks = ("look",) if kind is ItemType.CSAT else ()
    part.allow((*points, *(("higher_is_better",) if rule.has_free_direction else ()), "labels", *looks))
    low, high = rule.low, rule.high
    if rule.has_free_points:
        low = part.number("low", rule.low, range(2))
        high = part.number("high", rule.high, range(low + FEWEST_POINTS - 1, low + MOST_POINTS))
    scale = Scale(low=low, high=high, higher_is_better=part.flag("higher_is_better", default=True))
    if "labels" not in part.data:
        labels = usual_labels(scale, kind, part.languages)
    else:
        labels = _labels(part.part("labels"), scale)
    look = Look(part.choice("look", [each.value for each in Look]) or Look.NUMBERS)
    return replace(scale, labels=labels, look=look)


def _labels(part: Part, scale: Scale) -> dict[int, Texts]:
    # JSON knows only texts as keys, YAML reads numbers: both name the same point.
    known = {str(point): point for point in scale.points}
    part = replace(part, data={shown(key): value for key, value in part.data.items()})
    part.allow(known.keys())
    found = {point: part.texts(name, longest=LONGEST_LABEL) for name, point in known.items()}
    return {point: texts for point, texts in found.items() if texts}


def _options(part: Part, kind: ItemType) -> tuple[Option, ...]:
    keys = GROUP_KEYS if kind is ItemType.HIDDEN else OPTION_KEYS
    options = tuple(_option(each, keys) for each in part.parts("options", MOST_OPTIONS))
    codes = [option.code for option in options if option.code]
    if len(set(codes)) < len(codes):
        part.complain("options", _("Two options have the same code. Give each its own."))
    return options


def _option(part: Part, keys: tuple[str, ...]) -> Option:
    part.allow(keys)
    return Option(
        code=_matching(part, OPTION_CODE),
        text=part.texts("text", longest=LONGEST_LABEL),
        is_other=part.flag("other"),
        is_exclusive=part.flag("exclusive"),
        is_fixed=part.flag("fixed"),
    )


def _rows(part: Part, role: Role | None) -> tuple[Row, ...]:
    return tuple(_row(each, role) for each in part.parts("rows", MOST_ROWS))


def _row(part: Part, role: Role | None) -> Row:
    part.allow(("code", "text", "role"))
    own = _role(part, ItemType.LIKERT)
    return Row(code=code_of(part), text=part.texts("text", longest=LONGEST_LABEL), role=own or role)
