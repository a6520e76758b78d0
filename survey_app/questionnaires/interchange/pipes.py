"""Merge fields of imported texts: none repeats an answer before it can be known."""

from __future__ import annotations

import re

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Questionnaire, Texts
from survey_app.questionnaires.interchange.accounting import Ledger
from survey_app.questionnaires.texts import with_texts

_ANSWER = re.compile(r"\{answer\.([a-z][a-z0-9_]{0,59})(?:\|[^{}]*)?\}")
AT_THE_END = frozenset({"thanks", "screened_out", "quota_full"})


def without_early_fields(questionnaire: Questionnaire, ledger: Ledger) -> Questionnaire:
    """Return the questionnaire without merge fields whose answers are given later or nowhere; each is entered."""
    known = _known_at(questionnaire)

    def change(key: str, texts: Texts) -> Texts:
        codes = known.get(_place(key), frozenset())
        early = sorted({code for text in texts.values() for code in _ANSWER.findall(text)} - codes)
        if early:
            message = _("“%(codes)s” is not answered yet where the text stands.", codes=", ".join(early))
            ledger.lost("merge field", key, message)
        cut = {
            tag: _ANSWER.sub(lambda match: match[0] if match[1] in codes else "", text) for tag, text in texts.items()
        }
        return {tag: text.strip() for tag, text in cut.items() if text.strip()}

    return with_texts(questionnaire, change)


def _known_at(questionnaire: Questionnaire) -> dict[str, frozenset[str]]:
    """Return which answers are known at each place: at a page (`page/title`), an item (its code), at the end."""
    met: frozenset[str] = frozenset()
    known: dict[str, frozenset[str]] = {}
    for page in questionnaire.pages:
        known |= {f"{page.code}/title": met, **dict.fromkeys((item.code for item in page.items), met)}
        met |= {code for item in page.items for code in item.measure_codes}
    return known | dict.fromkeys(AT_THE_END, met)


def _place(key: str) -> str:
    return key if key.endswith("/title") else key.split("/", maxsplit=1)[0]
