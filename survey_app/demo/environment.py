"""The demo's own settings: made at the first start, kept in a file that a shell can read, for this person only."""

from __future__ import annotations

import os
import secrets
import shlex
import socket
from dataclasses import dataclass
from pathlib import Path

from survey_app.demo.processes import LOOPBACK
from survey_app.demo.staff import DOMAIN

FILE = "environment"
DEFAULT_PORT = 8000
HIGHEST_PORT = 65_535 - 2
SECRET_BYTES = 48
# The owner alone may read the secret key.
PRIVATE, PRIVATE_FOLDER = 0o600, 0o700


class StartError(RuntimeError):
    """The demo cannot start; the message says why and what to do, in one sentence."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the demo listens: the application, the outbox viewer and the mail sink."""

    web: int
    viewer: int
    smtp: int


def choose_ports(wanted: str) -> Ports:
    """Return the ports beside the wanted one (nothing: 8000); raise StartError where it is taken or no port."""
    if wanted and not (wanted.isdecimal() and 0 < int(wanted) <= HIGHEST_PORT):
        raise StartError(f"PORT must be a number from 1 to {HIGHEST_PORT}, but is {wanted!r}.")
    web = int(wanted or DEFAULT_PORT)
    problem = _problem(web)
    if problem is not None:
        raise StartError(
            f"Port {web} cannot be used ({problem}); choose another one, such as PORT={web + 100} make demo."
        )
    viewer, smtp = (port if _problem(port) is None else _free_port() for port in (web + 1, web + 2))
    return Ports(web, viewer, smtp)


def settle_environment(folder: Path, ports: Ports) -> dict[str, str]:
    """Return the settings for these ports, kept in the folder with the secret key of the first start."""
    path = folder / FILE
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        kept = _read(path) if path.exists() else {"SECRET_KEY": secrets.token_urlsafe(SECRET_BYTES)}
        environment = kept | _settings(folder, ports)
        _write(path, environment)
    except OSError as error:
        raise StartError(f"The demo keeps its data in {folder}, which cannot be written: {error.strerror}.") from error
    return environment


def _settings(folder: Path, ports: Ports) -> dict[str, str]:
    return {
        "SURVEY_PUBLIC_URL": f"http://{LOOPBACK}:{ports.web}",
        "DATABASE_URL": f"sqlite:///{folder / 'survey.db'}",
        "SURVEY_SMTP_URL": f"smtp://{LOOPBACK}:{ports.smtp}",
        "SURVEY_MAIL_FROM": f"surveys@{DOMAIN}",
    }


def _read(path: Path) -> dict[str, str]:
    """Return what an earlier start wrote."""
    words = shlex.split(path.read_text(encoding="utf-8"), comments=True)
    pairs = (word.partition("=") for word in words if "=" in word)
    return {name: value for name, _equals, value in pairs}


def _write(path: Path, environment: dict[str, str]) -> None:
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in environment.items()]
    draft = path.with_suffix(".part")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w", encoding="utf-8") as file:
        file.write("# Settings of the demo. Use the command line beside it: . instance/demo/environment\n")
        file.writelines(lines)
    draft.replace(path)


def _problem(port: int) -> str | None:
    """Return why this machine does not let us listen on a port, or None."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            return error.strerror
    return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port
