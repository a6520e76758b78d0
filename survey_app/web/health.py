"""Is the process alive, and is it ready to serve."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint

from survey_app.extensions import csrf
from survey_app.web.access import public
from survey_app.web.readiness import reasons

blueprint = Blueprint("health", __name__)
csrf.exempt(blueprint)
UNAVAILABLE = 503


@blueprint.get("/healthz")
@public("a supervisor asks whether the process is alive; nothing is told but that")
def alive() -> dict[str, str]:
    """Say that the process is alive, without touching anything else."""
    return {"status": "alive"}


@blueprint.get("/readyz")
@public("a load balancer asks whether to send people here; reasons name no data")
def ready() -> tuple[dict[str, Any], int]:
    """Say whether the database answers with this version's tables and work is not stuck, else why not."""
    found = reasons(datetime.now(UTC))
    if found:
        return {"status": "not ready", "reasons": found}, UNAVAILABLE
    return {"status": "ready"}, 200
