"""How many completions a campaign still takes: counted where they complete, exact however many come at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, cast

from sqlalchemy import Connection, Table, case, select, update

from survey_app.campaigns.links import InvitationRow, PublicRow
from survey_app.conditions.rules import evaluate, fields_of
from survey_app.extensions import db
from survey_app.jobs.upserts import insert
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.rendering.course import Course, Known, known_values
from survey_app.responses.models import ALL, QuotaCount

# Names of limits with the number of completions that each takes.
Limits = Mapping[str, int]
_table = cast("Table", QuotaCount.__table__)
_COUNTS = select(_table.c.quota, _table.c.n)


def limits_met(questionnaire: Questionnaire, most: int | None, known: Known) -> dict[str, int]:
    """Return the limits that a completion with these values counts against; most campaigns have none."""
    own = {} if most is None else {ALL: most}
    return own | {quota.code: quota.limit for quota in questionnaire.quotas if evaluate(quota.when, known)}


def limits_met_for_sure(
    questionnaire: Questionnaire, most: int | None, course: Course, others: Known
) -> dict[str, int]:
    """Return the limits that apply already, whatever is answered from here on."""
    if not questionnaire.quotas:
        return {} if most is None else {ALL: most}
    last = len(questionnaire.pages) if course.open_page is None else course.open_page
    items = (item for page in questionnaire.pages[:last] for item in page.items)
    settled = {f"answer.{code}" for item in items for code in item.measure_codes}
    sure = [each.code for each in questionnaire.quotas if settled >= _answers_in(each.when)]
    met = limits_met(questionnaire, most, known_values(course.values, others))
    return {name: limit for name, limit in met.items() if name == ALL or name in sure}


def is_any_full(campaign_id: int, limits: Limits, connection: Connection) -> bool:
    """Return whether one of these limits is reached; without limits nothing is asked."""
    if not limits:
        return False
    counts: dict[str, int] = dict(connection.execute(_COUNTS.where(_table.c.campaign_id == campaign_id)).all())
    return any(counts.get(name, 0) >= limit for name, limit in limits.items())


def is_full(row: InvitationRow | PublicRow, connection: Connection) -> bool:
    """Return whether a campaign has all the answers that it takes."""
    return row.most_responses is not None and is_any_full(row.campaign_id, {ALL: row.most_responses}, connection)


def count_in(campaign_id: int, limits: Limits) -> bool:
    """Count a completion against every limit, or against none where one is reached; return whether it counts.

    One statement: each count grows only while it is below its limit, and whoever else counts meanwhile waits for it.
    """
    if not limits:
        return True
    if min(limits.values()) < 1:
        return False
    # In the order of their names, so that two completions never wait for each other.
    rows = [{"campaign_id": campaign_id, "quota": name, "n": 1} for name in sorted(limits)]
    new = insert(QuotaCount).values(rows)
    grown = new.on_conflict_do_update(
        index_elements=["campaign_id", "quota"],
        set_={"n": _table.c.n + 1},
        where=_table.c.n < case(dict(limits), value=_table.c.quota),
    )
    counted = list(db.session.connection().scalars(grown.returning(_table.c.quota)))
    if len(counted) == len(limits):
        return True
    give_back(campaign_id, counted)
    return False


def give_back(campaign_id: int, names: Collection[str]) -> None:
    """Free the places that a completion held."""
    if names:
        held = (_table.c.campaign_id == campaign_id, _table.c.quota.in_(sorted(names)), _table.c.n > 0)
        db.session.connection().execute(update(_table).where(*held).values(n=_table.c.n - 1))


def _answers_in(tree: dict[str, Any]) -> set[str]:
    return {field for field in fields_of(tree) if field.startswith("answer.")}
