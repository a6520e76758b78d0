"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.web import cookies, errors, filters, headers, health, languages, limits, origins, storable, transactions

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Bind languages, headers, errors, health checks and the rule of transactions."""
    cookies.bind(app)
    storable.bind(app)
    limits.bind(app)
    origins.bind(app)
    languages.bind(app)
    transactions.bind(app)
    headers.bind(app)
    filters.bind(app)
    errors.bind(app)
    app.register_blueprint(health.blueprint)
