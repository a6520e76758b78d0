"""An SMTP server that misbehaves at one step of its conversation, so that every step can be tried.

with scripted_server({"rcpt": "452 4.3.1 full"}, is_pipelining=True) as server: …
The steps are greeting, ehlo, mail, rcpt, data and content; what happens there is an answer, HANG or DROP.
"""

from __future__ import annotations

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import cast

HANG, DROP = "hang", "drop"
STEPS = ("greeting", "ehlo", "mail", "rcpt", "data", "content")
GOOD = {
    "greeting": "220 ready", "mail": "250 OK", "rcpt": "250 OK", "data": "354 go on", "content": "250 taken",
    "rset": "250 OK", "quit": "221 bye",
}  # fmt: skip


@dataclass
class Script:
    """What happens at which step, how many times, and what was taken: (recipients, mail)."""

    faults: dict[str, str]
    n_faults: int = 1
    is_pipelining: bool = True
    port: int = 0
    taken: list[tuple[list[str], bytes]] = field(default_factory=list)
    n_empty: int = 0
    over: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        """Return the address for SURVEY_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def answer(self, step: str) -> str:
        """Return what to do at this step."""
        if step in self.faults and self.n_faults != 0:
            self.n_faults -= 1
            return self.faults[step]
        if step == "ehlo":
            return "250-here\r\n250 PIPELINING" if self.is_pipelining else "250 here"
        return GOOD[step]


class _GoneError(Exception):
    """The conversation ends here."""


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.script: Script = cast("_Server", self.server).script
        self.recipients: list[str] = []
        try:
            self.say("greeting")
            while line := self.rfile.readline():
                self.hear(line.decode("ascii").strip())
        except (_GoneError, ConnectionError):
            return

    def hear(self, line: str) -> None:
        step = {"MAIL": "mail", "RCPT": "rcpt", "DATA": "data"}.get(line[:4], line[:4].lower())
        said = self.say(step)
        if step == "mail":
            self.recipients = []
        if step == "rcpt" and said.startswith("2"):
            self.recipients.append(line.partition("<")[2].rstrip(">"))
        if step == "data" and said.startswith("354"):
            self.take()
        if step == "quit":
            raise _GoneError

    def take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise _GoneError
            lines.append(line)
        if not self.recipients:
            # An empty mail for nobody (RFC 2920, section 3.1).
            self.script.n_empty += not lines
            self.wfile.write(b"554 no valid recipients\r\n")
            return
        is_refused = "content" in self.script.faults and self.script.n_faults != 0
        if not (is_refused and self.script.faults["content"][0] in "45"):
            self.script.taken.append((self.recipients, b"".join(lines)))
        self.say("content")

    def say(self, step: str) -> str:
        said = self.script.answer(step)
        if said == DROP:
            raise _GoneError
        if said == HANG:
            self.script.over.wait(10)
            raise _GoneError
        self.wfile.write(f"{said}\r\n".encode())
        if said.startswith("421"):
            raise _GoneError
        return said


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.script = script


@contextmanager
def scripted_server(script: Script) -> Iterator[Script]:
    """Run the server for the length of the block."""
    with _Server(script) as server:
        script.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield script
        finally:
            script.over.set()
            server.shutdown()
