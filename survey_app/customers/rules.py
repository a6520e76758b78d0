"""What a customer's record may hold, and how names and addresses are folded to be found again."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from math import isfinite
from re import compile as pattern
from typing import Any, Self
from zoneinfo import available_timezones

from flask_babel import gettext as _

from survey_app.outbox.rules import AddressError, checked_address

LIMITS = {"name": 300, "email": 320, "phone": 60, "language": 35, "time_zone": 64, "company": 300, "external_id": 140}
LONGEST_ATTRIBUTE = 1000
LARGEST_NUMBER = 1e15
CODE = pattern(r"[a-z][a-z0-9_]{0,59}")
SOURCE = pattern(r"[a-z0-9][a-z0-9_-]{0,39}")
LANGUAGE_TAG = pattern(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}")
PHONE = pattern(r"[0-9+()./ x-]{3,60}")
ATTRIBUTE_KINDS = ("text", "number", "date", "choice", "yes_no")

# As people and files write it in the languages of the product, folded.
_YES = frozenset({"yes", "y", "true", "1", "co", "dung", "si", "verdadero"})
_NO = frozenset({"no", "n", "false", "0", "khong", "sai", "falso"})
_NO_DIGIT = pattern("[^0-9]+")
_TELLING_DIGITS, _FEWEST_DIGITS = 9, 6

# Letters that no decomposition takes apart, as people type them on a keyboard without them; apostrophes of any shape.
_PLAIN_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ħ": "h", "ŧ": "t", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
    | dict.fromkeys("'`\u00b4\u02b9\u02bc\u2018\u2019\u2032", "")
)


class Kind(str):
    """An attribute's kind, with the values that a choice may have; without any, all may be."""

    __slots__ = ("choices",)
    choices: tuple[str, ...]

    def __new__(cls, kind: str, choices: Iterable[str] = ()) -> Self:
        """Return the kind with its choices."""
        made = super().__new__(cls, kind)
        made.choices = tuple(choices)
        return made


# NUL and lone halves of letters: no database keeps them.
_UNSTORABLE = pattern("[\0\ud800-\udfff]")


class _Unmarked(dict[int, int | None]):
    """For `str.translate`: every letter as it is, and no combining mark; each is looked up once."""

    def __missing__(self, letter: int) -> int | None:
        self[letter] = kept = None if unicodedata.combining(chr(letter)) else letter
        return kept


_WITHOUT_MARKS = _Unmarked()


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """What somebody says about a customer: None leaves a detail as it is, an empty text removes it.

    `external_id` is the customer's number in the system called `source`.
    """

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    time_zone: str | None = None
    company: str | None = None
    external_id: str | None = None
    source: str = "crm"
    owner_id: int | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    is_demo: bool = False

    @property
    def number(self) -> str | None:
        """Return the customer's number, namespaced by the system it comes from."""
        return f"{self.source}:{self.external_id}" if self.external_id else None


class CustomerError(ValueError):
    """A record cannot be taken; `problems` says why, in words, by field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        """Keep the sentences by field."""
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


def clean_text(text: str) -> str:
    """Return a text as it is stored: NFC, without NUL, lone surrogates and blanks around it."""
    if text.isascii():
        return text.replace("\0", "").strip()
    return unicodedata.normalize("NFC", _UNSTORABLE.sub("", text)).strip()


def fold(text: str) -> str:
    """Return a text for comparison: without case, accents, apostrophes, width and spelling variants of one letter."""
    if text.isascii():
        return " ".join(clean_text(text).translate(_PLAIN_LETTERS).lower().split())
    plain = unicodedata.normalize("NFKD", clean_text(text).translate(_PLAIN_LETTERS)).casefold()
    bare = unicodedata.normalize("NFKD", plain).translate(_WITHOUT_MARKS)
    return " ".join(bare.translate(_PLAIN_LETTERS).split())


def company_key(name: str) -> str:
    """Return the spelling by which companies are the same."""
    return fold(name)[: LIMITS["company"]]


def check_record(record: CustomerRecord, kinds: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with a record, in words by field; `kinds` are the attributes' kinds by code."""
    problems = {name: _too_long(name) for name, limit in LIMITS.items() if len(getattr(record, name) or "") > limit}
    for name, check in _CHECKS.items():
        value = getattr(record, name)
        problem = check(value) if value and name not in problems else None
        if problem:
            problems[name] = problem
    if record.external_id and not SOURCE.fullmatch(record.source):
        problems["source"] = _("A source is named by small letters, digits, - and _, such as crm.")
    for code, value in record.attributes.items():
        problem = attribute_problem(code, value, kinds)
        if problem:
            problems[f"attribute.{code}"] = problem
    return problems


