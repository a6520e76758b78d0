"""A gateway for short messages on this machine: takes what it is handed and answers as it is told to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any


@dataclass
class Taken:
    """What the gateway was asked, and what it answers."""

    url: str = ""
    status: int = 202
    bodies: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def running_gateway() -> Iterator[Taken]:
    """Run a gateway on a free port."""
    taken = Taken()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            taken.headers.append(dict(self.headers))
            self.send_response(taken.status)
            self.send_header("Location", taken.url)
            self.end_headers()
            self.wfile.write(b"x" * 100_000 if taken.status == 202 else b"no such number\r\n<b>")

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    taken.url = f"http://127.0.0.1:{server.server_port}/send?v=1"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield taken
    server.shutdown()
    thread.join()
    server.server_close()
