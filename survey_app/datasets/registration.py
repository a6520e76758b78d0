"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.datasets import commands, routes

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Bind the export and the commands."""
    app.register_blueprint(routes.blueprint)
    app.cli.add_command(commands.responses)
