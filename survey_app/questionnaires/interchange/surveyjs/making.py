"""What every question of a SurveyJS file is read with: ledger, languages, codes, and what answers are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _

from survey_app.conditions.rules import FieldKind
from survey_app.questionnaires.definition import Item, ItemType, Texts
from survey_app.questionnaires.interchange.accounting import Ledger
from survey_app.questionnaires.interchange.answerables import Answerable
from survey_app.questionnaires.interchange.codes import Codes
from survey_app.questionnaires.interchange.drafts import DraftItem
from survey_app.questionnaires.interchange.ratings import Converted
from survey_app.questionnaires.interchange.reports import Entry
from survey_app.questionnaires.interchange.surveyjs.elements import Element
from survey_app.questionnaires.interchange.surveyjs.speech import Speech
from survey_app.questionnaires.item_parsing import LONGEST_LABEL
from survey_app.questionnaires.routing import answer_kinds

# What is entered with the question that others stand in.
PARTS = frozenset({"question", "required"})
CELLS = PARTS | {"option", "value|text string"}


@dataclass
class PartsOnly(Ledger):
    """A ledger of what stands inside a question; what is entered with the question itself is silent."""

    silent: frozenset[str] = frozenset()

    def _enter(self, entry: Entry) -> None:
        if entry.kind not in self.silent:
            super()._enter(entry)


@dataclass(slots=True)
class Making:
    """A questionnaire on its way in."""

    ledger: Ledger
    speech: Speech
    codes: Codes = field(default_factory=Codes)
    # Names that stand once in the whole file: rows of such a name need no matrix before it.
    single: frozenset[str] = frozenset()
    # By the names that expressions use, as they are and in small letters.
    names: dict[str, Answerable] = field(default_factory=dict)
    # The file's elements by their names: some questions offer what others do.
    natives: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    # Conditions of single cells and of questions that stand inside others, by the item that they became.
    inner: list[tuple[DraftItem, str, str]] = field(default_factory=list)
    # The same for rows of batteries, by the code of the row.
    inner_rows: list[tuple[DraftItem, str, str, str]] = field(default_factory=list)

    def parts(self, silent: frozenset[str] = PARTS) -> Making:
        """Return the same with a ledger that takes what stands inside a question, but not the question again."""
        ledger = PartsOnly(self.ledger.entries, self.ledger.began, silent)
        return replace(self, ledger=ledger, speech=replace(self.speech, ledger=ledger))

    def quiet(self) -> Making:
        """Return the same with a ledger that nobody reads: what is repeated is entered once, elsewhere."""
        ledger = Ledger()
        return replace(self, ledger=ledger, speech=replace(self.speech, ledger=ledger))

    @property
    def main(self) -> str:
        """Return the main language."""
        return self.speech.languages[0]

    def texts(self, value: object, name: str, longest: int = 4000) -> Texts:
        """Return a text in every language in which it is there."""
        return self.speech.texts(value, name, longest)

    def label(self, value: object, name: str) -> Texts:
        """Return the text of an option, a row or a point."""
        return self.texts(value, name, LONGEST_LABEL)

    def item(self, element: Element, kind: ItemType, **parts: Any) -> Item:
        """Return the beginning of an item: code, text, hint, whether it is required."""
        text = self.texts(element.get("title"), element.name) or self.texts(element.name, element.name)
        is_required = element.flag("isRequired") or element.flag("eachRowRequired")
        if is_required:
            self.ledger.kept("required", element.name)
        return Item(
            code=self.codes.take(element.name, "q"),
            type=kind,
            text=text,
            hint=self.texts(element.get("description"), element.name),
            is_required=is_required and kind not in {ItemType.STATEMENT, ItemType.HIDDEN},
            **parts,
        )

    def name(self, native: str, item: Item, values: dict[str, str | int] | None = None, code: str = "") -> None:
        """Note what a name in expressions stands for."""
        kinds = answer_kinds([item])
        kind = kinds.get(f"answer.{code or item.code}", FieldKind.PRESENCE)
        target = Answerable(code or item.code, kind, values or {})
        self.names.setdefault(native, target)
        self.names.setdefault(native.casefold(), target)

    def draft(self, element: Element, converted: Converted) -> list[DraftItem]:
        """Return a converted question, its answers named for expressions."""
        self.name(element.name, converted.item, converted.values)
        if element.word("valueName"):
            self.name(element.word("valueName"), converted.item, converted.values)
        return [DraftItem(converted.item, element.name)]

    def lose(self, kind: str, element: Element, keys: Iterable[str], message: str) -> None:
        """Enter properties that nothing of ours says, as far as the element has them."""
        for key in keys:
            value = element.get(key)
            if value not in (None, False, "", [], {}):
                self.ledger.lost(kind, f"{element.name}.{key}", message)


def kept_question(making: Making, element: Element, message: str = "") -> None:
    """Enter a question that asks the same as before, or, with a message, in another form."""
    if message:
        making.ledger.changed("question", element.label, message)
    else:
        making.ledger.kept("question", element.label)


def lost_question(making: Making, element: Element, message: str) -> list[DraftItem]:
    """Enter a question that is not taken over; nothing stands for it."""
    making.ledger.lost("question", element.label, message)
    if element.flag("isRequired"):
        making.ledger.lost("required", element.name, _("Its question is not taken over."))
    return []
