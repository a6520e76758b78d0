"""The local mail sink: a real SMTP server that keeps every mail as a file and sends none on, with its viewer."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from werkzeug.serving import BaseWSGIServer, make_server

from survey_app.demo.outbox_viewer import create_viewer

LOOPBACK = "127.0.0.1"
LARGEST_MAIL = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps each mail as a file of its own, whole or not at all."""

    folder: Path

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take the mail once it is on the disk."""
        self.keep(envelope.original_content or b"", datetime.now(UTC))
        return "250 Kept in the local outbox; it goes no further."

    def keep(self, content: bytes, now: datetime) -> Path:
        """Write the mail and return its file; names sort by the time of arrival."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{now.strftime('%Y%m%d-%H%M%S-%f')}-{secrets.token_hex(3)}.eml"
        draft = path.with_suffix(".part")
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return draft.replace(path)


@dataclass(slots=True)
class Sink:
    """The running server and its viewer."""

    smtp: Controller
    viewer: BaseWSGIServer
    thread: threading.Thread

    def stop(self) -> None:
        """Take no more mail and close the viewer."""
        self.smtp.stop()
        self.viewer.shutdown()
        self.thread.join()
        self.viewer.server_close()


def start_sink(folder: Path, smtp_port: int, http_port: int) -> Sink:
    """Start the server and its viewer on loopback; raise OSError when a port is taken."""
    viewer = make_server(LOOPBACK, http_port, create_viewer(folder), threaded=True)
    smtp = Controller(Keeper(folder), hostname=LOOPBACK, port=smtp_port, data_size_limit=LARGEST_MAIL)
    try:
        smtp.start()
    except OSError:
        viewer.server_close()
        raise
    thread = threading.Thread(target=viewer.serve_forever, name="outbox-viewer", daemon=True)
    thread.start()
    return Sink(smtp, viewer, thread)


@click.command()
@click.option("--smtp-port", required=True, type=click.IntRange(1, 65535), help="Where mail is taken.")
@click.option("--http-port", required=True, type=click.IntRange(1, 65535), help="Where the viewer is.")
@click.option("--folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where mails are kept.")
def sink(smtp_port: int, http_port: int, folder: Path) -> None:
    """Keep every mail in a folder and show it, until Ctrl-C or SIGTERM; nothing is sent on."""
    try:
        running = start_sink(folder, smtp_port, http_port)
    except OSError as error:
        raise click.ClickException(f"Port {smtp_port} or {http_port} is taken: {error.strerror}.") from error
    # Which pages of the viewer were looked at interests nobody.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    click.echo(f"Mail is taken at {LOOPBACK}:{smtp_port} and shown at http://{LOOPBACK}:{http_port}/", err=True)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    # Short waits: a signal handler runs only between them.
    while not ended.wait(0.2):
        pass
    running.stop()
