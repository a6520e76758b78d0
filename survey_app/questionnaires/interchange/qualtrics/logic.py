"""Qualtrics' logic as condition trees: sets of expressions joined by "and" or "or"; "and" binds closer."""

from __future__ import annotations

import re
from urllib.parse import unquote

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.accounting import brief
from survey_app.questionnaires.interchange.answerables import (
    Answerable,
    Tree,
    UnsayableError,
    chosen,
    compared,
    known,
)
from survey_app.questionnaires.interchange.assembling import joined
from survey_app.questionnaires.interchange.drafts import Wanted
from survey_app.questionnaires.interchange.markup import plain_text
from survey_app.questionnaires.interchange.qualtrics.chances import COMPUTED
from survey_app.questionnaires.interchange.qualtrics.givens import ALWAYS, NEVER, holds, told
from survey_app.questionnaires.interchange.qualtrics.reading import Reading
from survey_app.questionnaires.interchange.qualtrics.steps import Step
from survey_app.questionnaires.interchange.qualtrics.survey import Data, mapping, text

_WORDS = {
    "EqualTo": "==",
    "NotEqualTo": "!=",
    "GreaterThan": ">",
    "GreaterThanOrEqual": ">=",
    "LessThan": "<",
    "LessThanOrEqual": "<=",
    "Contains": "contains",
    "Is": "==",
    "IsNot": "!=",
}
_TURNED = {"NotSelected": "Selected", "NotEmpty": "Empty", "DoesNotContain": "Contains"}
_LOCATOR = re.compile(r"q://(?:\d+_)?([^/]+)(?:/(.*))?")
# What Qualtrics knows of a contact, and ours of a customer.
_CONTACT = {"m://Email1": "customer.email", "m://FirstName": "customer.name", "m://LastName": "customer.name"}
_PASSIVES = (7, 8)


def wanted(reading: Reading, name: str, logic: object, consequence: str) -> tuple[Wanted, ...]:
    """Return what a piece of logic asks for; nothing where there is none."""
    if not mapping(logic):
        return ()
    source = words_of(logic)
    try:
        return (Wanted((name,), tree_of(reading, mapping(logic)), note=_note(mapping(logic)), source=source),)
    except UnsayableError as error:
        return (Wanted((name,), problem=f"{error} {consequence}".strip(), source=source),)


def tree_of(reading: Reading, logic: Data) -> Tree:
    """Return a boolean expression as a tree; raise UnsayableError where it says more than trees can."""
    sets = [(_joint(each), _set(reading, each)) for each in _numbered(logic) if _numbered(each)]
    if not sets:
        raise UnsayableError(_("It is empty."))
    return _combined(sets)


def skip_tree(reading: Reading, skip: Data) -> Tree:
    """Return the one condition of a piece of skip logic."""
    locator = text(skip.get("ChoiceLocator")) or text(skip.get("Locator"))
    expression = {"LogicType": "Question", "LeftOperand": locator, "Operator": skip.get("Condition")}
    return _expression(reading, {**expression, "RightOperand": skip.get("Value"), "QuestionID": skip.get("QuestionID")})


def words_of(logic: object) -> str:
    """Return how Qualtrics itself describes a piece of logic."""
    found = mapping(logic)
    own = [text(found.get("Description"))] if isinstance(found.get("Description"), str) else []
    inner = [text(each.get("Description")) for one in _numbered(found) for each in _numbered(one)]
    # Its parts stand in tags without blanks between them.
    return brief(" ".join(plain_text(each.replace("<", " <")).text for each in (inner or own)), 300)


def _numbered(data: Data) -> list[Data]:
    """Return the members that stand under numbers, in their order."""
    keys = sorted((key for key in data if key.isdecimal() and len(key) < 6), key=int)  # noqa: PLR2004 - longer is no place
    return [data[key] for key in keys if isinstance(data[key], dict)]


