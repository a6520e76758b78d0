"""Where workers come from that will be killed: imported once, then forked, so that a life begins within a moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).absolute().parents[2]
# A real worker for each line it reads. Only the leases are short, so that nobody need wait for the real ones.
NURSERY = """
import os, signal, sys
from datetime import timedelta
from survey_app import create_app
from survey_app.cli import main
from survey_app.jobs import heartbeat, leases as job_leases
from survey_app.outbox import leases as mail_leases, tasks
lease = float(sys.argv[2])
job_leases.LEASE = heartbeat.LEASE = mail_leases.LEASE = timedelta(seconds=lease)
heartbeat.RENEW_SECONDS, heartbeat.LOOK_SECONDS = lease / 4, lease / 10
create_app()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
sys.argv[1:] = ["worker", "run", "--threads", sys.argv[1]]
for _ in sys.stdin:
    pid = os.fork()
    if pid == 0:
        main()
        os._exit(0)
    print(pid, flush=True)
"""


@dataclass(frozen=True)
class Nursery:
    """A process that makes workers."""

    process: subprocess.Popen[str]

    @contextmanager
    def a_worker(self) -> Iterator[int]:
        """Run a worker and return its process number; at the end of the block it is killed."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline()
        if not said:
            errors = self.process.stderr.read() if self.process.stderr else ""
            raise RuntimeError(f"no worker can be made: {errors}")
        pid = int(said)
        try:
            yield pid
        finally:
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)


@contextmanager
def a_nursery(
    environ: Mapping[str, str], *, n_threads: int = 1, lease_seconds: float = 2, errors: int = subprocess.DEVNULL
) -> Iterator[Nursery]:
    """Run a nursery for these settings for the length of the block; `errors` is where its workers write."""
    command = [sys.executable, "-c", NURSERY, str(n_threads), str(lease_seconds)]
    with subprocess.Popen(
        command, env={**os.environ, **environ}, cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
    ) as process:  # fmt: skip
        yield Nursery(process)
        process.kill()


def is_alive(pid: int) -> bool:
    """Return whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(ask: Callable[[], bool], seconds: float = 30, pause: float = 0.02) -> None:
    """Wait until it is so."""
    until = time.monotonic() + seconds
    while not ask():
        if time.monotonic() > until:
            raise TimeoutError("it did not happen in time")
        time.sleep(pause)
