"""People who answer whatever happens to the server: each presses again until somebody thanks them."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from queue import Empty, Queue
from threading import Event, Lock, Thread
from urllib.parse import urlencode, urlsplit

HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')
LONGEST_WAIT = 60.0
PAUSE = 0.02


@dataclass(frozen=True)
class Thanked:
    """Somebody to whom both pages were acknowledged, and what they had said."""

    path: str
    score: int
    words: str
    n_presses: int


@dataclass
class Crowd:
    """As many people at a time as there are clients, one after another until told to stop."""

    port: Callable[[], int]
    personal: Queue[str]
    public: str
    stop: Event = field(default_factory=Event)
    thanked: list[Thanked] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    numbers: count[int] = field(default_factory=count)
    lock: Lock = field(default_factory=Lock)

    def gather(self, n_clients: int) -> list[Thread]:
        """Let the people come; return what is to be joined after `stop`."""
        threads = [Thread(target=self._come, daemon=True) for _client in range(n_clients)]
        for thread in threads:
            thread.start()
        return threads

    def _come(self) -> None:
        while not self.stop.is_set():
            number = next(self.numbers)
            try:
                thanked = Person(self.port, self._path(number), number % 11, f"said by {number}").answer()
            except (OSError, http.client.HTTPException, RuntimeError) as error:
                with self.lock:
                    self.failures.append(f"person {number}: {type(error).__name__}: {error}")
                return
            with self.lock:
                self.thanked.append(thanked)

    def _path(self, number: int) -> str:
        """Return a personal link for every second person as long as there are any, else the public form."""
        if number % 2:
            return self.public
        try:
            return self.personal.get_nowait()
        except Empty:
            return self.public


@dataclass
class Person:
    """Somebody with two pages to fill in, and the patience to press again."""

    port: Callable[[], int]
    path: str
    score: int
    words: str
    n_presses: int = 0

    def answer(self) -> Thanked:
        """Open the link, answer both pages, be thanked; what was lost on the way is sent again, the same as before."""
        where, form = self._open(self.path)
        where = self._send(where, form | {"nps": str(self.score), "_go": "next"})
        where, form = self._open(where)
        where = self._send(where, form | {"comment": self.words, "_go": "send"})
        if not urlsplit(where).path.endswith("/thanks"):
            raise RuntimeError(f"led to {where} instead of the thanks")
        return Thanked(self.path, self.score, self.words, self.n_presses)

    def _open(self, address: str) -> tuple[str, dict[str, str]]:
        for _redirect in range(5):
            status, location, body = self._until_answered("GET", address)
            if status == http.client.OK:
                return address, dict(HIDDEN.findall(body))
            if status != http.client.SEE_OTHER:
                break
            address = location
        raise RuntimeError(f"GET {address} answered {status}")

    def _send(self, address: str, form: dict[str, str]) -> str:
        status, location, _body = self._until_answered("POST", address, urlencode(form))
        if status != http.client.SEE_OTHER:
            raise RuntimeError(f"POST {address} answered {status}")
        return location

    def _until_answered(self, method: str, address: str, body: str = "") -> tuple[int, str, str]:
        """Ask again until the server answers; refused and broken connections are what kills look like."""
        gives_up = time.monotonic() + LONGEST_WAIT
        while True:
            self.n_presses += method == "POST"
            try:
                return self._ask(method, address, body)
            except (OSError, http.client.HTTPException):
                if time.monotonic() > gives_up:
                    raise
                time.sleep(PAUSE)

    def _ask(self, method: str, address: str, body: str) -> tuple[int, str, str]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port(), timeout=10)) as connection:
            connection.request(method, address, body or None, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            return answer.status, answer.headers.get("Location", ""), text
