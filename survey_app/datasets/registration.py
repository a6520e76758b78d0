"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.campaigns.registry import count_answers_with
from survey_app.datasets import commands, routes
from survey_app.datasets.queries import count_completions_by_campaign

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Bind the export, the commands and the count of answers that campaigns show."""
    app.register_blueprint(routes.blueprint)
    app.cli.add_command(commands.responses)
    count_answers_with(app, count_completions_by_campaign)
