"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.questionnaires.commands import questionnaires
from survey_app.questionnaires.routes import (
    blueprint,
    designing,
    importing,
    items,
    pages,
    previewing,
    publishing,
    surveys,
    texts,
)

if TYPE_CHECKING:
    from flask import Flask

PAGES = (surveys, importing, designing, items, pages, texts, previewing, publishing)


def register(app: Flask) -> None:
    """Bind the room's pages and commands."""
    app.register_blueprint(blueprint)
    app.cli.add_command(questionnaires)
