"""What the parts of a Qualtrics import share: texts by language, codes, answers that logic looks at, the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item, ItemType, Texts
from survey_app.questionnaires.document import LONGEST_TEXT
from survey_app.questionnaires.interchange.accounting import Ledger, fitting, plain
from survey_app.questionnaires.interchange.answerables import Answerable, Tree
from survey_app.questionnaires.interchange.codes import Codes, code_from
from survey_app.questionnaires.interchange.drafts import DraftItem
from survey_app.questionnaires.interchange.qualtrics.steps import LAST, Chance, Given, Step, steps_of
from survey_app.questionnaires.interchange.qualtrics.survey import Data, Survey, is_on, mapping, ordered, text
from survey_app.questionnaires.interchange.ratings import Answer
from survey_app.questionnaires.interchange.tongues import language_tags
from survey_app.questionnaires.item_parsing import LONGEST_LABEL
from survey_app.questionnaires.routing import answer_kinds

# Fields that Qualtrics fills from the contact, and where ours keeps them.
_SOURCES = {
    "email": "customer.email",
    "recipientemail": "customer.email",
    "q_language": "customer.language",
    "recipientfirstname": "customer.name",
    "firstname": "customer.name",
}


@dataclass(slots=True)
class Reading:
    """The state of one import; `answerables` are known by locator: `QID1`, `QID1/row`, `QID1/text/3`, `field/name`."""

    survey: Survey
    ledger: Ledger
    tags: dict[str, str] = field(default_factory=dict)
    codes: Codes = field(default_factory=Codes)
    answerables: dict[str, Answerable] = field(default_factory=dict)
    fields: dict[str, DraftItem] = field(default_factory=dict)
    # Blocks that the flow has led to.
    visited: set[str] = field(default_factory=set)
    # The flow, where logic stands in it, what chance draws by the place of its randomiser, values given by field.
    steps: tuple[Step, ...] = ()
    place: int = LAST
    chances: dict[int, Chance | None] = field(default_factory=dict)
    givens: dict[str, list[Given]] = field(default_factory=dict)
    # What branches ask, by their places; a text says why it cannot be said.
    gates: dict[int, Tree | str] = field(default_factory=dict)
    _rows: dict[str, list[Answerable]] = field(default_factory=dict)
    _n_rows: int = 0

    def __post_init__(self) -> None:
        """Find the languages: the survey's own, those it offers, those it is translated into."""
        self.tags = language_tags(self.languages) or {"EN": "en"}
        self.steps = steps_of(self.survey)

    @property
    def languages(self) -> list[str]:
        """Return the names of all languages, the survey's own first."""
        own = text(self.survey.entry.get("SurveyLanguage")) or "EN"
        offered = mapping(self.survey.options.get("AvailableLanguages"))
        used = [name for each in self.survey.questions.values() for name in _languages(each)]
        return list(dict.fromkeys([own, *map(str, offered), *used]))

    @property
    def base(self) -> str:
        """Return the name of the survey's own language."""
        return next(iter(self.tags))

    @property
    def main(self) -> str:
        """Return the tag of the main language."""
        return self.tags[self.base]

    def translated(self, question: Data, path: tuple[str, ...], own: Any) -> dict[str, Any]:
        """Return what stands at a place of a question in its own language and in its translations."""
        found = {self.base: own}
        for name, translation in mapping(question.get("Language")).items():
            value: Any = translation
            for step in path:
                value = mapping(value).get(step)
            if name != self.base and value is not None:
                found[name] = value
        return found

    def texts(self, question: Data, path: tuple[str, ...], own: Any, longest: int = LONGEST_TEXT) -> Texts:
        """Return a text of a question in all languages, without markup."""
        name = " ".join([tag_of(question), *path])
        raw = self.translated(question, path, own)
        clean = {
            self.tags[each]: plain(text(value), self.ledger, f"{name} ({each})")
            for each, value in raw.items()
            if each in self.tags
        }
        return fitting(clean, longest, self.ledger, name)

    def labels(self, question: Data, kind: str) -> dict[str, Texts]:
        """Return the texts of a question's choices or answers by their ids, in order."""
        order = question.get("ChoiceOrder" if kind == "Choices" else "AnswerOrder")
        found = {}
        for id_, each in ordered(question.get(kind), order):
            found[id_] = self.texts(question, (kind, id_, "Display"), each.get("Display"), LONGEST_LABEL)
            if mapping(each.get("Image")):
                name = f"{tag_of(question)} {kind} {id_} Image"
                self.ledger.lost("media", name, _("Options have words, no pictures; look at its wording."))
                said = text(each.get("Description")) or text(mapping(each.get("Image")).get("Display")) or id_
                found[id_] = found[id_] or {self.main: plain(said, self.ledger, name)[:LONGEST_LABEL]}
        return found

    def answers(self, question: Data, kind: str = "Choices") -> list[Answer]:
        """Return a question's choices as answers; only one of them can ask for the person's own words."""
        texts = self.labels(question, kind)
        found: list[Answer] = []
        for id_, each in ordered(
            question.get(kind), question.get("ChoiceOrder" if kind == "Choices" else "AnswerOrder")
        ):
            is_other = is_on(each.get("TextEntry")) and not any(one.is_other for one in found)
            found.append(Answer(id_, texts[id_], is_other, is_on(each.get("ExclusiveAnswer"))))
        return found

    def answerable(self, locator: str, item: Item, values: dict[str, str | int] | None = None) -> None:
        """Make an item known to logic."""
        kinds = answer_kinds([item])
        kind = kinds.get(f"answer.{item.code}")
        if kind is not None:
            self.answerables.setdefault(locator, Answerable(item.code, kind, values or {}))

    def rows_of(self, qid: str) -> list[Answerable]:
        """Return everything that is known by a place inside a question."""
        if self._n_rows != len(self.answerables):
            self._rows = {}
            for locator, target in self.answerables.items():
                self._rows.setdefault(locator.split("/")[0], []).append(target)
            self._n_rows = len(self.answerables)
        return self._rows.get(qid, [])

    def field(self, name: str) -> Answerable:
        """Return an embedded field as a hidden value, made when it is first named."""
        key = name.casefold()
        if key not in self.fields:
            code = self.codes.take(code_from(name, "field"), "field")
            item = Item(code=code, type=ItemType.HIDDEN, text={self.main: name[:200]}, source=_SOURCES.get(key))
            self.fields[key] = DraftItem(item, name)
            self.answerable(f"field/{key}", item)
        return self.answerables[f"field/{key}"]


def _languages(question: Data) -> list[str]:
    found = question.get("Language")
    return [str(each) for each in found] if isinstance(found, dict) else []


def tag_of(question: Data) -> str:
    """Return how the file calls a question in its data."""
    return text(question.get("DataExportTag")) or text(question.get("QuestionID")) or "?"


def native_type(question: Data) -> str:
    """Return a question's type, selector and subselector."""
    parts = [text(question.get(key)) for key in ("QuestionType", "Selector", "SubSelector")]
    return "/".join(each for each in parts if each)


def settings_of(question: Data) -> Data:
    """Return what a question demands of its answers."""
    return mapping(mapping(question.get("Validation")).get("Settings"))


def part_item(item: Item, reading: Reading, ending: str, own: Texts) -> Item:
    """Return an item for one part of a question: the question's words and its own."""
    words = {tag: ": ".join(each for each in (item.text.get(tag), own.get(tag)) if each) for tag in (*item.text, *own)}
    cut = {tag: each[:LONGEST_TEXT] for tag, each in words.items()}
    return replace(item, code=reading.codes.take(f"{item.code}_{ending}", "q"), text=cut)
