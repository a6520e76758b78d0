"""Further queues on the page of background work: each brought by the room that owns it, filled by `create_app`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app

EXTENSION = "survey_app.jobs.boards"


@dataclass(frozen=True, slots=True)
class Board:
    """A queue to show: `load` returns what the template shows at this instant."""

    template: str
    load: Callable[[datetime], Mapping[str, object]]


def register_board(app: Flask, board: Board) -> None:
    """Show a queue of this room on the page of background work."""
    app.extensions.setdefault(EXTENSION, []).append(board)


def boards(now: datetime) -> list[tuple[str, Mapping[str, object]]]:
    """Return every board's template with what it shows."""
    return [(board.template, board.load(now)) for board in current_app.extensions.get(EXTENSION, [])]
