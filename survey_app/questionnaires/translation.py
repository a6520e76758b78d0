"""Translations: which are missing, which were made from a wording that has changed since, whose merge fields differ."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from survey_app.questionnaires.definition import Questionnaire, Texts, text_in
from survey_app.questionnaires.page_words.speech import page_wordings, words_to_write
from survey_app.questionnaires.piping import fields_in
from survey_app.questionnaires.texts import PAGE_WORDS, Wording, wordings
from survey_app.web.languages import spoken

# What each translation was made from: {key of the text: {language: fingerprint of the main text then}}.
Sources = Mapping[str, Mapping[str, str]]
DIGITS = 12


class Standing(StrEnum):
    """How a translation stands to the main text."""

    DONE = "done"
    MISSING = "missing"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Row:
    """One text beside its translation; `shown_instead` is what people read while there is none."""

    wording: Wording
    source: str
    target: str
    standing: Standing
    shown_instead: str = ""

    @property
    def is_of_page(self) -> bool:
        """Return whether these are words of the pages themselves, such as Continue."""
        return self.wording.key.startswith(f"{PAGE_WORDS}/")


@dataclass(frozen=True, slots=True)
class Gaps:
    """How many texts of a language are missing, and how many changed since they were translated."""

    language: str
    n_missing: int
    n_stale: int
    # Words of the pages themselves that nobody has written.
    n_words: int = 0

    def __bool__(self) -> bool:
        """Return whether there is any gap."""
        return bool(self.n_missing or self.n_stale or self.n_words)


@dataclass(frozen=True, slots=True)
class FieldFault:
    """Merge fields that a translation lost, and those that it names without the main text naming them."""

    lost: tuple[str, ...]
    added: tuple[str, ...]

    def __bool__(self) -> bool:
        """Return whether anything differs."""
        return bool(self.lost or self.added)


def fingerprint(text: str) -> str:
    """Return a short text that is equal for equal texts."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def followed(sources: Sources, before: Questionnaire, after: Questionnaire) -> dict[str, dict[str, str]]:
    """Return what the translations of a changed questionnaire were made from.

    A translation that was written anew was made from the main text as it stands now; one that was left alone from what
    it was made from before. Under another main language all count as made from it.
    """
    main = after.languages[0]
    is_same = main == before.languages[0]
    earlier = {each.key: each.texts for each in _every(before)} if is_same else {}
    marks = {each.key: _marks(each.texts, earlier.get(each.key, {}), sources, each.key, main) for each in _every(after)}
    return {key: found for key, found in marks.items() if found}


def standing_of(wording: Wording, language: str, main: str, sources: Sources) -> Standing:
    """Return how a text's translation stands; a text without a main wording needs none."""
    source, target = wording.texts.get(main, ""), wording.texts.get(language, "")
    if not target:
        return Standing.MISSING if source else Standing.DONE
    made_from = sources.get(wording.key, {}).get(language)
    return Standing.STALE if made_from not in {None, fingerprint(source)} else Standing.DONE


def targets_of(questionnaire: Questionnaire) -> list[str]:
    """Return the languages that are translated into; the main one for the words of its pages, where it needs any."""
    main, *others = questionnaire.languages
    return others if spoken(main) else [*others, main]


def table_of(questionnaire: Questionnaire, language: str) -> tuple[str, list[Wording]]:
    """Return what is translated into a language, and the language from which."""
    main = questionnaire.languages[0]
    if language == main:
        return "en", words_to_write(questionnaire, main)
    words = () if spoken(language) else page_wordings(questionnaire)
    return main, [*wordings(questionnaire), *words]


def translation_rows(questionnaire: Questionnaire, language: str, sources: Sources) -> list[Row]:
    """Return every text that stands in the main language or in this one, beside its translation."""
    return list(_rows(questionnaire, language, sources))


def gaps_of(questionnaire: Questionnaire, sources: Sources) -> list[Gaps]:
    """Return the gaps of every language that has any."""
    found = []
    for language in questionnaire.languages:
        rows = translation_rows(questionnaire, language, sources) if language in targets_of(questionnaire) else []
        missing = [row.is_of_page for row in rows if row.standing is Standing.MISSING]
        n_stale = sum(row.standing is Standing.STALE for row in rows)
        found.append(Gaps(language, missing.count(False), n_stale, missing.count(True)))
    return [each for each in found if each]


def field_fault(source: str, target: str) -> FieldFault:
    """Return which merge fields of a text and its translation are not the same; their fallbacks may differ."""
    wanted, given = fields_in(source), fields_in(target)
    return FieldFault(
        tuple(each for each in wanted if each not in given), tuple(each for each in given if each not in wanted)
    )


def _rows(questionnaire: Questionnaire, language: str, sources: Sources) -> Iterator[Row]:
    main, table = table_of(questionnaire, language)
    for wording in table:
        source, target = wording.texts.get(main, ""), wording.texts.get(language, "")
        if source or target:
            instead = "" if target else text_in(wording.texts, language, questionnaire.languages)
            yield Row(wording, source, target, standing_of(wording, language, main, sources), instead)


def _every(questionnaire: Questionnaire) -> Iterator[Wording]:
    yield from wordings(questionnaire)
    yield from page_wordings(questionnaire)


def _marks(texts: Texts, old: Texts, sources: Sources, key: str, main: str) -> dict[str, str]:
    known, now = sources.get(key, {}), fingerprint(texts.get(main, ""))
    then = fingerprint(old.get(main, ""))
    return {
        tag: known.get(tag, then) if old.get(tag) == text else now
        for tag, text in texts.items()
        if tag != main and text
    }
