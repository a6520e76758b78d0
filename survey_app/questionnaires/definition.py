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
    TEXT = "text"
    STATEMENT = "statement"


SCALED = frozenset({ItemType.NPS, ItemType.CSAT, ItemType.CES, ItemType.LIKERT})
CHOICES = frozenset({ItemType.SINGLE, ItemType.MULTIPLE})


@dataclass(frozen=True, slots=True)
class Scale:
    """Ordered answers from `low` to `high`; `labels` names single points, the ends at least."""

    low: int
    high: int
    higher_is_better: bool = True
    labels: dict[int, Texts] = field(default_factory=dict)

    @property
    def points(self) -> range:
        """Return the scale's points in ascending order."""
        return range(self.low, self.high + 1)


@dataclass(frozen=True, slots=True)
class Option:
    """One nominal answer; `is_other` asks for the person's own words, `is_exclusive` excludes all others."""

    code: str
    text: Texts
    is_other: bool = False
    is_exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a Likert battery: a measured thing of its own."""

    code: str
    text: Texts
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One question as it is asked; a battery (`likert`) measures one thing per row."""

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
    # A condition tree on earlier answers (see `conditions`); None means always asked.
    show_if: dict[str, Any] | None = None

    @property
    def measure_codes(self) -> tuple[str, ...]:
        """Return the codes under which this item's answers are stored."""
        if self.type is ItemType.STATEMENT:
            return ()
        return tuple(row.code for row in self.rows) if self.type is ItemType.LIKERT else (self.code,)


@dataclass(frozen=True, slots=True)
class Page:
    """One screenful."""

    code: str
    items: tuple[Item, ...]
    title: Texts = field(default_factory=dict)
    show_if: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One state of the instrument."""

    title: Texts
    languages: tuple[str, ...]
    pages: tuple[Page, ...]
    introduction: Texts = field(default_factory=dict)
    thanks: Texts = field(default_factory=dict)

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
    )
