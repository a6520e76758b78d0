"""Postfix's own SMTP sink: a server in C that takes mail as fast as it comes, for measuring and for counting copies."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Where tests/provision.py unpacks Debian's package where nothing is installed.
UNPACKED = Path(__file__).parent / ".artifacts" / "postfix"
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class SmtpSink:
    """A running sink; with a folder it keeps every mail it takes as a file."""

    port: int
    folder: Path | None = None

    @property
    def url(self) -> str:
        """Return the address for SURVEY_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def copies(self) -> Counter[tuple[str, str]]:
        """Return how often each (recipient, Message-ID) was taken."""
        assert self.folder is not None
        return Counter(_kept(path) for path in self.folder.iterdir())


def find_sink() -> tuple[str, Mapping[str, str]] | None:
    """Return the program and the environment it needs, or None where it is not on this machine."""
    installed = shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if installed:
        return installed, {}
    program = UNPACKED / "usr" / "sbin" / "smtp-sink"
    if not program.exists():
        return None
    return str(program), {"LD_LIBRARY_PATH": str(UNPACKED / "usr" / "lib" / "postfix")}


@contextmanager
def smtp_sink(*, is_kept: bool = False) -> Iterator[SmtpSink]:
    """Run the sink on a free port for the length of the block."""
    found = find_sink()
    if found is None:
        raise RuntimeError("Postfix's smtp-sink is not on this machine: run python -m tests.provision")
    program, environ = found
    with tempfile.TemporaryDirectory(prefix="smtp-sink-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o777)
        port = _free_port()
        keeping = ["-d", f"{folder}/%M-"] if is_kept else []
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        command = [program, *user, *keeping, f"127.0.0.1:{port}", "100"]
        process = subprocess.Popen(command, env={**os.environ, **environ})
        try:
            _wait_for(port)
            yield SmtpSink(port, folder if is_kept else None)
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)


def _kept(path: Path) -> tuple[str, str]:
    """Return to whom a kept mail went, as the envelope says, and its Message-ID."""
    recipient = message_id = ""
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            name, _colon, value = line.partition(":")
            if name == "X-Rcpt-Args":
                recipient = value.strip().removeprefix("<").partition(">")[0]
            if name == "Message-ID":
                message_id = value.strip()
                break
    return recipient, message_id


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _wait_for(port: int) -> None:
    gives_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > gives_up:
                raise
            time.sleep(0.02)
        else:
            return
