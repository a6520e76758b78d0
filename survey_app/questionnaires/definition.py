"""The questionnaire document: pages, items of a closed list of types, texts by language, roles and scales.

One immutable value per version. Form, page, codebook and exports are derived from it. The written form
(JSON, YAML) is described in docs/questionnaire-format.md; `parsing.parse` reads it, `parsing.to_data` writes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from analysis.values import Codebook, Role
from analysis.values import Item as Measured

FORMAT = "survey_app/questionnaire"
FORMAT_VERSION = 1

Texts = dict[str, str]


class ItemType(StrEnum):
    """The closed list of item types."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    LIKERT = "likert"
    SINGLE = "single"
    MULTIPLE = "multiple"
    RANKING = "ranking"
    SUM = "sum"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"
    CONTACT = "contact"
    STATEMENT = "statement"
    HIDDEN = "hidden"


SCALED = frozenset({ItemType.NPS, ItemType.CSAT, ItemType.CES, ItemType.LIKERT})
CHOICES = frozenset({ItemType.SINGLE, ItemType.MULTIPLE})
# Items whose answer is made of options: chosen, ordered, or given shares of a total.
WITH_OPTIONS = CHOICES | {ItemType.RANKING, ItemType.SUM}
# Items that people never see as a question to answer.
UNASKED = frozenset({ItemType.STATEMENT, ItemType.HIDDEN})


class Look(StrEnum):
    """How the points of a satisfaction scale are drawn; the answer is the same number."""

    NUMBERS = "numbers"
    STARS = "stars"
    FACES = "faces"


class ContactField(StrEnum):
    """The details that a contact item may ask for."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    LANGUAGE = "language"


# The source of a hidden value that is one of some groups, assigned by chance.
RANDOM = "random"

# Where a jump may lead beside a later page: to the thanks as a completion, or out as somebody who is not asked.
END = "end"
SCREEN_OUT = "screen_out"


@dataclass(frozen=True, slots=True)
class Scale:
    """Ordered answers from `low` to `high`; `labels` names single points, the ends at least."""

    low: int
    high: int
    higher_is_better: bool = True
    labels: dict[int, Texts] = field(default_factory=dict)
    look: Look = Look.NUMBERS

    @property
    def points(self) -> range:
        """Return the scale's points in ascending order."""
        return range(self.low, self.high + 1)


@dataclass(frozen=True, slots=True)
class Option:
    """One nominal answer; `is_other` asks for the person's own words, `is_exclusive` excludes all others.

    `is_fixed` keeps its place when the others are shuffled; "other" and exclusive options keep theirs anyway.
    """

    code: str
    text: Texts
    is_other: bool = False
    is_exclusive: bool = False
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a Likert battery: a measured thing of its own."""

    code: str
    text: Texts
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """One form of an item in a split ballot: another wording, or the options and rows turned round.

    Empty texts stand for the item's own; each response is given one variant by its seed, in equal shares.
    """

    code: str
    text: Texts = field(default_factory=dict)
    hint: Texts = field(default_factory=dict)
    is_reversed: bool = False


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a number or date may be; a text of digits so that 0.10 stays 0.10; None means no bound.

    Numbers have at most `decimals` places; dates are written as ISO days.
    """

    lowest: str | None = None
    highest: str | None = None
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """One question as it is asked; a battery (`likert`) measures one thing per row.

    A ranking is answered by a list of option codes, best first; a constant sum by an amount per option that add up to
    `total`; a number by a number, a date by an ISO day; contact details by a group of `contact_fields`;
    hidden values come from the link (`?<code>=…`) or from `source`: a field of the customer's record, or RANDOM, which
    gives each response one of the options by its seed.
    """

    code: str
    type: ItemType
    text: Texts
    hint: Texts = field(default_factory=dict)
    role: Role | None = None
    is_primary: bool = False
    is_required: bool = False
    scale: Scale | None = None
    options: tuple[Option, ...] = ()
    rows: tuple[Row, ...] = ()
    allows_not_applicable: bool = False
    allows_dont_know: bool = False
    max_length: int = 4000
    # One line for a short text; several for a long one.
    is_short: bool = False
    # Options, or the rows of a battery, in an order that the response's seed decides; the shown order is stored.
    is_shuffled: bool = False
    # How many options a ranking or a multiple choice asks for at least and at most; None means no limit.
    fewest: int | None = None
    most: int | None = None
    total: int = 100
    bounds: Bounds = field(default_factory=Bounds)
    unit: Texts = field(default_factory=dict)
    contact_fields: tuple[ContactField, ...] = ()
    # What the person agrees to when their details may go into the customer's record.
    consent: Texts = field(default_factory=dict)
    source: str | None = None
    variants: tuple[Variant, ...] = ()
    # A condition tree on earlier answers (see `conditions`); None means always asked.
    show_if: dict[str, Any] | None = None

    @property
    def measure_codes(self) -> tuple[str, ...]:
        """Return the codes under which this item's answers are stored."""
        if self.type is ItemType.STATEMENT:
            return ()
        return tuple(row.code for row in self.rows) if self.type is ItemType.LIKERT else (self.code,)

    @property
    def is_by_chance(self) -> bool:
        """Return whether its value is one of some groups, assigned by chance."""
        return self.type is ItemType.HIDDEN and self.source == RANDOM

    @property
    def is_visible(self) -> bool:
        """Return whether people see anything of it."""
        return self.type is not ItemType.HIDDEN


