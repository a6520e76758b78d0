"""Which function a piece of work is: registered by dotted path, resolved by the worker alone.

The web process knows only names, so it never imports what tasks import (pandas, statsmodels).
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app

EXTENSION = "survey_app.jobs"


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of work: `path` is `package.module:function`; `every_minutes` makes it a sweep.

    `at_start` runs it whenever a worker starts as well, for sweeps that may run any number of times.
    """

    name: str
    path: str
    every_minutes: int | None = None
    at_start: bool = False


def register_task(app: Flask, task: Task) -> None:
    """Make a kind of work known; raise ValueError when its name is taken."""
    tasks: dict[str, Task] = app.extensions.setdefault(EXTENSION, {})
    if task.name in tasks:
        message = f"two tasks are named {task.name}"
        raise ValueError(message)
    tasks[task.name] = task


def registered_tasks() -> dict[str, Task]:
    """Return every kind of work by its name."""
    tasks: dict[str, Task] = current_app.extensions.get(EXTENSION, {})
    return tasks
