"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.customers.fields import register_fields
from survey_app.customers.kin import register_kin
from survey_app.customers.registry import Panel, register_panel
from survey_app.jobs.registry import Task, register_task
from survey_app.responses import drawing
from survey_app.responses.kin import KIN
from survey_app.responses.panels import load_responses
from survey_app.responses.routes import answering, corrections, entering, staff
from survey_app.responses.segment_fields import past_fields
from survey_app.responses.wording import channel_words

if TYPE_CHECKING:
    from flask import Flask


SWEEP = Task("responses.sweep", "survey_app.responses.tasks:sweep", every_minutes=24 * 60)


def register(app: Flask) -> None:
    """Bind respondents' pages and their style, the pages where staff read answers, and the customer page's panel."""
    drawing.bind(app)
    app.register_blueprint(answering.blueprint)
    app.register_blueprint(corrections.blueprint)
    app.register_blueprint(entering.blueprint)
    app.register_blueprint(staff.blueprint)
    app.jinja_env.globals["channel_words"] = channel_words
    register_task(app, SWEEP)
    register_fields(app, "answers", past_fields)
    register_panel(app, Panel("responses", 10, "responses/panel.html", load_responses))
    for kin in KIN:
        register_kin(app, kin)
