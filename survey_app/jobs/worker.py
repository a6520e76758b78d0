"""The worker process: Huey's consumer with a few threads, each carrying out what is due when it is woken."""

from __future__ import annotations

import logging
import signal
import time
from datetime import timedelta
from functools import partial
from threading import Event
from types import FrameType

from flask import Flask
from huey.consumer import Consumer

from survey_app.jobs.carrying import drain
from survey_app.jobs.engine import Engine, engine_of
from survey_app.jobs.sweeping import sweep

log = logging.getLogger(__name__)
# How often an idle thread looks at a queue that cannot push (SQLite).
LONGEST_LOOK_SECONDS = 0.5
HEALTH_CHECK_SECONDS = 10.0
# How long work under way gets to reach a good place to stop; its lease outlasts the wait.
PATIENCE = timedelta(seconds=25)


def run_worker(app: Flask, n_threads: int) -> None:
    """Work until a signal asks to stop, then let work under way come to a good place."""
    stopping = Event()
    engine = engine_of(app)
    engine.bind(work=partial(drain, app, stopping), sweep=partial(sweep, app))
    sweep(app, is_start=True)
    consumer = _consumer(engine, n_threads)
    consumer.start()
    _stop_on_signals(stopping)
    log.info("The worker is ready.")
    _watch(consumer, stopping)
    log.info("The worker stops: work under way is brought to a good place.")
    consumer.stop(graceful=True)


def _consumer(engine: Engine, n_threads: int) -> Consumer:
    return engine.huey.create_consumer(
        workers=n_threads,
        periodic=True,
        max_delay=LONGEST_LOOK_SECONDS,
        check_worker_health=False,
        shutdown_timeout=PATIENCE.total_seconds(),
    )


def _stop_on_signals(stopping: Event) -> None:
    """Stop gracefully on SIGTERM and Ctrl-C alike; a second signal ends the process at once."""

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _watch(consumer: Consumer, stopping: Event) -> None:
    """Replace threads that died until it is time to stop."""
    checked_at = time.monotonic()
    # Short waits: a signal handler runs only between them.
    while not stopping.wait(0.2):
        if time.monotonic() - checked_at > HEALTH_CHECK_SECONDS:
            checked_at = time.monotonic()
            consumer.check_worker_health()
