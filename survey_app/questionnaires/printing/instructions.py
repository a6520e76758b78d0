"""Routing as somebody with a pen needs it: what was ticked in which question, and with which one to go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import gettext as _

from survey_app.conditions.rules import Tree, evaluate, fields_of
from survey_app.conditions.sentences import sentence
from survey_app.questionnaires.definition import END, SCREEN_OUT, Item, ItemType, Jump, Texts
from survey_app.questionnaires.routing import ANSWER

Say = Callable[[Texts], str]
LONGEST_QUOTE = 60
# Runs of at least this many points are written with their ends only.
LONG_RUN = 3


@dataclass(frozen=True, slots=True)
class Guide:
    """What instructions refer to: the number of each question, the items by measure code, how texts are said.

    `first_of` is the number of the first question on a page or after it, None where no question follows.
    """

    numbers: Mapping[str, int]
    items: Mapping[str, Item]
    say: Say
    first_of: Mapping[str, int | None]

    def asked_if(self, tree: Tree) -> str:
        """Return when to answer a single question."""
        return _("Answer this question only if %(condition)s.", condition=self.words(tree))

    def section_if(self, tree: Tree, after: int | None) -> str:
        """Return when to answer the questions of a page, and where to go on otherwise."""
        first = _("Answer the questions of this part only if %(condition)s.", condition=self.words(tree))
        if after is None:
            return first
        otherwise = _("Otherwise go on with question %(number)s.", number=after)
        return f"{first} {otherwise}"

    def lead(self, jump: Jump) -> str:
        """Return where to go on after a page."""
        where = self._where(jump.to)
        if jump.when is None:
            return _("Now %(where)s.", where=where)
        return _("If %(condition)s, %(where)s.", condition=self.words(jump.when), where=where)

    def words(self, tree: Tree) -> str:
        """Return a condition as it is read on paper."""
        ticked = self._ticked(tree) or self._ticked_among(tree)
        if ticked:
            return ticked
        if "field" in tree:
            return self._comparison(tree)
        if "not" in tree:
            return _("it is not so that %(condition)s", condition=self.words(tree["not"]))
        style = "standard" if "all" in tree else "or"
        parts = [self._nested(each) for each in tree["all" if "all" in tree else "any"]]
        return _joined(parts, style) if parts else sentence(tree, {})

    def _nested(self, tree: Tree) -> str:
        has_parts = any(len(tree.get(name, ())) > 1 for name in ("all", "any"))
        is_one = self._ticked(tree) or self._ticked_among(tree)
        return f"({self.words(tree)})" if has_parts and not is_one else self.words(tree)

    def _where(self, to: str) -> str:
        number = self.first_of.get(to)
        if to == SCREEN_OUT:
            return _("there are no further questions for you. Thank you")
        if to == END or number is None:
            return _("you have finished. Thank you")
        return _("go on with question %(number)s", number=number)

    def _ticked(self, tree: Tree) -> str:
        """Return a condition on one question by the boxes that meet it; nothing where boxes cannot say it."""
        fields = fields_of(tree)
        code = next(iter(fields), "").removeprefix(ANSWER)
        item = self.items.get(code)
        if len(fields) != 1 or item is None:
            return ""
        boxes = _boxes(item)
        meeting = [box for box in boxes if evaluate(tree, {ANSWER + code: box})]
        holds_unanswered = evaluate(tree, {})
        if not boxes or (holds_unanswered and len(meeting) == len(boxes)):
            return ""
        if not holds_unanswered:
            return self._about(code, item, meeting, is_ticked=True) if meeting else ""
        return self._about(code, item, [box for box in boxes if box not in meeting], is_ticked=False)

    def _ticked_among(self, tree: Tree) -> str:
        """Return a condition on a choice of several by the boxes it names; nothing where it says anything else."""
        turned = "not" in tree
        inner = tree["not"] if turned else tree
        parts = inner.get("any", [inner])
        code = next(iter(fields_of(tree)), "").removeprefix(ANSWER)
        item = self.items.get(code)
        if item is None or item.type is not ItemType.MULTIPLE or item.code not in self.numbers or not parts:
            return ""
        if any(each.get("op") != "contains" or each.get("field") != ANSWER + code for each in parts):
            return ""
        names = {"answers": self._names(item, [each["value"] for each in parts]), "question": self.numbers[item.code]}
        if turned:
            return _("you did not tick %(answers)s in question %(question)s", **names)
        return _("you ticked %(answers)s in question %(question)s", **names)

    def _about(self, code: str, item: Item, boxes: Sequence[Any], *, is_ticked: bool) -> str:
        question = self._question(code, item)
        if len(boxes) == len(_boxes(item)):
            answered = _("you answered question %(question)s", question=question)
            return answered if is_ticked else _("you did not answer question %(question)s", question=question)
        names = {"answers": self._names(item, boxes), "question": question}
        if is_ticked:
            return _("you ticked %(answers)s in question %(question)s", **names)
        return _("you did not tick %(answers)s in question %(question)s", **names)

    def _names(self, item: Item, boxes: Sequence[Any]) -> str:
        if item.scale:
            return _joined(_runs(boxes), "or")
        texts = {option.code: option.text for option in item.options}
        return _joined([_quoted(self.say(texts[box])) for box in boxes], "or")

    def _question(self, code: str, item: Item) -> str:
        number = str(self.numbers.get(item.code, "?"))
        row = next((row for row in item.rows if row.code == code), None)
        return f"{number} ({_quoted(self.say(row.text))})" if row else number

    def _comparison(self, tree: Tree) -> str:
        code = tree["field"].removeprefix(ANSWER)
        item = self.items.get(code)
        if item is None or code == tree["field"] or item.code not in self.numbers:
            return sentence(tree, {})
        names = {option.code: _quoted(self.say(option.text)) for option in item.options}
        values = {f"{tree['field']}={option}": text for option, text in names.items()}
        values[tree["field"]] = _("your answer to question %(question)s", question=self._question(code, item))
        return sentence(tree, values)


def _boxes(item: Item) -> list[Any]:
    """Return every single answer that could be ticked; nothing for answers of several parts or of words."""
    if item.scale:
        return list(item.scale.points)
    return [option.code for option in item.options] if item.type is ItemType.SINGLE else []


def _runs(points: Sequence[int]) -> list[str]:
    """Return points as runs: 0 to 6; 9, 10."""
    runs: list[list[int]] = []
    for point in points:
        if runs and point == runs[-1][-1] + 1:
            runs[-1].append(point)
        else:
            runs.append([point])
    return [word for run in runs for word in _run(run)]


def _run(run: list[int]) -> list[str]:
    if len(run) < LONG_RUN:
        return [str(point) for point in run]
    return [_("%(low)s to %(high)s", low=run[0], high=run[-1])]


def _quoted(text: str) -> str:
    short = text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1].rstrip()}…"
    # Isolated, so that a text in another direction does not turn the sentence around it.
    return f"“\u2068{short}\u2069”"


def _joined(parts: Sequence[str], style: Any) -> str:
    return format_list(parts, style=style, locale=get_locale() or "en")