def _joint(logic_set: Data) -> str:
    return "or" if text(logic_set.get("Type")) in {"OrIf", "ElseIf"} else "and"


def _set(reading: Reading, logic_set: Data) -> Tree:
    parts = []
    for each in _numbered(logic_set):
        conjunction = text(each.get("Conjuction")) or text(each.get("Conjunction")) or "And"
        parts.append((conjunction.lower(), _expression(reading, each)))
    return _combined(parts)


def _combined(parts: list[tuple[str, Tree]]) -> Tree:
    groups: list[list[Tree]] = [[]]
    for number, (conjunction, tree) in enumerate(parts):
        if number and conjunction == "or":
            groups.append([])
        groups[-1].append(tree)
    return joined("any", [joined("all", each) for each in groups])


def _note(logic: Data) -> str:
    """Tell of sets that mix and with or, since people read them differently."""
    for each in _numbered(logic):
        joints = {text(one.get("Conjuction")).lower() for one in _numbered(each)[1:]}
        if {"and", "or"} <= joints:
            return _("It mixes “and” with “or”: “and” binds closer. Look whether that is meant.")
    return ""


def _expression(reading: Reading, expression: Data) -> Tree:
    operator = text(expression.get("Operator"))
    if operator in _TURNED:
        return {"not": _expression(reading, {**expression, "Operator": _TURNED[operator]})}
    kind, left = text(expression.get("LogicType")), text(expression.get("LeftOperand"))
    value = text(expression.get("RightOperand"))
    if any(sign in value for sign in COMPUTED):
        raise UnsayableError(_("It compares with “%(value)s”, which is worked out on the way.", value=brief(value, 60)))
    if kind == "EmbeddedField" or left.startswith("e://Field/"):
        return _of_field(reading, unquote(left.removeprefix("e://Field/")) or "field", operator, value)
    if kind in {"PanelData", "ContactList"} and left in _CONTACT:
        return _of_contact(_CONTACT[left], operator, value)
    if kind == "Question" or left.startswith("q://"):
        return _of_question(reading, left, operator, value)
    raise UnsayableError(_("Ours knows nothing like “%(kind)s”.", kind=brief(kind or "?", 60)))


def _of_field(reading: Reading, name: str, operator: str, value: str) -> Tree:
    return told(
        reading,
        name,
        lambda given: holds(given, operator, value),
        lambda step: gate_of(reading, step),
        lambda: _before_all(reading, name, operator, value),
    )


def _before_all(reading: Reading, name: str, operator: str, value: str) -> Tree:
    """Return what holds of a field that the flow has not set: the link or the record says it, chance only later."""
    target = reading.field(name)
    if reading.fields[name.casefold()].item.is_by_chance:
        return ALWAYS if holds("", operator, value) else NEVER
    if name.casefold() == "q_language":
        value = reading.tags.get(value, value)
    return _simple(target, operator, value)


def gate_of(reading: Reading, step: Step) -> Tree:
    """Return what a branch asks; raise UnsayableError where it says more than trees can."""
    if step.place not in reading.gates:
        before, reading.place = reading.place, step.place
        logic = mapping(step.data.get("BranchLogic"))
        try:
            reading.gates[step.place] = tree_of(reading, logic) if logic else ALWAYS
        except UnsayableError as error:
            reading.gates[step.place] = str(error)
        finally:
            reading.place = before
    found = reading.gates[step.place]
    if isinstance(found, str):
        raise UnsayableError(found)
    return found


def _simple(target: Answerable, operator: str, value: str) -> Tree:
    if operator == "Empty":
        return known(target, is_known=False)
    if operator == "Selected":
        return known(target, is_known=True)
    if operator not in _WORDS:
        raise UnsayableError(_("The comparison “%(word)s” has no counterpart.", word=brief(operator or "?", 60)))
    return compared(target, _WORDS[operator], value)


