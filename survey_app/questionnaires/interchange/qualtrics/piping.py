"""Qualtrics' piped text as merge fields of ours, where they only repeat something known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Questionnaire, Texts
from survey_app.questionnaires.interchange.accounting import brief
from survey_app.questionnaires.interchange.qualtrics.chances import COMPUTED
from survey_app.questionnaires.interchange.qualtrics.reading import Reading, tag_of
from survey_app.questionnaires.interchange.qualtrics.survey import Data, mapping, text
from survey_app.questionnaires.texts import with_texts

PIPE = re.compile(r"\$\{([a-z]{1,4})://([^{}]{1,500})\}")
_CONTACT = {
    "FirstName": "{customer.first_name}",
    "LastName": "{customer.name}",
    "Name": "{customer.name}",
}


def with_pipes(reading: Reading, questionnaire: Questionnaire) -> Questionnaire:
    """Return the questionnaire with the piped text in its texts replaced."""

    def change(_key: str, texts: Texts) -> Texts:
        piped = {tag: _piped(reading, each) for tag, each in texts.items()}
        return {tag: each for tag, each in piped.items() if each}

    return with_texts(questionnaire, change)


def enter_pipes(reading: Reading, question: Data, *, is_kept: bool) -> None:
    """Enter every piped text of a question."""
    for each in _texts(question):
        for match in PIPE.finditer(each):
            found = _field(reading, match[1], match[2]) if is_kept else None
            name = f"{tag_of(question)} {brief(match[0], 120)}"
            if found is not None and not found.startswith("{"):
                reading.ledger.kept("piped text", name, _("Its value stands there: “%(text)s”.", text=brief(found, 60)))
            elif found:
                reading.ledger.changed("piped text", name, _("It becomes the merge field %(field)s.", field=found))
            else:
                reading.ledger.lost("piped text", name, _("Nothing of ours can be repeated here; it is left out."))


def _texts(question: Data) -> Iterator[str]:
    """Yield the texts of a question that people read, with their translations."""
    yield from _own_texts(question)
    translations = question.get("Language")
    for each in translations.values() if isinstance(translations, dict) else ():
        yield from _own_texts(mapping(each))


def _own_texts(data: Data) -> Iterator[str]:
    yield text(data.get("QuestionText"))
    for kind in ("Choices", "Answers"):
        yield from (text(_display(each)) for each in mapping(data.get(kind)).values())
    for part in mapping(data.get("AdditionalQuestions")).values():
        if isinstance(part, dict):
            yield text(part.get("QuestionText"))


def _display(choice: Any) -> Any:
    return choice.get("Display") if isinstance(choice, dict) else choice


def _piped(reading: Reading, words: str) -> str:
    if "${" not in words:
        return words
    return PIPE.sub(lambda match: _field(reading, match[1], match[2]) or "", words).strip()


def _field(reading: Reading, kind: str, path: str) -> str | None:
    """Return the merge field that says the same, or the value where there is one for everybody; else None."""
    steps = path.split("/")
    if kind == "m":
        return _CONTACT.get(steps[0])
    if kind == "e" and steps[0] == "Field" and len(steps) > 1:
        return _embedded(reading, unquote(steps[1]))
    if kind == "q" and steps[1:2] in (["ChoiceTextEntryValue"], ["ChoiceGroup"], ["ChoiceNumericEntryValue"]):
        word = {"ChoiceTextEntryValue": "text", "ChoiceNumericEntryValue": "number"}.get(steps[1], "")
        ids = [each for each in steps[2:] if each.isdecimal()]
        locator = "/".join([steps[0], *([word] if word else []), *ids])
        target = reading.answerables.get(locator) or reading.answerables.get(steps[0])
        return f"{{answer.{target.code}}}" if target else None
    return None


def _embedded(reading: Reading, name: str) -> str | None:
    """Return what repeats an embedded field: its one value for everybody, else the hidden value of the link."""
    key = name.casefold()
    given = reading.givens.get(key, [])
    is_drawn = key in reading.fields and reading.fields[key].item.is_by_chance
    if given and not is_drawn:
        is_one = len(given) == 1 and not given[0].within
        is_plain = not any(sign in given[0].value for sign in (*COMPUTED, "{"))
        return given[0].value if is_one and is_plain else _CONTACT.get(name)
    target = reading.answerables.get(f"field/{key}")
    return _CONTACT.get(name) or (f"{{answer.{target.code}}}" if target else None)
