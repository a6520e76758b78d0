"""What conditions on customers may ask of past answers: of identified surveys alone.

Answers given anonymously or in confidence are no fields: a segment of few people would tell what each of them said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, cast

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, Subquery, func, literal, select

from survey_app.conditions.rules import FieldKind
from survey_app.conditions.sql import Column, Gathered
from survey_app.customers.fields import DAYS, Field, Look
from survey_app.customers.instants import DaysBetween
from survey_app.customers.models import Customer
from survey_app.extensions import UtcDateTime, db
from survey_app.questionnaires.definition import Item, text_in
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.queries import newest_published, questionnaire_of
from survey_app.questionnaires.routing import ANSWER, answer_kinds
from survey_app.responses.models import Response

PREFIX = "past."
# Stands for any survey.
ANY = "*"
# What a condition can compare of an answer.
_COMPARED = {
    FieldKind.NUMBER: FieldKind.NUMBER,
    FieldKind.CHOICE: FieldKind.CHOICE,
    FieldKind.DATE: FieldKind.DAY,
    FieldKind.TEXT: FieldKind.TEXT,
}
_LONGEST_LABEL = 60


def past_fields(wanted: Collection[str] | None) -> Iterator[Field]:
    """Return the fields of past answers: those of these codes, or of every identified survey."""
    codes = None if wanted is None else {_survey_code(each) for each in wanted if each.startswith(PREFIX)}
    if codes is None or ANY in codes:
        yield from _whether(ANY, _("any survey"), _("Past answers"))
    for survey in db.session.scalars(_surveys(codes)) if codes is None or codes else ():
        yield from _of_survey(survey)


def _survey_code(field: str) -> str:
    return field.removeprefix(PREFIX).partition(".")[0]


def _surveys(codes: Collection[str] | None) -> Select[Survey]:
    found = select(Survey).where(Survey.identification == "identified", ~Survey.is_archived).order_by(Survey.title)
    return found if codes is None else found.where(Survey.code.in_(codes))


def _of_survey(survey: Survey) -> Iterator[Field]:
    version = newest_published(survey)
    if version is None:
        return
    group = _("Past answers: %(survey)s", survey=survey.title)
    yield from _whether(survey.code, survey.title, group, survey.id)
    questionnaire = questionnaire_of(version)
    label = _("Last score in %(survey)s", survey=survey.title)
    latest = _latest(survey.id)
    score = _last(latest, cast("Column", latest.c.outcome))
    yield Field(f"{PREFIX}{survey.code}.outcome", label, FieldKind.NUMBER, group, lambda _look: score)
    for item in questionnaire.items:
        yield from _of_item(survey, item, questionnaire.languages, group)


def _whether(code: str, title: str, group: str, survey_id: int | None = None) -> Iterator[Field]:
    """Return how often and when somebody answered."""
    where = _completed(survey_id)
    newest = func.max(Response.completed_at)

    def gathered(measure: Column, empty: float | None, *more: ColumnElement[bool]) -> Gathered:
        return Gathered(Customer.id.expression, Response.customer_id.expression, measure, (*where, *more), empty=empty)

    def count(look: Look) -> Gathered:
        since = [] if look.since is None else [Response.completed_at >= look.since]
        return gathered(func.count(), 0, *since)

    def days_since(look: Look) -> Gathered:
        return gathered(DaysBetween(newest, literal(look.now, UtcDateTime())), None)

    names = {"survey": title}
    answered = _("Number of answers to %(survey)s", **names)
    yield Field(f"{PREFIX}{code}.count", answered, FieldKind.NUMBER, group, count, narrowed_by=(DAYS,))
    days = _("Days since the last answer to %(survey)s", **names)
    yield Field(f"{PREFIX}{code}.days_since", days, FieldKind.NUMBER, group, days_since)


def _of_item(survey: Survey, item: Item, languages: tuple[str, ...], group: str) -> Iterator[Field]:
    language = str(get_locale() or "en")
    for name, kind in answer_kinds([item]).items():
        if kind not in _COMPARED:
            continue
        code = name.removeprefix(ANSWER)
        wording = next((row.text for row in item.rows if row.code == code), item.text)
        question = " ".join((text_in(wording, language, languages) or code).split())
        label = _("Last answer to “%(question)s”", question=question[:_LONGEST_LABEL])
        latest = _latest(survey.id)
        last = _last(latest, _answer(latest, code, kind))
        values = tuple((each.code, text_in(each.text, language, languages) or each.code) for each in item.options)
        column = _always(last)
        yield Field(f"{PREFIX}{survey.code}.item.{code}", label, _COMPARED[kind], group, column, values)


def _always(column: Gathered) -> Any:
    return lambda _look: column


def _answer(latest: Subquery, code: str, kind: FieldKind) -> Column:
    value = cast("Any", latest.c.answers)[code]
    return cast("Column", value.as_float() if kind is FieldKind.NUMBER else func.nullif(value.as_string(), ""))


def _completed(survey_id: int | None) -> tuple[ColumnElement[bool], ...]:
    """Return what makes a response one that a field may speak of."""
    # The surveys are looked up again here: a field says nothing of a survey that is not identified, whatever named it.
    identified = select(Survey.id).where(Survey.identification == "identified")
    which = identified if survey_id is None else identified.where(Survey.id == survey_id)
    return (
        Response.survey_id.in_(which),
        Response.state == "completed",
        Response.customer_id.is_not(None),
        ~Response.is_test,
    )


def _latest(survey_id: int) -> Subquery:
    """Return everybody's completed responses to a survey, the latest with rank 1."""
    order = (Response.completed_at.desc(), Response.id.desc())
    rank = func.row_number().over(partition_by=Response.customer_id, order_by=order)
    columns = (Response.customer_id, Response.outcome, Response.answers, rank.label("rank"))
    return select(*columns).where(*_completed(survey_id)).subquery()


def _last(latest: Subquery, measure: Column) -> Gathered:
    owner = cast("Column", latest.c.customer_id)
    return Gathered(Customer.id.expression, owner, measure, (latest.c.rank == 1,), is_grouped=False)
