"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.demo import commands

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Bind the demo's commands."""
    app.cli.add_command(commands.demo)
