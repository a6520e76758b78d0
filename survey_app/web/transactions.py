"""One request, one transaction: begun with the write lock only where the request may write."""

from __future__ import annotations

from flask import Flask, request

from survey_app.extensions import mark_reading, mark_writing

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def bind(app: Flask) -> None:
    """Choose the kind of transaction before each request."""
    app.before_request(_choose)


def _choose() -> None:
    if request.method in READING:
        mark_reading()
    else:
        mark_writing()
