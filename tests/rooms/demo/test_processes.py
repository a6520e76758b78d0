"""Programs in one group start together and end together."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time

import pytest

from survey_app.demo.processes import Program, run_together

LISTEN = """
import signal, socket, sys, time
with socket.create_server(("127.0.0.1", {port})) as server:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    time.sleep(30)
"""


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sleeper(name: str, seconds: float = 30) -> Program:
    return Program(name, [sys.executable, "-c", f"import time; time.sleep({seconds})"])


def press(number: int, after: float) -> None:
    threading.Timer(after, lambda: os.kill(os.getpid(), number)).start()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything(number: int) -> None:
    begun = time.monotonic()
    press(number, 0.5)
    assert run_together([sleeper("web"), sleeper("worker")], {}, lambda: None) == 0
    assert time.monotonic() - begun < 10


def test_the_end_of_one_ends_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    begun = time.monotonic()
    assert run_together([sleeper("web"), sleeper("worker", 0)], {}, lambda: None) == 1
    assert time.monotonic() - begun < 10
    assert "The worker process has ended" in capsys.readouterr().err


def test_addresses_are_told_once_everything_listens() -> None:
    unused_port = a_free_port()
    told: list[float] = []
    program = Program("web", [sys.executable, "-c", LISTEN.format(port=unused_port)], unused_port)

    def ready() -> None:
        told.append(time.monotonic())
        press(signal.SIGTERM, 0.1)

    assert run_together([program], {}, ready) == 0
    assert len(told) == 1
