"""One try at a piece of work, as the function that does it sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Any

LONGEST_NOTE = 300


@dataclass(slots=True)
class JobRun:
    """What a task is given: what to work on, the time, and a way to say how far it is.

    Nothing here touches the database: a heartbeat beside the task renews the lease and stores the progress, so that
    a task holding a write transaction never waits for itself.
    """

    subject_id: int | None
    payload: dict[str, Any]
    now: datetime
    job_id: int | None = None
    lease_token: str = ""
    progress: tuple[float, str] = (0.0, "")
    stopping: Event = field(default_factory=Event)
    noticed_stop: bool = False
    beats: list[Callable[[], None]] = field(default_factory=list)

    def report_progress(self, share: float, note: str = "") -> None:
        """Say which share (0 to 1) is done, with a sentence for the person who waits."""
        self.progress = (min(max(share, 0.0), 1.0), note[:LONGEST_NOTE])

    def stop_requested(self) -> bool:
        """Return whether to stop soon: somebody cancelled, the worker ends, or the lease is lost. Then return early."""
        if self.stopping.is_set():
            self.noticed_stop = True
        return self.noticed_stop

    def on_beat(self, renew: Callable[[], None]) -> None:
        """Call this too whenever the lease is renewed, for leases that the task holds itself."""
        self.beats.append(renew)
