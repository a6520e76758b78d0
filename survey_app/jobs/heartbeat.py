"""The thread beside a running task: renews its lease, stores its progress, hears that it should stop."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from threading import Event, Thread
from types import TracebackType
from typing import Self

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from survey_app.jobs import leases
from survey_app.jobs.rules import LEASE, RENEW_SECONDS, reason_of
from survey_app.jobs.running import JobRun

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.5


class Heartbeat:
    """Keeps one run alive for the length of a `with` block."""

    def __init__(self, app: Flask, run: JobRun, worker_stopping: Event) -> None:
        """Prepare the thread for this run of this application."""
        self._app = app
        self._run = run
        self._worker_stopping = worker_stopping
        self._ended = Event()
        self._stored = run.progress
        self._thread = Thread(target=self._live, name=f"heartbeat-{run.job_id}", daemon=True)

    def __enter__(self) -> Self:
        """Begin to beat."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop beating, whatever happened in the block."""
        self._ended.set()
        self._thread.join()

    def _live(self) -> None:
        renew_at = time.monotonic() + RENEW_SECONDS
        while not self._ended.wait(LOOK_SECONDS):
            try:
                with self._app.app_context():
                    if time.monotonic() >= renew_at:
                        renew_at = time.monotonic() + RENEW_SECONDS
                        self._renew()
                    self._look()
            except SQLAlchemyError as error:
                # A busy or absent database now may answer at the next beat; the lease outlasts two failures.
                log.warning("The lease of job %s was not renewed: %s", self._run.job_id, reason_of(error))

    def _look(self) -> None:
        """Store progress that is new; notice a stop."""
        run, progress = self._run, self._run.progress
        if progress != self._stored:
            self._keep(progress=progress[0], progress_note=progress[1])
            self._stored = progress
        if self._worker_stopping.is_set() or leases.is_stop_requested(run.job_id or 0, run.lease_token):
            run.stopping.set()

    def _renew(self) -> None:
        self._keep(leased_until=datetime.now(UTC) + LEASE)
        for beat in self._run.beats:
            beat()

    def _keep(self, **values: object) -> None:
        if not leases.record(self._run.job_id or 0, self._run.lease_token, **values):
            self._run.stopping.set()
