"""What stands in a LimeSurvey file beside the questions it would belong to: told by name, since nothing reads it."""

from __future__ import annotations

from collections import Counter

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.limesurvey.reading import Reading
from survey_app.questionnaires.interchange.limesurvey.tables import Row, by_key


def enter_orphans(reading: Reading) -> None:
    """Enter questions without a group, and rows without a question."""
    for each in reading.survey.stray:
        reading.ledger.lost("question", f"{each.code} ({each.type})", _("Its group is not in the file."))
        reading.ledger.lost("subquestion", each.code, _("Its question is left out."), len(each.subquestions))
        reading.ledger.lost("option", each.code, _("Its question is left out."), len(each.answers))
    _enter_subquestions(reading)
    _enter_rows(reading)


def _enter_subquestions(reading: Reading) -> None:
    """Enter subquestions whose question is not in the file, or is itself one."""
    for question in reading.survey.orphans:
        name = question.code or question.qid
        reading.ledger.lost("subquestion", name, _("Its question is not in the file."))
        reading.ledger.lost("option", name, _("Its question is not in the file."), len(question.answers))


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
