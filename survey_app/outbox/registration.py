"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.jobs.registry import Task, register_task

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Bind the room's pages, tasks and commands."""
    register_task(app, Task("outbox.send", "survey_app.outbox.tasks:send_due", every_minutes=5, at_start=True))
