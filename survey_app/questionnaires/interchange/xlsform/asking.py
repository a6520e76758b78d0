"""Our items as rows of an XLSForm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item, ItemType, Texts
from survey_app.questionnaires.interchange.xlsform.chance import drawn
from survey_app.questionnaires.interchange.xlsform.saying import Saying
from survey_app.questionnaires.saying import field_name

NORMAL_LENGTH = 4000
Options = list[tuple[str, Texts]]
TYPES = {
    ItemType.TEXT: "text",
    ItemType.DATE: "date",
    ItemType.STATEMENT: "note",
    ItemType.HIDDEN: "hidden",
    ItemType.MULTIPLE: "select_multiple",
    ItemType.RANKING: "rank",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the survey sheet."""

    type: str
    name: str
    label: Texts
    hint: Texts = field(default_factory=dict)
    options: Options = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)
    # Which answer to the row before it brings this one.
    follows: str = ""


def rows_of(item: Item, saying: Saying) -> Iterator[Row]:
    """Yield the rows that an item becomes, and enter what became of it."""
    messages = {
        ItemType.NPS: _("It is a choice of 0 to 10 there; that it is the NPS is not said."),
        ItemType.CSAT: _("It is a choice among its points there."),
        ItemType.CES: _("It is a choice of 1 to 7 there; that it is about effort is not said."),
        ItemType.LIKERT: _("It is a choice per row there."),
        ItemType.SUM: _("It is a number per option there; that they add up to the total is not checked."),
        ItemType.CONTACT: _("It is a text per detail there; nothing reaches the customer's record."),
    }
    if item.is_by_chance:
        messages[item.type] = _("It is a calculation there, which draws one of its groups and keeps to it.")
    label, message = f"{item.code} ({item.type.value})", messages.get(item.type, "")
    saying.ledger.changed("item", label, message) if message else saying.ledger.kept("item", label)
    _lose(item, saying)
    for option in (each for each in item.options if each.is_other):
        message = _("What people write behind it is a question of its own there.")
        saying.ledger.changed("other", f"{item.code}: {option.code}", message)
    yield from _rows(item, saying)


def _rows(item: Item, saying: Saying) -> Iterator[Row]:
    if item.is_by_chance:
        calculation = drawn([option.code for option in item.options])
        yield Row("calculate", item.code, item.text, {}, _options(item, saying), {"calculation": calculation})
    elif item.rows or item.type in {ItemType.SUM, ItemType.CONTACT}:
        yield from _several(item, saying)
    else:
        yield Row(_type(item), item.code, item.text, item.hint, _options(item, saying), _others(item))
        yield from _own_words(item)


def _several(item: Item, saying: Saying) -> Iterator[Row]:
    """Yield the rows of an item that asks for several things under one text."""
    others, main = _others(item), saying.questionnaire.languages[0]
    for row in item.rows:
        yield Row("select_one", row.code, row.text or {main: row.code}, {}, _points(item, saying), others)
    for option in item.options:
        yield Row("decimal", f"{item.code}_{option.code}", option.text, {}, [], others)
    for each in item.contact_fields:
        yield Row("text", f"{item.code}_{each.value}", {main: field_name(each.value)}, {}, [], others)


def _own_words(item: Item) -> Iterator[Row]:
    """Yield a text for every option that asks for the person's own words."""
    for option in (each for each in item.options if each.is_other):
        ending = "other" if option == next(each for each in item.options if each.is_other) else option.code
        follows = f"selected(${{{item.code}}}, '{option.code}')"
        yield Row("text", f"{item.code}_{ending}", option.text, follows=follows)


def _type(item: Item) -> str:
    if item.type is ItemType.NUMBER:
        return "decimal" if item.bounds.decimals else "integer"
    return TYPES.get(item.type, "select_one")


def _options(item: Item, saying: Saying) -> Options:
    if item.scale is not None:
        return _points(item, saying)
    return [(option.code, option.text) for option in item.options]


def _points(item: Item, saying: Saying) -> Options:
    """Return the points of a scale as options, each with its number before its name."""
    main = saying.questionnaire.languages[0]
    scale = item.scale
    points = scale.points if scale else range(0)
    labels = scale.labels if scale else {}
    return [(str(point), labels.get(point) or {main: str(point)}) for point in points]


def _others(item: Item) -> dict[str, str]:
    found: dict[str, str] = {}
    if item.is_required:
        found["required"] = "yes"
    if item.type is ItemType.TEXT and not item.is_short:
        found["appearance"] = "multiline"
    if item.scale is not None:
        found["appearance"] = "likert"
    if item.is_shuffled and item.options:
        found["parameters"] = "randomize=true"
    constraint = _constraint(item)
    return found | ({"constraint": constraint} if constraint else {})


def _constraint(item: Item) -> str:
    shown = "date('{}')" if item.type is ItemType.DATE else "{}"
    ends = ((">=", item.bounds.lowest), ("<=", item.bounds.highest))
    parts = [f". {sign} {shown.format(value)}" for sign, value in ends if value is not None]
    if item.type is ItemType.MULTIPLE:
        counts = ((">=", item.fewest), ("<=", item.most))
        parts += [f"count-selected(.) {sign} {value}" for sign, value in counts if value]
        alone = (option.code for option in item.options if option.is_exclusive)
        parts += [f"not(selected(., '{code}') and count-selected(.) > 1)" for code in alone]
    if item.type is ItemType.TEXT and item.max_length != NORMAL_LENGTH:
        parts.append(f"string-length(.) <= {item.max_length}")
    return " and ".join(parts)


def _lose(item: Item, saying: Saying) -> None:
    """Enter what an item has that XLSForm does not say."""
    lost = {
        "role": item.role is not None,
        "variants": bool(item.variants),
        "not_applicable": item.allows_not_applicable,
        "dont_know": item.allows_dont_know,
        "exclusive": item.type is not ItemType.MULTIPLE and any(option.is_exclusive for option in item.options),
        "fixed": any(option.is_fixed for option in item.options),
        "unit": bool(item.unit),
        "consent": bool(item.consent),
        "source": item.source is not None and not item.is_by_chance,
        "shuffle": item.is_shuffled and bool(item.rows),
        "direction": item.scale is not None and not item.scale.higher_is_better,
    }
    for name, is_lost in lost.items():
        if is_lost:
            saying.ledger.lost("property", f"{item.code}.{name}", _("XLSForm has nothing like it."))
