"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import lazy_gettext as _l

from survey_app.datasets.queries import count_completions_of
from survey_app.jobs.registry import Task, register_task
from survey_app.questionnaires.registry import Count, register_count
from survey_app.reports import commands, routes
from survey_app.reports.operations import COMPUTE

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Bind the pages, the task and the commands."""
    app.register_blueprint(routes.blueprint)
    app.cli.add_command(commands.reports)
    register_task(app, Task(name=COMPUTE, path="survey_app.reports.tasks:compute_report"))
    completed = Count(
        label=_l("Completed responses"),
        load=count_completions_of,
        operation="reports.view",
        url=lambda survey: url_for("reports.show", code=survey.code),
        page=_l("Report"),
        order=20,
    )
    register_count(app, completed)
