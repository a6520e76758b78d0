"""A real Redis for the tests that need one: the machine's own, else Debian's, unpacked beside the tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

UNPACKED = Path(__file__).parent / ".artifacts" / "redis"
PACKAGES = ("redis-server", "redis-tools", "liblzf1", "libjemalloc2")
PATIENCE_SECONDS = 10.0


def find_redis() -> tuple[str, Mapping[str, str]] | None:
    """Return the program and the environment it needs, or None where it is not on this machine."""
    installed = shutil.which("redis-server")
    if installed:
        return installed, {}
    program = UNPACKED / "usr" / "bin" / "redis-check-rdb"
    if not program.exists():
        return None
    libraries = sorted({str(path.parent) for path in (UNPACKED / "usr" / "lib").rglob("*.so.*")})
    return str(UNPACKED / "usr" / "bin" / "redis-server"), {"LD_LIBRARY_PATH": ":".join(libraries)}


@contextmanager
def redis_server() -> Iterator[str]:
    """Run a server on a free port for the length of the block and yield its address; it keeps nothing."""
    found = find_redis()
    assert found is not None, "there is no redis-server; run: python -m tests.provision"
    program, environment = found
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="survey-redis-") as folder:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        process = subprocess.Popen(command, env=os.environ | dict(environment), stdout=subprocess.DEVNULL)
        try:
            _wait_for(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return
