"""Qualtrics' blocks as pages: page breaks, and breaks where skip logic leads away or to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import END
from survey_app.questionnaires.interchange.accounting import brief
from survey_app.questionnaires.interchange.answerables import UnsayableError
from survey_app.questionnaires.interchange.codes import Codes
from survey_app.questionnaires.interchange.drafts import DraftItem, DraftJump, DraftPage, Wanted
from survey_app.questionnaires.interchange.markup import plain_text
from survey_app.questionnaires.interchange.qualtrics.logic import skip_tree, wanted, words_of
from survey_app.questionnaires.interchange.qualtrics.reading import Reading, tag_of
from survey_app.questionnaires.interchange.qualtrics.survey import Block, Data, mapping, ordered, sequence, text

# Where jumps lead until all pages are known: behind a block, or to a question.
BEHIND = "behind:"
QUESTION = "question:"


def pages_of(
    reading: Reading, block: Block, drafts: dict[str, list[DraftItem]], codes: Codes
) -> Iterator[tuple[DraftPage, str]]:
    """Yield the pages of a block, empty ones too, each with the question that it begins with."""
    reading.visited.add(block.id)
    targets = {text(skip.get("SkipToDestination")) for each in block.elements for skip in _skips(each)}
    page, first = _new(codes, block), ""
    for element in block.elements:
        if element.get("Type") != "Question":
            reading.ledger.kept("page break", block.name, "")
            yield page, first
            page, first = _new(codes, block), ""
            continue
        qid = text(element.get("QuestionID"))
        if qid in targets and page.items:
            yield page, first
            page, first = _new(codes, block), ""
        first = first or qid
        items = drafts.pop(qid, [])
        page.items += items
        jumps = list(_jumps(reading, block, element, items))
        if jumps:
            page.jumps += jumps
            yield page, first
            page, first = _new(codes, block), ""
    yield page, first


def _new(codes: Codes, block: Block) -> DraftPage:
    return DraftPage(codes.take(block.name, "page"), is_shuffled=_is_shuffled(block))


def _skips(element: Data) -> list[Data]:
    return [mapping(each) for each in sequence(element.get("SkipLogic"))]


def _jumps(reading: Reading, block: Block, element: Data, items: list[DraftItem]) -> Iterator[DraftJump]:
    """Yield the jumps of a question's skip logic; whoever is not asked the question does not jump."""
    # Without names: what becomes of the jump says nothing of the display logic.
    asked = tuple(replace(each, names=()) for each in (items[0].conditions if items else ()) if each.tree is not None)
    qid = text(element.get("QuestionID"))
    question = reading.survey.questions.get(qid, {})
    for number, skip in enumerate(_skips(element), start=1):
        name = f"{tag_of(question)} skip {text(skip.get('SkipLogicID')) or number}"
        if not items:
            reading.ledger.lost("condition", name, _("Its question is not taken over."))
            continue
        to = text(skip.get("SkipToDestination"))
        goal = END if to == "ENDOFSURVEY" else BEHIND + block.id if to == "ENDOFBLOCK" else QUESTION + to
        try:
            yield DraftJump((*asked, Wanted((name,), skip_tree(reading, skip), source=words_of(skip))), goal)
        except UnsayableError as error:
            yield DraftJump((Wanted((name,), problem=str(error), source=words_of(skip)),), goal)


def _is_shuffled(block: Block) -> bool:
    kind = text(block.options.get("RandomizeQuestions"))
    return kind not in {"", "false", "None"} or block.options.get("RandomizeQuestions") is True


def enter_block(reading: Reading, block: Block, n_pages: int, *, is_drawn: bool) -> None:
    """Enter what a block demands as a whole."""
    ledger, options = reading.ledger, block.options
    ledger.kept("page", block.name)
    if _is_shuffled(block):
        message = _("Questions are shuffled within each page; how many are shown is not kept.")
        if is_drawn:
            message = _("Chance draws which of its questions are asked; they are shuffled within each page.")
        is_plain = n_pages == 1 and text(options.get("RandomizeQuestions")) in {"true", "All", ""}
        (ledger.kept if is_plain else ledger.changed)(
            "randomisation", f"{block.name} questions", "" if is_plain else message
        )
    if text(options.get("Looping")) not in {"", "None", "false"}:
        rows = [text(each) for row in _loop_rows(options) for each in sequence(row)]
        said = brief(", ".join(each for each in rows if each), 200)
        message = _("The block is asked once: ours does not loop.")
        ledger.lost("loop", block.name, f"{message} ({said})" if said else message)


def _loop_rows(options: Data) -> list[Any]:
    return sequence(mapping(options.get("LoopingOptions")).get("Static"))


def add_display_logic(reading: Reading, qid: str, drafts: list[DraftItem]) -> None:
    """Put a question's display logic on its items, and its rows' logic on the rows."""
    question = reading.survey.questions.get(qid, {})
    tag = tag_of(question)
    always = _("It is always asked now.")
    own = wanted(reading, f"{tag} display logic", question.get("DisplayLogic"), always)
    in_page = wanted(reading, f"{tag} in-page display logic", question.get("InPageDisplayLogic"), always)
    for each in drafts:
        each.conditions = (*own, *in_page)
    if not drafts:
        _lose(reading, (*own, *in_page), _("Its question is not taken over."))
    for kind in ("Choices", "Answers"):
        for id_, choice in ordered(question.get(kind), None):
            if not choice.get("DisplayLogic"):
                continue
            name = f"{tag} {'choice' if kind == 'Choices' else 'answer'} {id_} display logic"
            found = wanted(reading, name, choice.get("DisplayLogic"), _("It is always offered now."))
            if not _is_on_row(reading, f"{qid}/{id_}" if kind == "Choices" else "", drafts, found):
                said = brief(plain_text(choice.get("Display")).text, 60)
                message = _("“%(option)s” is always offered: an option cannot be left out by a condition.", option=said)
                _lose(reading, found, message)


def _is_on_row(reading: Reading, locator: str, drafts: list[DraftItem], found: tuple[Wanted, ...]) -> bool:
    """Put logic on the row that a choice became and return whether there is one; options cannot be left out."""
    target = reading.answerables.get(locator) or reading.answerables.get(locator.replace("/", "/number/", 1))
    for draft in drafts if target else []:
        if target and any(row.code == target.code for row in draft.item.rows):
            draft.row_conditions[target.code] = found
            return True
        if target and draft.item.code == target.code and len(drafts) > 1:
            draft.conditions = (*draft.conditions, *found)
            return True
    return False


def _lose(reading: Reading, found: tuple[Wanted, ...], reason: str) -> None:
    for each in found:
        reading.ledger.lost("condition", each.names[0], each.loss(reason))
