"""How much a request may bring: what Flask's own limits leave open."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

View = TypeVar("View", bound=Callable[..., Any])
FORM = "application/x-www-form-urlencoded"
CHUNK = 65536
# 64 MB, and not for longer than some seconds.
MOST_CHUNKS = 1024
LONGEST_HEARING = 5.0


def bind(app: Flask) -> None:
    """Limit plain forms like multipart ones, before anything reads them; refuse documents nested without end."""
    app.before_request_funcs.setdefault(None, []).insert(0, _limit_forms)
    app.register_error_handler(RecursionError, _refuse_nesting)
    app.after_request(_hear_out)


def takes_files(most_bytes: int) -> Callable[[View], View]:
    """Let a route take larger bodies than others: files, which are kept on disk while they come."""

    def marked(view: View) -> View:
        view.largest_body = most_bytes  # type: ignore[attr-defined]  # a mark for `_limit_forms`
        return view

    return marked


def _limit_forms() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    largest = getattr(view, "largest_body", None)
    if largest is not None:
        request.max_content_length = largest
    if request.mimetype == FORM:
        request.max_content_length = request.max_form_memory_size


def _hear_out(response: Response) -> Response:
    """Take in the rest of a body that was refused for its size, so that its sender gets to read why.

    A connection that closes while its sender still talks is reset, and the answer with it.
    """
    # Other servers' streams have no end of their own.
    is_finite = request.environ.get("wsgi.input_terminated", False)
    if is_finite and response.status_code == RequestEntityTooLarge.code:
        until, stream = monotonic() + LONGEST_HEARING, request.environ["wsgi.input"]
        for _ in range(MOST_CHUNKS):
            if monotonic() > until or not stream.read(CHUNK):
                break
    return response


def _refuse_nesting(error: RecursionError) -> ResponseReturnValue:
    """Say that a JSON document is nested too deeply; a recursion of our own stays our own fault."""
    if not request.is_json:
        raise error
    answer: ResponseReturnValue = current_app.handle_http_exception(BadRequest())
    return answer
