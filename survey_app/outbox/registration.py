"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.jobs.registry import Task, register_task
from survey_app.outbox import routes
from survey_app.outbox.tasks import MAILER
from survey_app.outbox.transport import Mailer

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Bind the sender, its task and the room's page."""
    app.extensions[MAILER] = Mailer(app)
    app.register_blueprint(routes.blueprint)
    register_task(app, Task("outbox.send", "survey_app.outbox.tasks:send_due", every_minutes=5, at_start=True))
