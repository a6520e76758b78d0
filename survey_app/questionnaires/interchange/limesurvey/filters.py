"""LimeSurvey's array filters: rows that are asked for what was chosen, or not chosen, in an earlier question."""

from __future__ import annotations

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.answerables import Answerable, known
from survey_app.questionnaires.interchange.drafts import DraftItem, Wanted
from survey_app.questionnaires.interchange.limesurvey.conditions import put_on_part
from survey_app.questionnaires.interchange.limesurvey.reading import Reading
from survey_app.questionnaires.interchange.limesurvey.survey import Question

FILTERS = ("array_filter", "array_filter_exclude")
# Questions whose subquestions are options of ours, which have no conditions.
_OF_OPTIONS = frozenset("MPRL!O")


def add_filters(reading: Reading) -> None:
    """Put the conditions that filters stand for on rows and items, and enter every filter."""
    before: set[str] = set()
    for question in reading.survey.questions():
        for name in FILTERS:
            for language, source in question.attributes.get(name, {}).items():
                if source:
                    label = f"{question.code} {name} ({language})" if language else f"{question.code} {name}"
                    _enter(reading, label, source, _problem(reading, question, (name, source), before))
        before.add(question.code)


def _enter(reading: Reading, label: str, source: str, problem: str) -> None:
    if problem:
        reading.ledger.lost("attribute", label, f"“{source[:60]}”: {problem}")
    else:
        message = _("“%(code)s”: each row has a condition of its own now.", code=source.strip("; ")[:60])
        reading.ledger.changed("attribute", label, message)


def _problem(reading: Reading, question: Question, attribute: tuple[str, str], before: set[str]) -> str:
    """Put one filter's conditions in place; return why that cannot be done, or nothing."""
    name, source = attribute
    earlier = [each.strip() for each in source.split(";") if each.strip()]
    drafts = reading.drafts.get(question.qid, [])
    if len(earlier) != 1:
        return _("A filter by several questions has no counterpart; set conditions in the designer.")
    if earlier[0] not in before:
        return _("It looks at “%(codes)s”, which is answered later.", codes=earlier[0][:60])
    if not drafts or question.type in _OF_OPTIONS:
        return _("Options have no conditions: all of them are offered.")
    filtered = [_filtered(reading, question, name, each, drafts) for each in _rows(reading, question, earlier[0])]
    return "" if any(filtered) else _("No row has the code of an answer there.")


def _rows(reading: Reading, question: Question, earlier: str) -> list[tuple[Question, Answerable]]:
    """Return the subquestions with the earlier answer of the same code; those without one are always asked."""
    found = [(part, reading.answerables.get(f"{earlier}_{part.code}")) for part in question.axis("0")]
    return [(part, target) for part, target in found if target is not None]


def _filtered(
    reading: Reading, question: Question, name: str, row: tuple[Question, Answerable], drafts: list[DraftItem]
) -> bool:
    reading.ledger.refuse_endless()
    part, target = row
    tree = known(target, is_known=name == FILTERS[0])
    wanted = Wanted((), tree, source=f"{question.code} {name}")
    return put_on_part(reading, part, drafts, (wanted,))
