"""LimeSurvey's quotas."""

from __future__ import annotations

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Texts
from survey_app.questionnaires.document import LONGEST_TEXT
from survey_app.questionnaires.interchange.answerables import Answerable, Tree, UnsayableError, chosen, known
from survey_app.questionnaires.interchange.assembling import joined
from survey_app.questionnaires.interchange.codes import Codes
from survey_app.questionnaires.interchange.drafts import DraftQuota, Wanted
from survey_app.questionnaires.interchange.limesurvey.reading import Reading
from survey_app.questionnaires.interchange.limesurvey.survey import Question, order_of
from survey_app.questionnaires.interchange.limesurvey.tables import Row, by_key

TERMINATE = "1"
_PER_ANSWER = frozenset("MP")
_PER_ROW = frozenset("ABCEFH")


def read_quotas(reading: Reading) -> list[DraftQuota]:
    """Return the quotas; their members are entered here, they themselves once their conditions are settled."""
    codes, found = Codes(), []
    questions = {question.qid: question for question in reading.survey.questions()}
    members = dict(by_key(reading.survey.tables.of("quota_members"), "quota_id"))
    for row in reading.survey.tables.of("quota"):
        own = members.pop(row.get("id", ""), [])
        name = row.get("name") or row.get("id", "")
        if row.get("active", "1") != "1" or not own:
            reason = _("It is switched off.") if own else _("It counts nobody: it has no members.")
            reading.ledger.lost("quota", name, reason)
            _enter_members(reading, name, own, reason)
            continue
        found.append(
            DraftQuota(name, codes.take(name, "quota"), _wanted(reading, row, own, questions), order_of(row, "qlimit"))
        )
    for quota, own in members.items():
        _enter_members(reading, quota, own, _("Its quota is not in the file."))
    return found


def _wanted(reading: Reading, row: Row, members: list[Row], questions: dict[str, Question]) -> Wanted:
    """Return whom a quota counts: for each of its fields one of the answers named.

    Every row of an array and every answer of a multiple choice is a field of its own.
    """
    name = row.get("name") or row.get("id", "")
    fields: dict[tuple[str, str], list[Tree]] = {}
    try:
        for each in members:
            question, code = questions.get(each.get("qid", "")), each.get("code", "")
            tree = _member(reading, question, code)
            fields.setdefault((each.get("qid", ""), _field(question, code)), []).append(tree)
        trees = [joined("any", own) for own in fields.values()]
    except UnsayableError as error:
        _enter_members(reading, name, members, str(error))
        return Wanted((name,), problem=str(error))
    _enter_members(reading, name, members, "")
    note = (
        "" if row.get("action", TERMINATE) == TERMINATE else _("LimeSurvey let people change their answer; ours ends.")
    )
    return Wanted((name,), joined("all", trees), note=note)


def _field(question: Question | None, code: str) -> str:
    """Return which row or answer of its question a member speaks of; nothing where there is one answer only."""
    kind = question.type if question else ""
    return code if kind in _PER_ANSWER else code.partition("-")[0] if kind in _PER_ROW else ""


def _member(reading: Reading, question: Question | None, code: str) -> Tree:
    target = reading.answerables.get(question.code) if question else None
    if question and target is None:
        # Rows of arrays are named with their answer: SQ001-A1.
        row, _dash, answer = code.partition("-")
        part: Answerable | None = reading.answerables.get(f"{question.code}_{row}")
        if part is not None and answer:
            return chosen(part, answer)
        if part is not None and part.option is not None:
            return known(part, is_known=True)
    if target is None:
        raise UnsayableError(_("It counts an answer to something that is not taken over."))
    return chosen(target, code)


def _enter_members(reading: Reading, quota: str, members: list[Row], reason: str) -> None:
    for each in members:
        name = f"{quota}: {each.get('qid', '')} {each.get('code', '')}"
        if reason:
            reading.ledger.lost("quota member", name, reason)
        else:
            reading.ledger.kept("quota member", name)


def quota_text(reading: Reading) -> Texts:
    """Return what people read when a quota is full: ours has one text for all quotas."""
    first: Texts = {}
    for quota, rows in by_key(reading.survey.tables.of("quota_languagesettings"), "quotals_quota_id"):
        raw = {row.get("quotals_language", ""): row.get("quotals_message", "") for row in rows}
        text = reading.texts(raw, f"quota {quota} message", LONGEST_TEXT)
        if not first:
            first = text
            reading.ledger.kept("quota message", quota)
        elif text == first:
            reading.ledger.kept("quota message", quota, _("It is the same for all quotas."))
        else:
            reading.ledger.lost("quota message", quota, _("There is one text for all quotas."))
        for row in rows:
            if row.get("quotals_url"):
                reading.ledger.lost("setting", f"quota {quota} url", _("Nobody is sent on to another address."))
    return first
