"""Work made for tests."""

from __future__ import annotations

import time
from threading import Event

from survey_app.jobs.running import JobRun

done: list[int | None] = []
release = Event()


def note(run: JobRun) -> None:
    """Remember that this subject was worked on."""
    done.append(run.subject_id)


def fail(_run: JobRun) -> None:
    """Fail with a reason whose second line quotes data."""
    raise ValueError("the file is empty\nan@example.org")


def wait(run: JobRun) -> None:
    """Work until somebody asks to stop."""
    while not run.stop_requested() and not release.is_set():
        time.sleep(0.01)


def progress(run: JobRun) -> None:
    """Get half-way and wait there."""
    run.report_progress(0.5, "half-way")
    release.wait(10)
