"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.campaigns.outcomes import note_outcome
from survey_app.jobs.registry import Task, register_task
from survey_app.outbox.registry import on_outcome

if TYPE_CHECKING:
    from flask import Flask

TASKS = (
    Task("campaigns.send", "survey_app.campaigns.tasks:send_campaign"),
    Task("campaigns.remind", "survey_app.campaigns.tasks:remind_campaign"),
    Task("campaigns.close_due", "survey_app.campaigns.tasks:close_due_campaigns", every_minutes=5),
)


def register(app: Flask) -> None:
    """Bind the room's pages, tasks and commands."""
    for task in TASKS:
        register_task(app, task)
    on_outcome(app, note_outcome)
