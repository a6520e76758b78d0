"""A server under measurement: gunicorn with the same settings for every candidate, its CPU time from the kernel."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

TICK = os.sysconf("SC_CLK_TCK")
# The same for both sides: two processes of four threads.
SETTINGS = ("--workers", "2", "--worker-class", "gthread", "--threads", "4", "--log-level", "warning")


@dataclass(frozen=True)
class Server:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int

    def cpu_seconds(self) -> float:
        """Return the CPU time that the server's processes have used, from their own accounts."""
        return cpu_seconds_of(self.process.pid)

    def memory_mb(self) -> float:
        """Return the largest share of memory (PSS) among the processes that answer requests."""
        return max(_proportional_mb(pid) for pid in children(self.process.pid))

    def loaded(self, *packages: str) -> list[str]:
        """Return which of these packages' compiled parts the answering processes have in memory."""
        maps = "".join(Path(f"/proc/{pid}/maps").read_text(encoding="utf-8") for pid in children(self.process.pid))
        return [package for package in packages if f"/site-packages/{package}/" in maps]


@contextmanager
def serving(application: str, environ: Mapping[str, str], folder: Path, *more: str) -> Iterator[Server]:
    """Serve an application on a free port of this machine for the length of the block."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", *SETTINGS, *more, "--bind", f"127.0.0.1:{port}", application]
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, env={**os.environ, **environ}, cwd=folder, stdout=log, stderr=log)
    try:
        _wait_for(port, folder)
        yield Server(process, port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


@dataclass(frozen=True)
class Cell:
    """What a run of journeys cost and how long each took."""

    cpu_ms: float
    seconds: tuple[float, ...]
    wall: float

    def rate(self) -> float:
        """Return journeys per second."""
        return len(self.seconds) / self.wall

    def within_ms(self, percent: int) -> float:
        """Return the time within which so many of a hundred journeys ended."""
        return 1000 * sorted(self.seconds)[max(0, -(-len(self.seconds) * percent // 100) - 1)]


def cpu_seconds_of(root: int) -> float:
    """Return the CPU time that a process and its descendants have used."""
    return sum(_ticks(pid) for pid in _tree(root)) / TICK


def run_cell(server: Server, paths: list[str], answers: Mapping[str, str], n_clients: int = 1) -> Cell:
    """Let people answer, one connection each, and return what it cost; any journey that fails raises."""
    before, began = server.cpu_seconds(), time.perf_counter()
    with ThreadPoolExecutor(n_clients) as clients:
        seconds = tuple(clients.map(lambda path: journey(server.port, path, answers), paths))
    wall = time.perf_counter() - began
    return Cell(1000 * (server.cpu_seconds() - before) / len(paths), seconds, wall)


def journey(port: int, path: str, answers: Mapping[str, str]) -> float:
    """Open the link, answer, be thanked, on one fresh connection; return the seconds it took."""
    began = time.perf_counter()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        page = _exchange(connection, "GET", path, status=200)
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.body))
        done = _exchange(connection, "POST", path, status=303, body=urlencode({**hidden, **answers}))
        thanks = _exchange(connection, "GET", done.location, status=200)
    if "<h1>Thank you" not in thanks.body:
        raise RuntimeError(f"nobody was thanked at {done.location}")
    return time.perf_counter() - began


@dataclass(frozen=True)
class Answer:
    """What came back."""

    body: str
    location: str


def _exchange(connection: http.client.HTTPConnection, method: str, path: str, *, status: int, body: str = "") -> Answer:
    headers = {"Accept-Language": "en"}
    if method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request(method, path, body or None, headers)
    response = connection.getresponse()
    text = response.read().decode()
    if response.status != status:
        raise RuntimeError(f"{method} {path} answered {response.status} instead of {status}:\n{text[-600:]}")
    return Answer(text, response.headers.get("Location", ""))


def _proportional_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _tree(root: int) -> list[int]:
    """Return a process and all that descend from it."""
    found = [root]
    for pid in found:
        found.extend(children(pid))
    return found


def children(root: int) -> list[int]:
    """Return the processes that a process has started and that still run."""
    return [pid for pid in _processes() if _stat(pid)[1] == root]


def _processes() -> list[int]:
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]


def _ticks(pid: int) -> int:
    return _stat(pid)[0]


def _stat(pid: int) -> tuple[int, int | None]:
    """Return the CPU ticks a process has used (with its ended children) and its parent."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0, None
    return sum(map(int, fields[11:15])), int(fields[1])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, folder: Path) -> None:
    for _attempt in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError((folder / "server.log").read_text(encoding="utf-8"))
