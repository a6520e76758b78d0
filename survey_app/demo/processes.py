"""Several programs in one foreground process group: started together, ended together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import click

LOOPBACK = "127.0.0.1"
START_SECONDS = 120.0
# The worker brings its work to a good place first.
STOP_SECONDS = 30.0
FAILED = 1


@dataclass(frozen=True, slots=True)
class Program:
    """One program; it is ready when it listens on its port (None: as soon as it runs)."""

    name: str
    arguments: Sequence[str]
    port: int | None = None


@dataclass(slots=True)
class Group:
    """Programs under way, and whether somebody asked them to end."""

    started: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    is_ending: bool = False

    def end(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Ask every program to end; those that the terminal told already bear it twice."""
        self.is_ending = True
        for process in self.started.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)

    def dead(self) -> str | None:
        """Return the name of a program that has ended."""
        return next((name for name, process in self.started.items() if process.poll() is not None), None)

    def wait(self) -> None:
        """Wait for every program to end; end at once what takes too long."""
        until = time.monotonic() + STOP_SECONDS
        for process in self.started.values():
            try:
                process.wait(max(until - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def survey_programs(ports: tuple[int, int, int], mail_folder: Path) -> list[Program]:
    """Return the web server, the worker and the mail sink for these ports: web, SMTP, outbox viewer."""
    web_port, smtp_port, http_port = ports
    python = sys.executable
    command = [python, "-c", "from survey_app.cli import main; main()"]
    sink = ["demo", "sink", "--smtp-port", str(smtp_port), "--http-port", str(http_port), "--folder", str(mail_folder)]
    gunicorn = ["-m", "gunicorn", "wsgi:app", "--bind", f"{LOOPBACK}:{web_port}", "--workers", "2", "--threads", "4"]
    return [
        Program("sink", [*command, *sink], smtp_port),
        # Loaded once and forked: the next start should take seconds.
        Program("web", [python, *gunicorn, "--preload", "--no-control-socket", "--log-level", "warning"], web_port),
        Program("worker", [*command, "worker", "run"]),
    ]


def run_together(programs: Sequence[Program], environment: Mapping[str, str], when_ready: Callable[[], None]) -> int:
    """Run the programs until Ctrl-C, SIGTERM or the end of one of them; return the exit code.

    `environment` is added to this process's own; `when_ready` is called once all of them listen.
    """
    group = Group()
    kept = {number: signal.signal(number, group.end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for program in programs:
            # The same process group: Ctrl-C in the terminal reaches everybody, even if this process is gone.
            group.started[program.name] = subprocess.Popen(  # noqa: S603 - our own programs, no shell
                program.arguments, env={**os.environ, **environment}
            )
        return _watch(group, programs, when_ready)
    finally:
        group.end()
        group.wait()
        for number, handler in kept.items():
            signal.signal(number, handler)


def _watch(group: Group, programs: Sequence[Program], when_ready: Callable[[], None]) -> int:
    started_at = time.monotonic()
    is_ready = False
    while not group.is_ending:
        dead = group.dead()
        if dead is not None:
            click.echo(f"The {dead} process has ended, so the others end too.", err=True)
            return FAILED
        if not is_ready and all(_listens(program.port) for program in programs):
            is_ready = True
            when_ready()
        if not is_ready and time.monotonic() - started_at > START_SECONDS:
            click.echo(f"Not everything listened after {START_SECONDS:.0f} seconds, so all of it ends.", err=True)
            return FAILED
        time.sleep(0.2)
    return 0


def _listens(port: int | None) -> bool:
    if port is None:
        return True
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex((LOOPBACK, port)) == 0
