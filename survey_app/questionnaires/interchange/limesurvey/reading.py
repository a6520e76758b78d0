"""What the parts of a LimeSurvey import share: the survey, codes, answers that conditions look at, and the ledger."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from survey_app.questionnaires.definition import Item, ItemType, Texts
from survey_app.questionnaires.document import LONGEST_TEXT
from survey_app.questionnaires.interchange.accounting import Ledger, fitting, plain
from survey_app.questionnaires.interchange.answerables import Answerable
from survey_app.questionnaires.interchange.codes import Codes
from survey_app.questionnaires.interchange.drafts import DraftItem
from survey_app.questionnaires.interchange.limesurvey.expressions import Expression
from survey_app.questionnaires.interchange.limesurvey.relevance import Scope
from survey_app.questionnaires.interchange.limesurvey.survey import NativeAnswer, Question, Raw, Survey
from survey_app.questionnaires.interchange.limesurvey.words import usual_word
from survey_app.questionnaires.interchange.ratings import Answer
from survey_app.questionnaires.item_parsing import LONGEST_LABEL
from survey_app.questionnaires.parsing import LONGEST_TITLE
from survey_app.questionnaires.routing import answer_kinds

EXPRESSION = re.compile(r"\{(?![\s}])([^{}]{1,2000})\}")
OTHER = "-oth-"
COMMENT = "comment"


@dataclass(slots=True)
class Reading:
    """The state of one import."""

    survey: Survey
    ledger: Ledger
    codes: Codes = field(default_factory=Codes)
    answerables: dict[str, Answerable] = field(default_factory=dict)
    # Items of each question, by its id; none where it is lost.
    drafts: dict[str, list[DraftItem]] = field(default_factory=dict)
    # The codes of the rows and items that a subquestion became, by its id.
    parts: dict[str, list[str]] = field(default_factory=dict)
    # What equation questions compute, and what subquestions of a question are called in expressions.
    equations: dict[str, Expression] = field(default_factory=dict)
    families: dict[str, list[str]] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        """Return what equations may name."""
        return Scope(self.answerables, self.equations, self.families)

    @property
    def tags(self) -> list[str]:
        """Return our language tags, the main one first."""
        return list(dict.fromkeys(self.survey.tags.values())) or ["en"]

    @property
    def main(self) -> str:
        """Return the tag of the main language."""
        return self.tags[0]

    def texts(self, raw: Raw, name: str, longest: int = LONGEST_TEXT) -> Texts:
        """Return a text of the file in our languages, without markup and no longer than it may be."""
        # What is said for all languages is in the main one.
        tags = {"": self.main, **self.survey.tags}
        found = {tags[each]: text for each, text in raw.items() if each in tags}
        clean = {tag: plain(text, self.ledger, f"{name} ({tag})") for tag, text in found.items()}
        return fitting(clean, longest, self.ledger, name)

    def label(self, raw: Raw, name: str) -> Texts:
        """Return the text of an option, row or scale point."""
        return self.texts(raw, name, LONGEST_LABEL)

    def title(self, raw: Raw, name: str) -> Texts:
        """Return the text of a heading."""
        return self.texts(raw, name, LONGEST_TITLE)

    def answers(self, question: Question, scale: str = "0") -> list[Answer]:
        """Return the answers of a question, with "other" where people may give their own."""
        found = [self.answer(question, each) for each in question.scale(scale)]
        return [*found, self.other(question)] if question.has_other and scale == "0" else found

    def answer(self, question: Question, native: NativeAnswer) -> Answer:
        """Return one answer."""
        return Answer(native.code, self.label(native.texts, f"{question.code} {native.code}"))

    def other(self, question: Question) -> Answer:
        """Return the answer that asks for the person's own words."""
        own = self.label(question.attributes.get("other_replace_text", {}), f"{question.code} other")
        return Answer(OTHER, usual_word(OTHER, self.tags) | own, is_other=True)

    def answerable(self, names: list[str], item: Item, values: dict[str, str | int] | None = None) -> None:
        """Make an item known to conditions under the names that it has in the file."""
        for code in item.measure_codes:
            kind = answer_kinds([item]).get(f"answer.{code}")
            if kind is not None:
                self.know(names, Answerable(code, kind, values or {}))

    def know(self, names: list[str], answerable: Answerable) -> None:
        """Make something known to conditions; the first of a name stays."""
        for name in names:
            self.answerables.setdefault(name, answerable)

    def names(self, question: Question, ending: str = "", suffix: str | None = None) -> list[str]:
        """Return how expressions call an answer: by code, and as old ones do by survey, group and question."""
        sid, gid = question.row.get("sid", ""), question.row.get("gid", "")
        parts = f"_{ending}" if ending else ""
        if ending and ending != COMMENT:
            self.families.setdefault(question.code, []).append(f"{question.code}{parts}")
        return [f"{question.code}{parts}", f"{sid}X{gid}X{question.qid}{ending if suffix is None else suffix}"]


def base_item(reading: Reading, question: Question) -> Item:
    """Return what every question has, before its type is known."""
    return Item(
        code=reading.codes.take(question.code or f"q{question.qid}", "q"),
        type=ItemType.TEXT,
        text=reading.texts(question.texts, question.code),
        hint=reading.texts(question.hints, f"{question.code} help"),
        is_required=question.is_mandatory,
    )


def part_of(reading: Reading, item: Item, question: Question, part: Question, ending: str = "") -> Item:
    """Return an item for one subquestion: the question's words and its own."""
    own = reading.label(part.texts, f"{question.code} {part.code}")
    code = reading.codes.take(f"{item.code}_{part.code}{ending}", "q")
    reading.parts.setdefault(part.qid, []).append(code)
    return replace(item, code=code, text=with_words(item.text, own))


def with_words(text: Texts, more: Texts) -> Texts:
    """Return a text with more words behind it, in every language that has both or one."""
    found = {tag: ": ".join(each for each in (text.get(tag), more.get(tag)) if each) for tag in (*text, *more)}
    return {tag: words[:LONGEST_TEXT] for tag, words in found.items()}
