"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.responses import drawing
from survey_app.responses.routes import answering

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Bind the style of respondents' pages, and the pages themselves."""
    drawing.bind(app)
    app.register_blueprint(answering.blueprint)
