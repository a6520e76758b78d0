"""How much a request may bring: what Flask's own limits leave open."""

from __future__ import annotations

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

FORM = "application/x-www-form-urlencoded"


def bind(app: Flask) -> None:
    """Limit plain forms like multipart ones, before anything reads them; refuse documents nested without end."""
    app.before_request_funcs.setdefault(None, []).insert(0, _limit_forms)
    app.register_error_handler(RecursionError, _refuse_nesting)


def _limit_forms() -> None:
    if request.mimetype == FORM:
        request.max_content_length = request.max_form_memory_size


def _refuse_nesting(error: RecursionError) -> ResponseReturnValue:
    """Say that a JSON document is nested too deeply; a recursion of our own stays our own fault."""
    if not request.is_json:
        raise error
    answer: ResponseReturnValue = current_app.handle_http_exception(BadRequest())
    return answer
