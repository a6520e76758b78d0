"""The demo's own settings, and the demo as a person starts and ends it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from survey_app.demo.environment import Ports, StartError, choose_ports, settle_environment

ROOT = Path(__file__).parents[3]
PORTS = Ports(8123, 8124, 8125)
PATIENCE = 180


@contextmanager
def a_taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_only_the_owner_reads_the_secret_key(tmp_path: Path) -> None:
    settle_environment(tmp_path / "demo", PORTS)
    assert (tmp_path / "demo" / "environment").stat().st_mode & 0o777 == 0o600


def test_a_shell_can_take_the_settings_over(tmp_path: Path) -> None:
    folder = tmp_path / "it's a folder"
    made = settle_environment(folder, PORTS)
    script = '. "$1/environment" && printf "%s" "$DATABASE_URL $SURVEY_PUBLIC_URL $SECRET_KEY"'
    said = subprocess.run(["sh", "-c", script, "sh", folder], capture_output=True, text=True, check=True)
    assert said.stdout == f"{made['DATABASE_URL']} http://127.0.0.1:8123 {made['SECRET_KEY']}"


def test_another_port_changes_the_address_and_keeps_the_secret(tmp_path: Path) -> None:
    first = settle_environment(tmp_path, PORTS)
    second = settle_environment(tmp_path, Ports(9000, 9001, 9002))
    assert second["SURVEY_PUBLIC_URL"] == "http://127.0.0.1:9000"
    assert second["SURVEY_SMTP_URL"] == "smtp://127.0.0.1:9002"
    assert second["SECRET_KEY"] == first["SECRET_KEY"]
    assert len(first["SECRET_KEY"]) >= 32


def test_a_taken_port_is_said_in_one_sentence() -> None:
    with a_taken_port() as port, pytest.raises(StartError, match=f"Port {port} cannot be used .* choose another one"):
        choose_ports(str(port))


@pytest.mark.parametrize("wanted", ["eight thousand", "0", "65535", "-1", "80.5"])
def test_what_is_no_port_is_refused(wanted: str) -> None:
    with pytest.raises(StartError, match="PORT must be a number"):
        choose_ports(wanted)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StartError, match="cannot be written"):
        settle_environment(tmp_path / "file" / "demo", PORTS)


def test_the_demo_starts_says_where_and_ends_on_a_signal(tmp_path: Path) -> None:
    with a_taken_port() as port:
        pass
    first = _run(tmp_path, port)
    assert first.count("@roble-sen.example") == 7
    assert f"http://127.0.0.1:{port}/w/" in first
    again = _run(tmp_path, port)
    assert "data of the last start" in again
    assert "shown only now" not in again


def _run(folder: Path, port: int) -> str:
    """Start the demo, wait until it answers, end it, and return what it printed."""
    log = folder / "log"
    environment = os.environ | {"PORT": str(port), "SURVEY_DEMO_FOLDER": str(folder / "demo")}
    command = [sys.executable, "-m", "survey_app.demo"]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output) as demo,
    ):
        try:
            _wait_until(lambda: demo.poll() is not None or "Ctrl-C" in log.read_text(encoding="utf-8"))
            said = log.read_text(encoding="utf-8")
            assert demo.poll() is None, said
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
                assert answer.status == 200
        finally:
            demo.send_signal(signal.SIGTERM)
        assert demo.wait(PATIENCE) == 0
    return said


def _wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "the demo took too long"
        time.sleep(0.2)
