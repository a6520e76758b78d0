"""Takes translations from a table or a file into a questionnaire, text by text, with a report of every one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from flask_babel import gettext as _

from survey_app.questionnaires.checks.languages import fault_sentence
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.document import LONGEST_TEXT, tidy
from survey_app.questionnaires.page_words.speech import LONGEST_WORDS, ready_words, word_fault
from survey_app.questionnaires.texts import PAGE_WORDS, Wording, with_texts
from survey_app.questionnaires.translation import field_fault, fingerprint, table_of

LONGEST_TITLE = 200
LONGEST_LABEL = 500
LONGEST_UNIT = 40
SHORT_PARTS = frozenset({"scale", "option", "row"})


class Outcome(StrEnum):
    """What became of one text of a file."""

    CHANGED = "changed"
    STALE = "stale"
    SAME = "same"
    EMPTY = "empty"
    UNKNOWN = "unknown"
    REPEATED = "repeated"
    FIELDS = "fields"
    LONG = "long"


# Outcomes by which the text of the file was taken.
TAKEN = frozenset({Outcome.CHANGED, Outcome.STALE})


@dataclass(frozen=True, slots=True)
class Unit:
    """One text as a file has it: its key, its source (None where the file does not say) and its translation."""

    key: str
    source: str | None
    target: str


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one text, in words."""

    key: str
    label: str
    outcome: Outcome
    sentence: str = ""


@dataclass(slots=True)
class Taking:
    """The translations that are taken, by key, what they were made from, and a line for every text of the file."""

    texts: dict[str, str] = field(default_factory=dict)
    made_from: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    @property
    def counts(self) -> Counter[Outcome]:
        """Return how many texts had each outcome."""
        return Counter(line.outcome for line in self.lines)


def longest_of(key: str) -> int:
    """Return how many characters the text with this key may have."""
    parts = key.split("/")
    if parts[0] == PAGE_WORDS:
        return LONGEST_WORDS
    if parts[-1] == "title":
        return LONGEST_TITLE
    if parts[-1] == "unit":
        return LONGEST_UNIT
    return LONGEST_LABEL if len(parts) > len(("item", "part")) and parts[1] in SHORT_PARTS else LONGEST_TEXT


def translated(questionnaire: Questionnaire, language: str, texts: Mapping[str, str]) -> Questionnaire:
    """Return the questionnaire with these texts in a language, by key; an empty one takes the translation away.

    Ready words of pages that were left as they are stay ready words.
    """
    ready = {f"{PAGE_WORDS}/{key}": text for key, text in ready_words(language).items()}
    written = {key: "" if text and text == ready.get(key) else text for key, text in texts.items()}
    return with_texts(
        questionnaire, lambda key, present: {**present, language: written[key]} if key in written else present
    )


def take(questionnaire: Questionnaire, language: str, units: Iterable[Unit], written: Callable[[str], str]) -> Taking:
    """Return what a file brings; `written` is how its kind writes a text, so that what was not touched is known."""
    main, table = table_of(questionnaire, language)
    taking, known = Taking(), {each.key: each for each in table}
    met: set[str] = set()
    for unit in units:
        line = _line(unit, known, met, (main, language, written))
        met.add(unit.key)
        taking.lines.append(line)
        if line.outcome in TAKEN:
            taking.texts[unit.key] = tidy(unit.target)
            source = unit.source if line.outcome is Outcome.STALE else known[unit.key].texts.get(main)
            taking.made_from[unit.key] = fingerprint(tidy(source or ""))
    return taking


def field_sentence(wording: Wording, source: str, target: str, language: str) -> str:
    """Return in words which merge fields or values a translation lost or made up, or nothing."""
    place, _slash, key = wording.key.partition("/")
    if place == PAGE_WORDS:
        return word_fault(key, target)
    fault = field_fault(source, target)
    return fault_sentence(wording.label, language, fault) if fault else ""


def _line(
    unit: Unit, known: Mapping[str, Wording], met: set[str], terms: tuple[str, str, Callable[[str], str]]
) -> Line:
    wording = known.get(unit.key)
    if wording is None:
        sentence = _("No text of the questionnaire has this key. It may have been deleted since.")
        return Line(unit.key, unit.key, Outcome.UNKNOWN, sentence)
    if unit.key in met:
        return Line(unit.key, wording.label, Outcome.REPEATED, _("The key stands twice in the file; the first counts."))
    return _compared(unit, wording, terms)


def _compared(unit: Unit, wording: Wording, terms: tuple[str, str, Callable[[str], str]]) -> Line:
    main, language, written = terms
    source, present, target = wording.texts.get(main, ""), wording.texts.get(language, ""), tidy(unit.target)
    if not target:
        return Line(unit.key, wording.label, Outcome.EMPTY)
    if target in {present, tidy(written(present))}:
        return Line(unit.key, wording.label, Outcome.SAME)
    if len(target) > longest_of(unit.key):
        sentence = _("Longer than %(longest)s characters; left as it was.", longest=longest_of(unit.key))
        return Line(unit.key, wording.label, Outcome.LONG, sentence)
    fault = field_sentence(wording, source, target, language)
    if fault:
        return Line(unit.key, wording.label, Outcome.FIELDS, fault)
    if unit.source is not None and tidy(unit.source) not in {source, tidy(written(source))}:
        sentence = _("The main text has changed since the file was written, so this is marked as changed.")
        return Line(unit.key, wording.label, Outcome.STALE, sentence)
    return Line(unit.key, wording.label, Outcome.CHANGED)
