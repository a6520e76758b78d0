"""Taking a run of a series: of several workers at once, one gets it. The caller commits."""

from __future__ import annotations

from survey_app.campaigns.models import Series, SeriesRun
from survey_app.extensions import db
from survey_app.jobs.upserts import insert


def take_run(series: Series, run: SeriesRun) -> SeriesRun | None:
    """Write down that a run takes place; None where it did already: of two workers, one gets it."""
    values = {"series_id": series.id, "key": run.key, "planned_at": run.planned_at, "ran_at": run.ran_at}
    statement = insert(SeriesRun).values(values | {"note": run.note or ""})
    statement = statement.on_conflict_do_nothing(index_elements=["series_id", "key"])
    taken: SeriesRun | None = db.session.scalar(statement.returning(SeriesRun))
    return taken
