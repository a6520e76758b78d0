"""When things of a SurveyJS file are shown: expressions and old triggers as conditions, other triggers as jumps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.answerables import Answerable, Tree, UnsayableError
from survey_app.questionnaires.interchange.drafts import Wanted
from survey_app.questionnaires.interchange.expressions import Call, Node, Saying, said
from survey_app.questionnaires.interchange.surveyjs.elements import Element, as_text
from survey_app.questionnaires.interchange.surveyjs.expressions import OPERATORS, read_expression

TRIGGER = "trigger "
# Conditions that decide whether something is asked; what is not enabled cannot be answered either.
ASKING = ("visibleIf", "enableIf")
# Conditions that nothing of ours says.
UNSAID = (
    "resetValueIf",
    "setValueIf",
    "setValueExpression",
    "defaultValueExpression",
    "minValueExpression",
    "maxValueExpression",
    "columnsVisibleIf",
    "templateVisibleIf",
)
# Conditions that are looked at where they matter.
ELSEWHERE = ("requiredIf", "rowsVisibleIf", "choicesVisibleIf", "choicesEnableIf")
CONDITIONS = (*ASKING, *ELSEWHERE, *UNSAID)


@dataclass(frozen=True, slots=True)
class Trigger:
    """Something that happens when a condition holds."""

    number: int
    kind: str
    element: Element

    @property
    def name(self) -> str:
        """Return how a report calls it."""
        return f"{TRIGGER}{self.number} ({self.kind})"

    @property
    def targets(self) -> list[str]:
        """Return the names of the pages and questions that an old trigger shows."""
        return [as_text(each) for key in ("questions", "pages") for each in self.element.listed(key)]


def triggers_of(data: dict[str, Any]) -> Iterator[Trigger]:
    """Yield the triggers of a file."""
    native = data.get("triggers")
    for number, each in enumerate(native if isinstance(native, list) else [], start=1):
        element = Element(each if isinstance(each, dict) else {})
        yield Trigger(number, element.type.removesuffix("trigger") if each else "unknown", element)


def wanted(name: str, expression: str, names: dict[str, Answerable]) -> Wanted:
    """Return an expression as a condition, with the reason where none of ours says it."""
    note = _("It is asked only where it could be answered.") if name.endswith(".enableIf") else ""
    try:
        return Wanted((name,), Saying(names, CALLS).tree(read_expression(expression)), note=note)
    except UnsayableError as error:
        return Wanted((name,), problem=f"{error} [{expression[:200]}]")


def asking_of(element: Element) -> tuple[tuple[str, str], ...]:
    """Return the conditions that decide whether an element is asked, each with its name in reports."""
    return tuple((f"{element.name}.{key}", element.word(key)) for key in ASKING if element.word(key))


def fired(trigger: Trigger, names: dict[str, Answerable]) -> Wanted:
    """Return when a trigger fires."""
    element = trigger.element
    if element.word("expression"):
        return wanted(trigger.name, element.word("expression"), names)
    word = OPERATORS.get((element.word("operator") or "equal").lower(), "")
    source = element.native.get("name")
    target = names.get(as_text(source)) or names.get(as_text(source).casefold())
    try:
        return Wanted((trigger.name,), _compared(target, word, element.get("value"), as_text(source)))
    except UnsayableError as error:
        return Wanted((trigger.name,), problem=str(error))


def either(conditions: Iterable[Wanted]) -> Wanted | None:
    """Return several conditions as one that holds when any does; None where there is none."""
    found = list(conditions)
    if not found:
        return None
    names = tuple(name for each in found for name in each.names)
    problem = next((each.problem for each in found if each.tree is None), "")
    trees = [each.tree for each in found if each.tree is not None]
    if problem:
        return Wanted(names, problem=problem)
    return Wanted(names, trees[0] if len(trees) == 1 else {"any": trees})


def _compared(target: Answerable | None, word: str, value: object, source: str) -> Tree:
    if target is None:
        raise UnsayableError(_("It looks at “%(name)s”, which is not taken over.", name=source[:60]))
    if word in {"known", "unknown"}:
        return {"field": target.name, "op": f"is_{word}"}
    values = [as_text(each) for each in value] if isinstance(value, list) else [as_text(value)]
    return said(target, word, values)


def _empty(saying: Saying, node: Node) -> Tree:
    if len(node.parts) != 1:
        raise UnsayableError(_("The function “%(name)s” has no counterpart.", name=node.text))
    found = saying.answerable(node.parts[0])
    return {"field": found.name, "op": "is_unknown" if node.text == "isEmpty" else "is_known"}


CALLS: dict[str, Call] = {"isEmpty": _empty, "isNotEmpty": _empty}
