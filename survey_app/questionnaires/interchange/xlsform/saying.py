"""Our texts and conditions as XLSForm writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from survey_app.conditions.rules import Tree
from survey_app.questionnaires.definition import Item, ItemType, Questionnaire
from survey_app.questionnaires.interchange.accounting import Ledger
from survey_app.questionnaires.routing import ANSWER

_FIELD = re.compile(r"\{(answer|customer|attribute|organisation)(?:\.([a-z][a-z0-9_]*))?(?:\|([^{}]*))?\}")
_ORDERED = {"is": "=", "at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<"}
# Answers that several rows or cells share have no name of their own there.
UNNAMED = frozenset({ItemType.SUM, ItemType.CONTACT, ItemType.RANKING})
SEVERAL = frozenset({ItemType.MULTIPLE})


@dataclass(frozen=True, slots=True)
class Saying:
    """How a questionnaire's measures are named in expressions."""

    questionnaire: Questionnaire
    ledger: Ledger
    # The items by the measure codes that expressions can name.
    names: Mapping[str, Item]

    def text(self, text: str) -> str:
        """Return a text with its merge fields: answers by their name, everything else by its fallback."""
        return _FIELD.sub(self._field, text)

    def expression(self, tree: Tree) -> str | None:
        """Return a condition as an expression, None where a part of it cannot be said."""
        for word, between in (("all", " and "), ("any", " or ")):
            if word in tree:
                parts = [self.expression(each) for each in tree[word]]
                said = [each for each in parts if each is not None]
                if len(said) < len(parts):
                    return None
                return f"({between.join(said)})" if said else f"{str(word == 'all').lower()}()"
        if "not" in tree:
            inner = self.expression(tree["not"])
            return None if inner is None else f"not({inner})"
        return self._comparison(tree)

    def _comparison(self, tree: Tree) -> str | None:
        code, op = tree["field"].removeprefix(ANSWER), tree["op"]
        item, name = self.names[code], f"${{{code}}}"
        if op in {"is_known", "is_unknown"}:
            return f"{name} {'!=' if op == 'is_known' else '='} ''"
        if op == "one_of":
            parts = [self._comparison({"field": tree["field"], "op": "is", "value": each}) for each in tree["value"]]
            said = [each for each in parts if each is not None]
            return f"({' or '.join(said)})" if len(said) == len(parts) else None
        value = self._value(item, tree["value"])
        if value is None or (op == "contains" and item.type is not ItemType.MULTIPLE):
            return None
        if item.type in SEVERAL:
            return f"selected({name}, {value})"
        if op == "is_not":
            return f"({name} != '' and {name} != {value})"
        return f"{name} {_ORDERED[op]} {value}" if op == "is" or not value.startswith("'") else None

    def _value(self, item: Item, value: Any) -> str | None:
        if isinstance(value, int | float):
            # Points of a scale are options there, whose names compare as numbers all the same.
            return str(value)
        text = str(value)
        return None if "'" in text or item.type is ItemType.DATE else f"'{text}'"

    def _field(self, found: re.Match[str]) -> str:
        kind, code, fallback = found[1], found[2] or "", found[3] or ""
        if kind == "answer" and code in self.names:
            return f"${{{code}}}"
        self.ledger.changed("merge field", found[0], _("Its fallback stands in its place."))
        return fallback


def saying_of(questionnaire: Questionnaire, ledger: Ledger) -> Saying:
    """Return how a questionnaire's measures are named in expressions."""
    items = (item for item in questionnaire.items if item.type not in UNNAMED)
    return Saying(questionnaire, ledger, {code: item for item in items for code in item.measure_codes})
