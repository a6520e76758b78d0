"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.web import errors, headers, health, languages, transactions

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Bind languages, headers, errors, health checks and the rule of transactions."""
    languages.bind(app)
    transactions.bind(app)
    headers.bind(app)
    errors.bind(app)
    app.register_blueprint(health.blueprint)