@dataclass(frozen=True, slots=True)
class Jump:
    """Where a page leads when its condition holds: the code of a later page, END or SCREEN_OUT."""

    when: dict[str, Any] | None
    to: str


@dataclass(frozen=True, slots=True)
class Page:
    """One screenful; of its jumps the first whose condition holds is taken, else the next page follows."""

    code: str
    items: tuple[Item, ...]
    title: Texts = field(default_factory=dict)
    show_if: dict[str, Any] | None = None
    jumps: tuple[Jump, ...] = ()
    # Its items in an order that the response's seed decides.
    is_shuffled: bool = False


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `limit` completions of one campaign may meet a condition; whoever comes later is told that it is full."""

    code: str
    when: dict[str, Any]
    limit: int


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One state of the instrument."""

    title: Texts
    languages: tuple[str, ...]
    pages: tuple[Page, ...]
    introduction: Texts = field(default_factory=dict)
    thanks: Texts = field(default_factory=dict)
    # What somebody reads who is screened out, and who comes after a quota is full.
    screened_out: Texts = field(default_factory=dict)
    quota_full: Texts = field(default_factory=dict)
    # Words of the pages themselves, such as Continue, by key, in languages that the interface does not speak.
    interface: dict[str, Texts] = field(default_factory=dict)
    quotas: tuple[Quota, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """Return all items in the order in which they are asked."""
        return tuple(item for page in self.pages for item in page.items)

    @property
    def primary_outcome(self) -> Item | None:
        """Return the one item whose answers are the survey's headline."""
        return next((item for item in self.items if item.is_primary), None)

    def codebook(self) -> Codebook:
        """Return what each stored answer measures."""
        measured = tuple(each for item in self.items for each in _measured(item))
        primary = self.primary_outcome
        return Codebook(items=measured, primary_outcome=primary.code if primary else None)


def text_in(texts: Texts, language: str, languages: tuple[str, ...]) -> str:
    """Return the text in a language, else in the first of the questionnaire's languages that has it, else nothing."""
    for each in (language, language.split("-", maxsplit=1)[0], *languages):
        if texts.get(each):
            return texts[each]
    return ""


def _measured(item: Item) -> tuple[Measured, ...]:
    if item.type is ItemType.STATEMENT:
        return ()
    if item.type is ItemType.LIKERT:
        return tuple(_measured_one(item, row.code, row.text, row.role) for row in item.rows)
    return (_measured_one(item, item.code, item.text, item.role),)


def _measured_one(item: Item, code: str, text: Texts, role: Role | None) -> Measured:
    return Measured(
        code=code,
        kind=item.type.value,
        role=role,
        labels=dict(text),
        low=item.scale.low if item.scale else None,
        high=item.scale.high if item.scale else None,
        higher_is_better=item.scale.higher_is_better if item.scale else True,
        options={option.code: dict(option.text) for option in item.options},
        variants={variant.code: dict(variant.text or item.text) for variant in item.variants},
        battery=item.code if item.rows else "",
    )
