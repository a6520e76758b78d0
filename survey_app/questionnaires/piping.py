"""Merge fields in texts: what is known of the customer, and earlier answers, put in as plain words.

A closed list: `{customer.name|fallback}`, `{customer.first_name|…}`, `{customer.company|…}`, `{attribute.<code>|…}`,
`{answer.<code>|…}`, `{organisation}`. What is put in is plain text and is escaped where it lands, as all texts are;
braces that name none of these stay as typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from markupsafe import escape

from survey_app.questionnaires.definition import CHOICES, Item, Questionnaire, text_in
from survey_app.questionnaires.saying import Words, number_in, said

CODE = r"[a-z][a-z0-9_]{0,59}"
CUSTOMER = ("customer.name", "customer.first_name", "customer.company")
ORGANISATION = "organisation"
ANSWER = "answer."
LONGEST_VALUE = 200
_NAMES = rf"{'|'.join(map(re.escape, CUSTOMER))}|attribute\.{CODE}|answer\.{CODE}|{ORGANISATION}"
_FIELD = re.compile(rf"\{{({_NAMES})(?:\|([^{{}}]*))?\}}")
# What somebody meant as a field: a name with dots, or a name and a fallback.
_MEANT = re.compile(r"\{\s*([A-Za-z][\w-]*(?:\.[\w.-]+)+|[A-Za-z][\w.-]*(?=\s*\|)|[A-Za-z_]+)\s*(?:\|[^{}]*)?\}")
# Signs that turn the writing direction of what stands around them.
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")

MARK = "\0"

# What is known by the names of fields: words, numbers, or nothing.
Values = Mapping[str, object]


def fields_in(text: str) -> tuple[str, ...]:
    """Return the names of the merge fields in a text, each once, in their order."""
    return tuple(dict.fromkeys(name for name, _fallback in _FIELD.findall(text))) if "{" in text else ()


def unknown_fields(text: str, known: Collection[str] | None = None) -> tuple[str, ...]:
    """Return what looks like a merge field and is none; with `known`, also the fields that name nothing known."""
    if "{" not in text:
        return ()
    taken = {match.start() for match in _FIELD.finditer(text)}
    strange = [match[1] for match in _MEANT.finditer(text) if match.start() not in taken]
    missing = [] if known is None else [name for name in fields_in(text) if name not in known]
    return tuple(dict.fromkeys([*strange, *missing]))


def fill(text: str, values: Values, language: str) -> str:
    """Return a text with its fields replaced by what is known, else by their fallback, else by nothing."""
    if "{" not in text:
        return text
    return _FIELD.sub(lambda field: _words(values.get(field[1]), language) or field[2] or "", text)


def marked(text: str) -> str:
    """Return a text with a mark in place of every field, for `filled_mark` to replace on a page that is drawn already.

    A mark stands between two NULs, which no text of ours or theirs contains.
    """
    return _FIELD.sub(lambda field: f"{MARK}p {field[1]} {field[2] or ''}{MARK}", text)


def filled_mark(name: str, fallback: str, values: Values, language: str) -> str:
    """Return the HTML that replaces a mark; the fallback was escaped with the text around it."""
    return str(escape(_words(values.get(name), language))) or fallback


def answer_values(questionnaire: Questionnaire, answers: Mapping[str, Any], language: str) -> dict[str, str]:
    """Return earlier answers in words by the names of their fields; "other" in the person's own words."""
    if not answers:
        return {}

    def words(texts: Mapping[str, str]) -> str:
        # What is put into a text is not filled itself: its own fields stand at their fallback.
        return fill(text_in(dict(texts), language, questionnaire.languages), {}, language)

    return {
        ANSWER + code: _in_a_sentence(_in_own_words(item, code, answers, language), answers[code], words, language)
        for item in questionnaire.items
        for code in item.measure_codes
        if code in answers
    }


def customer_values(name: str | None, company: str | None = None, language: str = "") -> dict[str, str]:
    """Return what a customer's record gives to merge fields beside attributes; `language` is the customer's own."""
    name = cleaned(name or "")
    # Who is named in Vietnamese is called by the last of their names.
    called_by = -1 if language.split("-", maxsplit=1)[0] == "vi" else 0
    return {
        "customer.name": name,
        "customer.first_name": name.split(" ")[called_by],
        "customer.company": cleaned(company or ""),
    }


def cleaned(text: str) -> str:
    """Return a value fit to stand inside a sentence: one line, no control signs, of bearable length."""
    plain = "".join(each if unicodedata.category(each) not in {"Cc", "Cs"} else " " for each in _TURNING.sub("", text))
    plain = " ".join(plain.split())
    return plain if len(plain) <= LONGEST_VALUE else f"{plain[: LONGEST_VALUE - 1].rstrip()}…"


def _words(value: object, language: str) -> str:
    return "" if value is None else cleaned(value if isinstance(value, str) else number_in(value, language))


def _in_a_sentence(item: Item, value: Any, words: Words, language: str) -> str:
    """Return an answer as a sentence repeats it: of a scale the point's name where all have one, else the number."""
    if item.scale is None:
        return said(item, value, words, language)
    labels = item.scale.labels
    name = words(labels.get(value, {})) if isinstance(value, int) and len(labels) == len(item.scale.points) else ""
    return name or number_in(value, language)


def _in_own_words(item: Item, code: str, answers: Mapping[str, Any], language: str) -> Item:
    """Return the item with what the person wrote in place of the option "other"."""
    own = answers.get(f"{code}.other")
    if item.type not in CHOICES or not isinstance(own, str):
        return item
    written = {language: own}
    return replace(item, options=tuple(replace(o, text=written) if o.is_other else o for o in item.options))
