"""Is the process alive, and is it ready to serve."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import text

from survey_app.extensions import csrf, db
from survey_app.web.access import public

blueprint = Blueprint("health", __name__)
csrf.exempt(blueprint)


@blueprint.get("/healthz")
@public("a supervisor asks whether the process is alive; nothing is told but that")
def alive() -> dict[str, str]:
    """Say that the process is alive, without touching anything else."""
    return {"status": "alive"}


@blueprint.get("/readyz")
@public("a load balancer asks whether to send people here; reasons name no data")
def ready() -> tuple[dict[str, str], int]:
    """Say whether the database answers."""
    db.session.execute(text("SELECT 1"))
    return {"status": "ready"}, 200
