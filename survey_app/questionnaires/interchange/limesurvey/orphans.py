"""What stands in a LimeSurvey file beside the questions it would belong to: told by name, since nothing reads it."""

from __future__ import annotations

from collections import Counter

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.accounting import brief
from survey_app.questionnaires.interchange.limesurvey.reading import Reading
from survey_app.questionnaires.interchange.limesurvey.relevance import is_trivial
from survey_app.questionnaires.interchange.limesurvey.survey import Question
from survey_app.questionnaires.interchange.limesurvey.tables import Row, by_key


def enter_orphans(reading: Reading) -> None:
    """Enter questions without a group, subquestions without a question, and rows without either."""
    for each in reading.survey.stray:
        reading.ledger.lost("question", f"{each.code} ({each.type})", _("Its group is not in the file."))
        _enter_what_it_has(reading, each, _("Its question is left out."))
        for part in each.subquestions:
            reading.ledger.lost("subquestion", each.code, _("Its question is left out."))
            _enter_what_it_has(reading, part, _("Its question is left out."))
    for each in reading.survey.orphans:
        reading.ledger.lost("subquestion", each.code or each.qid, _("Its question is not in the file."))
        _enter_what_it_has(reading, each, _("Its question is not in the file."))
    for question in reading.survey.questions():
        n_answers = sum(len(part.answers) for part in question.subquestions)
        reading.ledger.lost("option", question.code, _("Subquestions have no answers of their own."), n_answers)
    _enter_rows(reading)


def _enter_what_it_has(reading: Reading, question: Question, reason: str) -> None:
    """Enter what a question that is left out asks, demands and offers."""
    ledger, name, row = reading.ledger, question.code or question.qid, question.row
    ledger.lost("option", name, reason, len(question.answers))
    if not is_trivial(row.get("relevance", "")):
        ledger.lost("condition", f"{name} relevance", f"“{brief(row['relevance'])}”: {reason}")
    for kind, is_so in (
        ("required", question.is_mandatory),
        ("other", question.has_other),
        ("validator", row.get("preg")),
    ):
        if is_so and row.get("parent_qid", "") in {"", "0"}:
            ledger.lost(kind, name, reason)


def _enter_rows(reading: Reading) -> None:
    """Enter answers and attributes of questions that are not in the file, or whose questions are left out."""
    tables, ledger = reading.survey.tables, reading.ledger
    every = {row.get("qid", "") for name in ("questions", "subquestions") for row in tables.of(name)}
    asked = {question.qid for question in reading.survey.questions()}
    for qid, rows in by_key(tables.of("answers"), "qid"):
        if qid not in every:
            ledger.lost("option", f"question {qid}", _("Its question is not in the file."), _n_answers(rows))
    for qid, rows in by_key(tables.of("question_attributes"), "qid"):
        if qid in asked:
            continue
        reason = _("Its question is left out.") if qid in every else _("Its question is not in the file.")
        for name, count in Counter(row.get("attribute", "") for row in rows).items():
            ledger.lost("attribute", f"question {qid} {name}", reason, count)


def _n_answers(rows: list[Row]) -> int:
    return len({(row.get("scale_id") or "0", row.get("code", "")) for row in rows})
