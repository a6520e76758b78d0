"""SurveyJS questions that hold others: groups of short texts, and entries that repeat and are asked once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.drafts import DraftItem
from survey_app.questionnaires.interchange.surveyjs.conditions import asking_of
from survey_app.questionnaires.interchange.surveyjs.elements import DEEPEST, Element, inner_elements
from survey_app.questionnaires.interchange.surveyjs.making import CELLS, Making, kept_question, lost_question
from survey_app.questionnaires.interchange.surveyjs.matrices import (
    Read,
    column_question,
    columns_of,
    enter_options,
    retitled,
)

Conditions = tuple[tuple[str, str], ...]
QUESTIONS = ("templateElements", "elements", "questions")


def repeated(element: Element, making: Making, read: Read) -> list[DraftItem]:
    """Return what repeats per entry (dynamic matrices and panels) once."""
    making.ledger.lost("repeat", element.name, _("Nothing repeats here: its questions are asked once."))
    is_panel = element.type == "paneldynamic"
    inner = list(_questions(element, making, ())) if is_panel else _columns(element, making)
    if not inner:
        return lost_question(making, element, _("It has no questions of its own."))
    kept_question(making, element, _("Its questions are asked once."))
    # A question of an entry is a question; a column was entered as a column.
    loud = making if is_panel else making.parts()
    return [draft for question, above in inner for draft in _inside(element, question, above, (loud, read))]


def group_of_texts(element: Element, making: Making, read: Read) -> list[DraftItem]:
    """Return several short texts under one title, an item each."""
    items = inner_elements(element.listed("items"), "item", making.ledger)
    if not items:
        return lost_question(making, element, _("It asks for nothing."))
    kept_question(making, element, _("Each of its texts is an item of its own."))
    if element.flag("isRequired"):
        making.ledger.kept("required", element.name)
    drafts: list[DraftItem] = []
    for each in items:
        making.ledger.kept("item", f"{element.name}.{each.name}")
        if each.flag("isRequired"):
            making.ledger.kept("required", f"{element.name}.{each.name}")
        title = making.texts(each.get("title"), each.name) or making.texts(each.name, each.name)
        own = {"type": "text", "isRequired": element.flag("isRequired"), **each.native}
        inner = replace(each, native=own | {"name": f"{element.name}.{each.name}"})
        asked = retitled(read(inner, making.parts()), making.texts(element.get("title"), element.name), title)
        making.inner += [(draft, label, said) for draft in asked for label, said in asking_of(inner)]
        drafts += asked
    return drafts


def _columns(element: Element, making: Making) -> list[tuple[Element, Conditions]]:
    columns = columns_of(element, making)
    shared = element.listed("choices")
    enter_options(shared, element, making)
    for each in columns:
        enter_options(each.listed("choices"), each, making)
    cell = element.word("cellType")
    return [(column_question(each, element.name, shared, cell), ()) for each in columns]


def _questions(
    element: Element, making: Making, above: Conditions, depth: int = 0
) -> Iterator[tuple[Element, Conditions]]:
    """Yield the questions of an entry, those in panels inside it, too, each with the conditions above it."""
    native = next((element.listed(key) for key in QUESTIONS if element.listed(key)), [])
    for each in inner_elements(native, "question", making.ledger):
        if each.type == "panel" and depth < DEEPEST:
            making.ledger.changed(
                "panel", each.name, _("Its questions stand on the page; its title is a text above them.")
            )
            yield from _questions(each, making, (*above, *asking_of(each)), depth + 1)
        else:
            yield each, above


def _inside(element: Element, inner: Element, above: Conditions, how: tuple[Making, Read]) -> list[DraftItem]:
    """Read a question of an entry; what it looks at in its own entry is the one copy that is asked."""
    making, read = how
    name = inner.name if inner.name.startswith(f"{element.name}.") else f"{element.name}.{inner.name}"
    own = replace(inner, native=inner.native | {"name": name})
    conditions = (*above, *asking_of(own))
    drafts = read(own, making if element.type == "paneldynamic" else making.parts(CELLS))
    for label, said in conditions:
        looked_at = said.replace("{panel.", f"{{{element.name}.").replace("{row.", f"{{{element.name}.")
        making.inner += [(draft, label, looked_at) for draft in drafts]
        if not drafts:
            making.ledger.lost("condition", label, _("Its question is not taken over."))
    return retitled_once(drafts, inner, making)


def retitled_once(drafts: list[DraftItem], inner: Element, making: Making) -> list[DraftItem]:
    """Return questions of an entry; one without a title is called as the file calls it, not by its whole path."""
    if not inner.get("title") and len(drafts) == 1:
        bare = inner.name.rpartition(".")[2]
        return retitled(drafts, making.texts(bare, bare), {})
    return drafts