def _of_contact(field: str, operator: str, value: str) -> Tree:
    if operator == "Empty":
        return {"field": field, "op": "is_unknown"}
    words = {"==": "is", "contains": "contains"}
    word = _WORDS.get(operator, "")
    if word == "!=" and value:
        return {"not": {"field": field, "op": "is", "value": value}}
    if word not in words or not value:
        raise UnsayableError(_("The comparison “%(word)s” has no counterpart.", word=brief(operator or "?", 60)))
    return {"field": field, "op": words[word], "value": value}


def _of_question(reading: Reading, locator: str, operator: str, value: str) -> Tree:
    found = _LOCATOR.fullmatch(locator)
    if not found:
        raise UnsayableError(_("It does not say which question it looks at."))
    qid, path = unquote(found[1]), [unquote(each) for each in (found[2] or "").split("/") if each]
    if qid.endswith("_NPS_GROUP"):
        return _of_group(reading, qid.removesuffix("_NPS_GROUP"), path)
    kind, ids = (path[0], path[1:]) if path else ("", [])
    if kind in {"SelectableChoice", "SelectableAnswer"} and operator == "Selected" and ids:
        return _selected(reading, qid, kind, ids)
    if operator in {"Selected", "Displayed", "NotDisplayed"}:
        raise UnsayableError(_("Whether something was shown cannot be asked, only what was answered."))
    return _simple(_entered(reading, qid, kind, ids), operator, value)


def _selected(reading: Reading, qid: str, kind: str, ids: list[str]) -> Tree:
    """Return whether a choice, or a scale point of a row or of any row, was chosen."""
    if len(ids) > 1:
        row, answer = ids[0], ids[1]
        return chosen(_find(reading, f"{qid}/{row}"), answer)
    if qid in reading.answerables:
        return chosen(reading.answerables[qid], ids[0])
    fit = [each for each in reading.rows_of(qid) if ids[0] in each.values]
    if kind == "SelectableAnswer" and fit:
        return joined("any", [chosen(each, ids[0]) for each in fit])
    if kind == "SelectableChoice" and f"{qid}/{ids[0]}" in reading.answerables:
        # A row without a column: anything was answered in it.
        return known(reading.answerables[f"{qid}/{ids[0]}"], is_known=True)
    raise UnsayableError(_("It looks at something that is not taken over."))


def _entered(reading: Reading, qid: str, kind: str, ids: list[str]) -> Answerable:
    """Return what a locator of something typed in, or of the numbers of the data, stands for."""
    if kind == "ChoiceTextEntryValue":
        return _find(reading, "/".join([qid, "text", *ids]), f"{qid}/text")
    if kind == "ChoiceNumericEntryValue" and qid not in reading.answerables:
        return _find(reading, "/".join([qid, "number", *ids]), f"{qid}/text")
    if kind in {"SelectedChoicesRecode", "NPSScore"}:
        return _find(reading, f"{qid}/recode")
    if kind == "SelectedAnswerRecode" and ids:
        return _find(reading, f"{qid}/{ids[0]}")
    raise UnsayableError(_("“%(what)s” of an answer has no counterpart.", what=brief(kind or "?", 60)))


def _find(reading: Reading, *locators: str) -> Answerable:
    for locator in locators:
        if locator in reading.answerables:
            return reading.answerables[locator]
    raise UnsayableError(_("It looks at something that is not taken over."))


def _of_group(reading: Reading, qid: str, path: list[str]) -> Tree:
    """Return whether somebody is a detractor (1), passive (2) or promoter (3)."""
    name = _find(reading, qid).name
    group = path[-1] if path else ""
    low, high = _PASSIVES
    trees: dict[str, Tree] = {
        "1": {"field": name, "op": "less_than", "value": low},
        "2": {"field": name, "op": "one_of", "value": list(_PASSIVES)},
        "3": {"field": name, "op": "more_than", "value": high},
    }
    if group not in trees:
        raise UnsayableError(_("It names no group of the recommendation."))
    return trees[group]
