"""A mail server that falls silent in the middle of a mail costs the person at the page a short wait and a sentence."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask

from survey_app.outbox import trying
from survey_app.outbox.trying import try_smtp
from tests.factories.mails import a_mail
from tests.mail_sink import MailSink

# How long a page may take before `gunicorn --timeout 30` ends its worker, with room for the connection itself.
LONGEST = 20.0


@pytest.fixture
def falling_silent() -> Iterator[str]:
    """Greet, answer EHLO, and never say another word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=greet, args=(server,), daemon=True)
        thread.start()
        yield f"smtp://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def greet(server: socket.socket) -> None:
    connection, _address = server.accept()
    with connection:
        connection.sendall(b"220 here\r\n")
        connection.recv(1000)
        connection.sendall(b"250 here\r\n")
        while connection.recv(1000):
            pass


def test_a_server_that_falls_silent_is_given_up_while_the_person_still_waits(
    app: Flask, mail_sink: MailSink, falling_silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The answer to the mail, and the answer to the good-bye.
    assert 2 * trying.TRY_SECONDS < LONGEST
    monkeypatch.setattr(trying, "TRY_SECONDS", 0.3)
    mail_sink.use(app, falling_silent)
    began = time.monotonic()
    with app.test_request_context():
        trial = try_smtp(a_mail(from_address="surveys@example.org"))
        assert trial.code in {"timeout", "dropped"}
        assert "timed out" in trial.detail
    assert time.monotonic() - began < LONGEST
