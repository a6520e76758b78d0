"""A small IMAP and a small POP3 server on loopback, speaking the real protocols over real sockets.

`box.mails` maps a UID to a mail's bytes and `box.flags` to its marks; `box.fault` breaks the conversation.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import ClassVar

PASSWORD = "sesame of the harbour"


@dataclass
class Box:
    """What the mailbox holds, its further folders, and how the server misbehaves."""

    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    folders: dict[str, list[bytes]] = field(default_factory=dict)
    # Break the conversation after so many mails were handed out.
    breaks_after: int = 1_000_000
    keeps_keywords: bool = True
    n_handed_out: int = 0

    def add(self, raw: bytes) -> None:
        """Put a mail in."""
        uid = max(self.mails, default=0) + 1
        self.mails[uid], self.flags[uid] = raw, set()

    def hand_out(self, uid: int) -> bytes:
        """Return a mail; drop the connection when the server is told to."""
        if self.n_handed_out >= self.breaks_after:
            raise ConnectionAbortedError
        self.n_handed_out += 1
        return self.mails[uid]

    def remove(self, uids: list[int]) -> None:
        """Forget mails for good."""
        for uid in uids:
            self.mails.pop(uid, None)
            self.flags.pop(uid, None)


class _Handler(StreamRequestHandler):
    box: ClassVar[Box]

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        try:
            self.converse()
        except (ConnectionError, ssl.SSLError):
            self.connection.close()

    def converse(self) -> None:
        raise NotImplementedError

    def lines(self) -> Iterator[str]:
        while line := self.rfile.readline():
            yield line.decode().rstrip("\r\n")


class _Imap(_Handler):
    def converse(self) -> None:
        self.say("* OK [CAPABILITY IMAP4rev1 UIDPLUS] ready")
        for line in self.lines():
            tag, _blank, rest = line.partition(" ")
            answer = self.answer(rest)
            self.say(f"{tag} {answer}")
            if rest.upper().startswith("LOGOUT"):
                return

    def answer(self, rest: str) -> str:
        words = rest.split(" ")
        command = " ".join(words[:2]).upper() if words[0].upper() == "UID" else words[0].upper()
        arguments = rest[len(command) :].strip()
        known = {
            "CAPABILITY": self.capability,
            "LOGIN": self.login,
            "SELECT": self.select,
            "UID SEARCH": self.search,
            "UID FETCH": self.fetch,
            "UID STORE": self.store,
            "UID COPY": self.copy,
            "UID EXPUNGE": self.expunge,
        }
        return known[command](arguments) if command in known else "OK done"

    def capability(self, _arguments: str) -> str:
        self.say("* CAPABILITY IMAP4rev1 UIDPLUS")
        return "OK done"

    def login(self, arguments: str) -> str:
        return "OK in" if arguments == f'bounces "{PASSWORD}"' else "NO who are you"

    def select(self, arguments: str) -> str:
        if arguments != '"INBOX"':
            return "NO there is no such folder"
        self.say(f"* {len(self.box.mails)} EXISTS")
        kept = r"\Deleted \Seen \*" if self.box.keeps_keywords else r"\Deleted \Seen"
        self.say(f"* OK [PERMANENTFLAGS ({kept})] kept")
        return "OK [READ-WRITE] open"

    def search(self, arguments: str) -> str:
        without = {"UNDELETED": r"\Deleted", "UNSEEN": r"\Seen", "UNKEYWORD SurveyTaken": "SurveyTaken"}
        marks = [mark for words, mark in without.items() if words in arguments]
        found = [uid for uid, flags in self.box.flags.items() if not flags.intersection(marks)]
        self.say(f"* SEARCH {' '.join(str(uid) for uid in found)}".rstrip())
        return "OK done"

    def fetch(self, arguments: str) -> str:
        uid = int(arguments.split(maxsplit=1)[0])
        limit = int(re.findall(r"<0\.(\d+)>", arguments)[0])
        raw = self.box.hand_out(uid)[:limit]
        self.wfile.write(f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
        return "OK done"

    def store(self, arguments: str) -> str:
        uid, _how, flag = arguments.split(" ")
        self.box.flags[int(uid)].add(flag.strip("()"))
        return "OK done"

    def copy(self, arguments: str) -> str:
        uid, folder = arguments.split(" ", 1)
        self.box.folders.setdefault(folder.strip('"'), []).append(self.box.mails[int(uid)])
        return "OK done"

    def expunge(self, arguments: str) -> str:
        named = [int(uid) for uid in arguments.split(",")]
        self.box.remove([uid for uid in named if r"\Deleted" in self.box.flags.get(uid, ())])
        return "OK done"


class _Pop3(_Handler):
    def converse(self) -> None:
        self.say("+OK ready")
        deleted: list[int] = []
        for line in self.lines():
            command, _blank, argument = line.partition(" ")
            if command == "DELE":
                deleted.append(int(argument))
            elif command == "QUIT":
                self.box.remove(deleted)
            is_wrong = command == "PASS" and argument != PASSWORD
            self.say("-ERR who are you" if is_wrong else "+OK")
            self.show(command, argument)
            if command == "QUIT":
                return

    def show(self, command: str, argument: str) -> None:
        if command == "LIST":
            listed = "".join(f"{uid} {len(raw)}\r\n" for uid, raw in self.box.mails.items())
            self.say(f"{listed}.")
        elif command in {"RETR", "TOP"}:
            raw = self.box.hand_out(int(argument.split(maxsplit=1)[0]))
            self.wfile.write(re.sub(rb"(?m)^\.", b"..", raw) + b"\r\n.\r\n")


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def serving(protocol: str, box: Box, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve the mailbox and yield the address to set; with a context, over TLS."""
    handler = type("Handler", (_Imap if protocol == "imap" else _Pop3,), {"box": box})
    with _Server(("127.0.0.1", 0), handler) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        secure = "s" if context else ""
        user = f"bounces:{PASSWORD.replace(' ', '%20')}"
        try:
            yield f"{protocol}{secure}://{user}@localhost:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
