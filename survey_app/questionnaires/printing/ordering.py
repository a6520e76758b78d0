"""Orders of paper: a row and the work that fills it, in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from survey_app.extensions import db
from survey_app.jobs.operations import enqueue
from survey_app.questionnaires.models import Print, Survey
from survey_app.questionnaires.printing.registry import print_kind

MAKE = "questionnaires.print"
MOST_WAITING = 50
LONGEST_WAIT = timedelta(hours=1)


class TooManyPrintsError(RuntimeError):
    """So much paper waits for a worker that another order would only make everybody wait longer."""


def order_print(survey: Survey, order: dict[str, Any], now: datetime, author_id: int | None = None) -> Print:
    """Order a piece of paper; `order` names `what` kind it is and the `filename` (without ending) it is fetched under.

    Raise KeyError for an unknown kind, TooManyPrintsError while too many orders wait.
    """
    print_kind(order["what"])
    # What failed for good keeps nobody from ordering longer than an hour.
    waiting = select(func.count(Print.id)).where(
        Print.content.is_(None), Print.failure == "", Print.made_at > now - LONGEST_WAIT
    )
    if (db.session.scalar(waiting) or 0) >= MOST_WAITING:
        raise TooManyPrintsError(_("So many papers are waiting to be made. Please try again in a few minutes."))
    paper = Print(survey_id=survey.id, order=order, author_id=author_id, made_at=now)
    db.session.add(paper)
    db.session.flush()
    enqueue(MAKE, paper.id)
    return paper
