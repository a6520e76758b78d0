"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.jobs import commands, routes
from survey_app.jobs.figures import figures
from survey_app.jobs.readiness import work_is_taken
from survey_app.web import metrics
from survey_app.web.readiness import register_check

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Bind the room's page and commands."""
    app.register_blueprint(routes.blueprint)
    app.cli.add_command(commands.worker)
    app.cli.add_command(commands.jobs)
    register_check(app, work_is_taken)
    app.register_blueprint(metrics.blueprint)
    metrics.register_figures(app, figures)
