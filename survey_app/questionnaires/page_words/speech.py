"""The words of respondents' pages in languages that the interface does not speak: the survey's own, else ready ones.

English, Vietnamese and Spanish come from the interface's catalogues. For other languages we bring ready words where we
have them (`ready/`), and a questionnaire may carry its own for any; what neither has is said as texts are, in the next
of the questionnaire's languages that has it, at last in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from babel import Locale, UnknownLocaleError
from flask_babel import gettext as _

from survey_app.questionnaires.definition import CHOICES as CHOICE_TYPES
from survey_app.questionnaires.definition import SCALED, SCREEN_OUT, ItemType, Questionnaire
from survey_app.questionnaires.page_words import keys
from survey_app.questionnaires.page_words.keys import KEYS
from survey_app.questionnaires.texts import PAGE_WORDS, Wording
from survey_app.web.languages import Speech, said_in, spoken

LONGEST_WORDS = 500
MOST_KEPT = 300
_READY = Path(__file__).parent / "ready"
_PLACEHOLDER = re.compile(r"%\(([a-z]+)\)s")
# Written for one answer without its number, and for many with it.
_MAY_HOLD = {"rank_first": {"num"}}
_SIMPLIFIED = frozenset({None, "Hans"})
_BY_TYPE: tuple[tuple[frozenset[ItemType], dict[str, str]], ...] = (
    (SCALED, keys.SCALES),
    (frozenset({ItemType.LIKERT}), keys.BATTERIES),
    (CHOICE_TYPES, keys.CHOICES),
    (frozenset({ItemType.MULTIPLE}), keys.MULTIPLE),
    (frozenset({ItemType.RANKING}), keys.RANKINGS),
    (frozenset({ItemType.SUM}), keys.SUMS),
    (frozenset({ItemType.NUMBER}), keys.NUMBERS),
    (frozenset({ItemType.DATE}), keys.DAYS),
    (frozenset({ItemType.TEXT}), keys.TEXTS),
    (frozenset({ItemType.CONTACT}), keys.CONTACTS),
)
_speeches: dict[tuple[str, str], Speech | None] = {}


def speech_of(questionnaire: Questionnaire, language: str, digest: str | None = None) -> Speech | None:
    """Return the words of pages in a language, or None where the interface speaks it; kept by a version's digest."""
    if digest is None:
        return _speech_of(questionnaire, language)
    key = (digest, language)
    if key not in _speeches:
        if len(_speeches) >= MOST_KEPT:
            _speeches.clear()
        _speeches[key] = _speech_of(questionnaire, language)
    return _speeches[key]


@cache
def ready_speech(language: str) -> Speech | None:
    """Return our ready words for pages that no questionnaire stands behind, or None where we have none."""
    ready = ready_words(language)
    messages = KEYS | keys.ELSEWHERE
    return _speech(language, {messages[key]: text for key, text in ready.items()}, "en") if ready else None


def word_in(questionnaire: Questionnaire, key: str, language: str) -> str:
    """Return the words of a key in a language, the survey's own or ready ones, or nothing where neither has them."""
    own = questionnaire.interface.get(key, {})
    return own.get(language) or own.get(language.split("-", maxsplit=1)[0]) or ready_words(language).get(key, "")


def page_wordings(questionnaire: Questionnaire) -> Iterator[Wording]:
    """Yield the words that this questionnaire's pages can show, where any of its languages needs them written.

    Under the main language stands what people read there.
    """
    main = questionnaire.languages[0]
    tags = [tag for tag in questionnaire.languages if not spoken(tag)]
    for key in asked_keys(questionnaire) if tags else ():
        texts = {main: source_of(questionnaire, key, main)}
        texts |= {tag: found for tag in tags if (found := word_in(questionnaire, key, tag))}
        yield wording_of(key, texts)


def words_to_write(questionnaire: Questionnaire, language: str) -> list[Wording]:
    """Return the words of pages beside their English: what the main language itself needs."""
    return [
        wording_of(key, {"en": KEYS[key], language: word_in(questionnaire, key, language)})
        for key in asked_keys(questionnaire)
    ]


def wording_of(key: str, texts: dict[str, str]) -> Wording:
    """Return the words of a key as one text among the questionnaire's."""
    return Wording(f"{PAGE_WORDS}/{key}", _("Words of the page: %(key)s", key=key), texts)


def source_of(questionnaire: Questionnaire, key: str, main: str) -> str:
    """Return what people read in the main language."""
    return said_in(spoken(main), KEYS[key]) if spoken(main) else word_in(questionnaire, key, main) or KEYS[key]


def asked_keys(questionnaire: Questionnaire) -> list[str]:
    """Return the keys of the words that pages of this questionnaire can show."""
    items = questionnaire.items
    types = {item.type for item in items}
    has_reasons = any(item.allows_not_applicable or item.allows_dont_know for item in items)
    screens_out = any(jump.to == SCREEN_OUT for page in questionnaire.pages for jump in page.jumps)
    groups = [keys.GENERAL, keys.ENDS, keys.OWN_ANSWERS, keys.MAIL, keys.SHARED_DEVICE]
    groups += [keys.LANGUAGES] if len(questionnaire.languages) > 1 else []
    groups += [group for kinds, group in _BY_TYPE if types & kinds]
    groups += [keys.REASONS] if has_reasons else []
    groups += [keys.SCREENED_OUT] if screens_out else []
    groups += [keys.QUOTAS] if questionnaire.quotas else []
    return list(dict.fromkeys(key for group in groups for key in group))


def word_fault(key: str, text: str) -> str:
    """Return what is wrong with the words of a key, or nothing: every value that we put in needs its place."""
    message = KEYS[key]
    wanted, given = set(_PLACEHOLDER.findall(message)), set(_PLACEHOLDER.findall(text))
    missing, unknown = wanted - given, given - wanted - _MAY_HOLD.get(key, set())
    if missing:
        places = ", ".join(f"%({name})s" for name in sorted(missing))
        return _("“%(words)s” needs %(places)s: a value is put in there.", words=message, places=places)
    if unknown:
        places = ", ".join(f"%({name})s" for name in sorted(unknown))
        return _("“%(words)s” has no place for %(places)s.", words=message, places=places)
    if "%" in _PLACEHOLDER.sub("", text):
        return _("Write these words without a percent sign: %(words)s", words=message)
    return ""


@cache
def ready_words(language: str) -> Mapping[str, str]:
    """Return our own words for a language by key, or nothing where we have none."""
    path = _READY / f"{_ready_name(language)}.yaml"
    data: Any = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return dict(data)


@cache
def ready_languages() -> list[str]:
    """Return the languages that we have ready words for."""
    return sorted(path.stem for path in _READY.glob("*.yaml"))


def _ready_name(language: str) -> str:
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return "none"
    # Who reads traditional characters is not given simplified ones.
    return "none" if locale.language == "zh" and locale.script not in _SIMPLIFIED else str(locale.language)


def _speech_of(questionnaire: Questionnaire, language: str) -> Speech | None:
    if spoken(language):
        return None
    words: dict[str, str] = {}
    for tag in (language, *questionnaire.languages):
        if spoken(tag):
            return _speech(language, words, spoken(tag))
        found = {message: word_in(questionnaire, key, tag) for key, message in KEYS.items()}
        words |= {message: text for message, text in found.items() if text and message not in words}
    return _speech(language, words, "en")


def _speech(language: str, words: dict[str, str], instead: str) -> Speech:
    return Speech(language, words, instead, hash((language, instead, *words.items())))
