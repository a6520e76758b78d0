"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import lazy_gettext as _l

from survey_app.datasets.queries import count_completions_of
from survey_app.jobs.registry import Task, register_task
from survey_app.questionnaires.registry import Count, Panel, register_count, register_panel
from survey_app.reports import commands, routes
from survey_app.reports.operations import COMPUTE
from survey_app.reports.planning import commands as plan_commands
from survey_app.reports.planning import routes as plan_routes
from survey_app.reports.planning.operations import MAKE_PLAN

if TYPE_CHECKING:
    from flask import Flask

# What adds itself to the room's blueprint and to its commands.
ADDED = (plan_routes, plan_commands)


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
    register_task(app, Task(name=MAKE_PLAN, path="survey_app.reports.planning.tasks:make_plan"))
    planner = Panel(
        title=_l("How large a base?"),
        load=plan_routes.latest_sentences,
        url=lambda survey: url_for("reports.plan", code=survey.code),
        page=_l("Open the planner"),
    )
    register_panel(app, planner)
