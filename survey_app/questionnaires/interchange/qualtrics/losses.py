"""Questions that no page of a Qualtrics survey asks: unused, left out by the flow, or not in the file."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.qualtrics.blocks import add_display_logic
from survey_app.questionnaires.interchange.qualtrics.demands import enter_demands
from survey_app.questionnaires.interchange.qualtrics.orders import enter_order
from survey_app.questionnaires.interchange.qualtrics.parts import enter_parts
from survey_app.questionnaires.interchange.qualtrics.piping import enter_pipes
from survey_app.questionnaires.interchange.qualtrics.reading import Reading, native_type, tag_of
from survey_app.questionnaires.interchange.qualtrics.survey import Block, mapping, sequence, text


def lose_rest(reading: Reading, asked: Collection[str]) -> None:
    """Enter every question that is not asked, and every place in a block without one."""
    met = set[str]()
    for block in reading.survey.blocks.values():
        _lose_in_block(reading, block, asked, met)
    for qid, question in reading.survey.questions.items():
        if qid not in met:
            message = _("It is in the trash.") if qid in reading.survey.unused else _("It stands in no block.")
            reading.ledger.lost("unused question", f"{tag_of(question)} ({native_type(question)})", message)


def _lose_in_block(reading: Reading, block: Block, asked: Collection[str], met: set[str]) -> None:
    for element in block.elements:
        qid = text(element.get("QuestionID"))
        if element.get("Type") != "Question":
            if block.id not in reading.visited:
                reading.ledger.lost("page break", block.name, _("Its block is left out."))
            continue
        if qid not in reading.survey.questions:
            reading.ledger.lost("missing question", qid or "?", _("The block names it, but it is not in the file."))
        elif qid in met:
            reading.ledger.lost("repeated question", qid, _("It stands in a block twice; it is asked once."))
        elif qid not in asked:
            _lose(reading, qid, sequence(element.get("SkipLogic")))
        met.add(qid)


def _lose(reading: Reading, qid: str, skips: list[object]) -> None:
    question = reading.survey.questions[qid]
    name = f"{tag_of(question)} ({native_type(question)})"
    reading.ledger.lost("question", name, _("The survey flow leaves its block out."))
    enter_parts(reading, question, [])
    enter_demands(reading, question, [])
    enter_order(reading, question, [])
    enter_pipes(reading, question, is_kept=False)
    add_display_logic(reading, qid, [])
    for number, skip in enumerate(skips, start=1):
        label = f"{tag_of(question)} skip {text(mapping(skip).get('SkipLogicID')) or number}"
        reading.ledger.lost("condition", label, _("Its question is not taken over."))
