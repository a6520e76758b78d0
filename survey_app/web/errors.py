"""Errors in words, with a number to quote, never with a trace."""

from __future__ import annotations

import json
import logging
import secrets
from dataclasses import dataclass

from flask import Flask, current_app, render_template, request
from flask.globals import request_ctx
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from survey_app.extensions import db, mark_reading

SERVER_FAULT = 500


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened, and what to do about it."""

    title: LazyString
    advice: LazyString


EXPLANATIONS = {
    400: Explanation(
        _l("We could not read that request"),
        _l("The form may have expired. Go back, reload the page and send it again; what you typed is usually there."),
    ),
    403: Explanation(
        _l("That is not allowed"),
        _l("Your account may not do this. If you need it, ask your administrator."),
    ),
    404: Explanation(
        _l("There is nothing at this address"),
        _l("The address may be mistyped, the page may have moved, or it may be closed to you. Check the link."),
    ),
    405: Explanation(
        _l("That page cannot be used this way"),
        _l("Open the page and use its buttons instead of this address."),
    ),
    409: Explanation(
        _l("Somebody else was faster"),
        _l("This was changed in the meantime. Go back, reload the page, and look at what is new before you try again."),
    ),
    413: Explanation(
        _l("That is too large"),
        _l("Send a smaller file or less text. Files may have up to 12 MB."),
    ),
    422: Explanation(
        _l("Something in there is not right"),
        _l("Go back, check what you entered and send it again."),
    ),
    429: Explanation(
        _l("Too many tries"),
        _l("Wait a quarter of an hour, then try again."),
    ),
    503: Explanation(
        _l("We are very busy right now"),
        _l("What was saved before is safe; this was not saved. Go back and send it again in a moment."),
    ),
    500: Explanation(
        _l("Something went wrong on our side"),
        _l("It was noted. Try again in a few minutes; if it happens again, tell us the reference number."),
    ),
}


def bind(app: Flask) -> None:
    """Answer every HTTP error with a page of the product."""
    app.register_error_handler(HTTPException, _answer)


def _answer(error: HTTPException) -> Response:
    """Return the error in words, keeping the headers that belong to it (Allow, Retry-After)."""
    code = error.code or SERVER_FAULT
    reference = secrets.token_hex(4)
    level = logging.ERROR if code >= SERVER_FAULT else logging.INFO
    # The path may hold a personal token, so only the endpoint is written down.
    current_app.logger.log(level, "answered %s to %s, reference %s", code, request.endpoint, reference)
    explanation = EXPLANATIONS.get(code, EXPLANATIONS[SERVER_FAULT if code >= SERVER_FAULT else 400])
    response = Response(status=code, headers=_kept(error))
    if _wants_json():
        title, detail = str(explanation.title), str(explanation.advice)
        response.data = json.dumps({"title": title, "status": code, "detail": detail, "reference": reference})
        response.content_type = "application/problem+json"
        return response
    if code >= SERVER_FAULT:
        # After a fault of the database its transaction answers nothing more, and the page has questions of its own.
        db.session.rollback()
        mark_reading()
    _let_urls_be_built()
    page = render_template("errors/error.html", explanation=explanation, reference=reference)
    response.data = page.encode()
    response.content_type = "text/html; charset=utf-8"
    return response


def _kept(error: HTTPException) -> list[tuple[str, str]]:
    return [(name, value) for name, value in error.get_headers() if name != "Content-Type"]


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return request.path.startswith("/api/") or (best is not None and best != "text/html")


def _let_urls_be_built() -> None:
    """Give a request that came under a foreign host name the configured one, so that its page can have a stylesheet."""
    if request_ctx.url_adapter is None:
        settings = current_app.config["SURVEY_SETTINGS"]
        request_ctx.url_adapter = current_app.url_map.bind(settings.public_host)
