"""Our texts and conditions as SurveyJS writes them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from survey_app.conditions.rules import Tree
from survey_app.questionnaires.definition import Item, ItemType, Questionnaire, Texts
from survey_app.questionnaires.interchange.accounting import Ledger
from survey_app.questionnaires.interchange.surveyjs.speech import DEFAULT, HOUSE
from survey_app.questionnaires.routing import ANSWER

_FIELD = re.compile(r"\{(answer|customer|attribute|organisation)(?:\.([a-z][a-z0-9_]*))?(?:\|([^{}]*))?\}")
_ORDERED = {"is": "=", "at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<"}


@dataclass(frozen=True, slots=True)
class Speaking:
    """How a questionnaire's measures are named in expressions, and what its options are called there."""

    questionnaire: Questionnaire
    names: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    items: Mapping[str, Item]
    ledger: Ledger

    def text(self, texts: Texts, *, is_html: bool = False) -> Any:
        """Return a text: plain where there is one language only, else by locale."""
        said = {tag: self._said(text, is_html=is_html) for tag, text in texts.items() if text}
        main = self.questionnaire.languages[0]
        if set(said) <= {main}:
            return said.get(main, "")
        return {DEFAULT if tag == main else tag.lower(): text for tag, text in said.items()}

    @property
    def locale(self) -> str | None:
        """Return the locale of plain texts where it is not SurveyJS's own."""
        main = self.questionnaire.languages[0]
        return None if main == HOUSE else main.lower()

    def expression(self, tree: Tree) -> str:
        """Return a condition as an expression."""
        for word, between in (("all", " and "), ("any", " or ")):
            if word in tree:
                parts = [self.expression(each) for each in tree[word]]
                return f"({between.join(parts)})" if parts else str(word == "all").lower()
        if "not" in tree:
            return f"!({self.expression(tree['not'])})"
        return self._comparison(tree)

    def _comparison(self, tree: Tree) -> str:
        code, op = tree["field"].removeprefix(ANSWER), tree["op"]
        name = f"{{{self.names[code]}}}"
        if op in {"is_known", "is_unknown"}:
            return f"{name} {'notempty' if op == 'is_known' else 'empty'}"
        if op == "one_of":
            return f"{name} anyof [{', '.join(self._value(code, each) for each in tree['value'])}]"
        value = self._value(code, tree["value"])
        if op == "is_not":
            return f"({name} notempty and {name} <> {value})"
        return f"{name} {_ORDERED.get(op, 'contains')} {value}"

    def _value(self, code: str, value: Any) -> str:
        if isinstance(value, int | float):
            return str(value)
        native = self.values.get(code, {}).get(str(value), str(value))
        is_number = self.items[code].type is ItemType.NUMBER
        return native if is_number else "'" + native.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def _said(self, text: str, *, is_html: bool) -> str:
        """Return a text with its merge fields: answers by their name, everything else by its fallback."""
        said = _FIELD.sub(self._field, text)
        return html.escape(said, quote=False).replace("\n", "<br>") if is_html else said

    def _field(self, found: re.Match[str]) -> str:
        kind, code, fallback = found[1], found[2] or "", found[3] or ""
        if kind == "answer" and code in self.names:
            return f"{{{self.names[code]}}}"
        self.ledger.changed("merge field", found[0], _("Its fallback stands in its place."))
        return fallback


def as_json(data: dict[str, Any]) -> bytes:
    """Return a SurveyJS document as text in UTF-8."""
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def filled(data: dict[str, Any]) -> dict[str, Any]:
    """Return what is said; what is at its default is left out."""
    return {key: value for key, value in data.items() if value is not False and value not in (None, "", [], {})}


Write = Callable[[Item, Speaking], dict[str, Any]]