def email_problem(address: str) -> str | None:
    """Return why a text is no mail address, or None; nothing is asked of the network."""
    try:
        checked_address(address)
    except AddressError:
        return _("%(address)s is not a mail address. Write it as name@example.com.", address=address[:80])
    return None


def attribute_problem(code: str, value: object, kinds: Mapping[str, str]) -> str | None:
    """Return why a value does not fit the attribute, or None."""
    if code not in kinds:
        return _("There is no attribute named %(code)s.", code=code[:60])
    if value in ("", None):
        return None
    try:
        attribute_value(kinds[code], value)
    except ValueError as error:
        return str(error)
    return None


def attribute_value(kind: str, value: object) -> float | int | str | None:
    """Return a value as its attribute's kind stores it; raise ValueError, in words, where it does not fit."""
    text = clean_text(str(value)) if value is not None else ""
    if not text:
        return None
    if kind == "number":
        return _number(text)
    if kind == "date":
        return _day(text)
    if kind == "yes_no":
        return _yes_or_no(text)
    if isinstance(kind, Kind) and kind.choices:
        return _choice(text, kind.choices)
    if len(text) > LONGEST_ATTRIBUTE:
        raise ValueError(_("An attribute has at most %(n)s characters.", n=LONGEST_ATTRIBUTE))
    return text


def _number(text: str) -> float | int:
    try:
        number = float(text) if text.isascii() and "_" not in text else float("nan")
    except ValueError:
        number = float("nan")
    if not isfinite(number) or abs(number) > LARGEST_NUMBER:
        raise ValueError(_("%(text)s is not a number. Write it as 1234.5.", text=text[:40]))
    return int(number) if number.is_integer() else number


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text[:10] if text[10:11] in {"", "T", " "} else text).isoformat()
    except ValueError as error:
        raise ValueError(_("%(text)s is not a date. Write it as 2026-01-31.", text=text[:40])) from error


def _yes_or_no(text: str) -> str:
    word = fold(text)
    if word in _YES:
        return "yes"
    if word in _NO:
        return "no"
    raise ValueError(_("%(text)s is neither yes nor no.", text=text[:40]))


def _choice(text: str, choices: tuple[str, ...]) -> str:
    found = next((each for each in choices if fold(each) == fold(text)), None)
    if found is None:
        raise ValueError(_("%(text)s is none of the choices: %(choices)s.", text=text[:40], choices=", ".join(choices)))
    return found


def folded_name(name: str) -> str:
    """Return the spelling by which two names are the same."""
    return fold(name)[: LIMITS["name"]]


def phone_key(phone: str | None) -> str | None:
    """Return the digits that tell two telephone numbers apart, without prefixes of the country; None for too few.

    Numbers are written as +84 90 123 4567, 0084901234567 and 090 123 4567: what they share is their end.
    """
    digits = _NO_DIGIT.sub("", phone or "")
    return digits[-_TELLING_DIGITS:] if len(digits) >= _FEWEST_DIGITS else None


def _too_long(name: str) -> str:
    return _("This has more than %(n)s characters.", n=LIMITS[name])


def _phone_problem(phone: str) -> str | None:
    if PHONE.fullmatch(phone) and any(letter.isdigit() for letter in phone):
        return None
    return _("%(phone)s is not a telephone number. Use digits, blanks, +, - and brackets.", phone=phone[:60])


def _language_problem(tag: str) -> str | None:
    if LANGUAGE_TAG.fullmatch(tag):
        return None
    return _("%(tag)s is not a language tag. Use one such as en, vi or pt-BR.", tag=tag[:35])


@cache
def _zones() -> frozenset[str]:
    # The names are read from many files: once is enough.
    return frozenset(available_timezones())


def _zone_problem(zone: str) -> str | None:
    if zone in _zones():
        return None
    return _("%(zone)s is not a time zone. Use a name such as Asia/Ho_Chi_Minh.", zone=zone[:64])


_CHECKS = {
    "email": email_problem,
    "phone": _phone_problem,
    "language": _language_problem,
    "time_zone": _zone_problem,
}
