"""Relevance equations and the older rows of conditions, as conditions of ours."""

from __future__ import annotations

import re
from dataclasses import replace

from flask_babel import gettext as _

from survey_app.conditions.rules import fields_of
from survey_app.questionnaires.interchange.accounting import brief
from survey_app.questionnaires.interchange.answerables import Tree, UnsayableError, chosen, compared
from survey_app.questionnaires.interchange.assembling import joined
from survey_app.questionnaires.interchange.drafts import DraftItem, Wanted
from survey_app.questionnaires.interchange.limesurvey.customers import PREFIX, attribute_named
from survey_app.questionnaires.interchange.limesurvey.reading import Reading
from survey_app.questionnaires.interchange.limesurvey.relevance import condition, is_trivial
from survey_app.questionnaires.interchange.limesurvey.survey import Question
from survey_app.questionnaires.interchange.limesurvey.tables import Row, by_key

# A field by survey, group and question, by its code, or what is known of a participant.
_PLACE = re.compile(r"\+?([\w#]+)(?:\.NAOK)?|\{([\w:]+)\}")
_SIGNS = {"==": "==", "=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", " ": "=="}


def equation(reading: Reading, name: str, source: str) -> tuple[Wanted, ...]:
    """Return what a relevance equation asks for; nothing where it always holds."""
    if is_trivial(source):
        return ()
    quoted = brief(source)
    try:
        tree, compares_words = condition(source, reading.scope)
    except UnsayableError as error:
        problem = _("%(reason)s It is always asked now.", reason=str(error))
        return (Wanted((name,), problem=problem, source=quoted),)
    return (Wanted((name,), tree, note=_note(tree, compares_words=compares_words), source=quoted),)


def _note(tree: Tree, *, compares_words: bool) -> str:
    """Return what is different about a condition that is said."""
    attributes = sorted(each.removeprefix(PREFIX) for each in fields_of(tree) if each.startswith(PREFIX))
    if attributes:
        return _(
            "It looks at the customer's attribute “%(codes)s”: give customers one of that name, or choose another.",
            codes=", ".join(attributes),
        )
    return _("It compares what is shown; ours compares the answer.") if compares_words else ""


def add_conditions(reading: Reading, question: Question, rows: list[Row]) -> None:
    """Put a question's conditions, and those of its subquestions, on its items."""
    drafts = reading.drafts.get(question.qid, [])
    wanted = _of_question(reading, question, rows)
    if not drafts:
        _lose(reading, wanted, _("The question itself is not taken over."))
    for draft in drafts:
        draft.conditions = wanted
    for part in (*question.subquestions,):
        reading.ledger.refuse_endless()
        _add_to_part(reading, question, part, drafts)


def _of_question(reading: Reading, question: Question, rows: list[Row]) -> tuple[Wanted, ...]:
    """Return the equation, or the rows where there is none; LimeSurvey writes the equation from the rows."""
    found = equation(reading, f"{question.code} relevance", question.row.get("relevance", ""))
    if not rows:
        return found
    names = tuple(f"{question.code} condition {row.get('cid') or number}" for number, row in enumerate(rows, start=1))
    if found and found[0].tree is not None:
        # Both say the same, so both stand or fall together.
        return (replace(found[0], names=(*found[0].names, *names)),)
    every = (*(found[0].names if found else ()), *names)
    try:
        tree = _scenarios(reading, rows)
        return (Wanted(every, tree, note=_note(tree, compares_words=False)),)
    except UnsayableError as error:
        return (Wanted(every, problem=_("%(reason)s It is always asked now.", reason=str(error))),)


def _scenarios(reading: Reading, rows: list[Row]) -> Tree:
    """Return rows as a tree: one scenario or another; in each all questions; for each question one row or another."""
    scenarios = []
    for _number, own in by_key(rows, "scenario"):
        questions: dict[str, list[Tree]] = {}
        for row in own:
            # What is known of participants is no question: there the field itself tells them apart.
            key = row.get("cqid", "") if row.get("cqid", "0") not in {"", "0"} else row.get("cfieldname", "")
            questions.setdefault(key, []).append(_row(reading, row))
        scenarios.append(joined("all", [joined("any", same) for same in questions.values()]))
    return joined("any", scenarios)


def _row(reading: Reading, row: Row) -> Tree:
    field, method, value = row.get("cfieldname", ""), row.get("method", ""), row.get("value", "")
    quoted = brief(f"{field} {method} {value}")
    place = _PLACE.fullmatch(field)
    if not place or method.strip() not in _SIGNS or value.startswith(("@", "{")):
        raise UnsayableError(_("“%(source)s” has no counterpart.", source=quoted))
    target = reading.answerables.get(place[1]) if place[1] else attribute_named(place[2])
    if target is None:
        raise UnsayableError(_("“%(source)s” looks at something that is not taken over.", source=quoted))
    sign = _SIGNS[method.strip()]
    if sign == "==" and value in target.values:
        return chosen(target, value)
    return compared(target, sign, value)


def _add_to_part(reading: Reading, question: Question, part: Question, drafts: list[DraftItem]) -> None:
    name = f"{question.code}_{part.code} relevance"
    wanted = equation(reading, name, part.row.get("relevance", ""))
    if not wanted:
        return
    if not put_on_part(reading, part, drafts, wanted):
        _lose(reading, wanted, _("An option cannot be left out by a condition: it is always offered."))


def put_on_part(reading: Reading, part: Question, drafts: list[DraftItem], wanted: tuple[Wanted, ...]) -> bool:
    """Put conditions on the rows and items that a subquestion became; return whether there were any."""
    codes, was_put = frozenset(reading.parts.get(part.qid, ())), False
    for draft in drafts:
        for row in draft.item.rows:
            if row.code in codes:
                draft.row_conditions[row.code] = (*draft.row_conditions.get(row.code, ()), *wanted)
                was_put = True
        if draft.item.code in codes:
            draft.conditions = (*draft.conditions, *wanted)
            was_put = True
    return was_put


def _lose(reading: Reading, wanted: tuple[Wanted, ...], reason: str) -> None:
    for each in wanted:
        for name in each.names:
            reading.ledger.lost("condition", name, each.loss(reason))
