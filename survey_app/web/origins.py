"""Where a request that changes something comes from: our own pages, or (for public ones) no page at all."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix

from survey_app.web.access import access_of
from survey_app.web.transactions import READING

OWN_SITES = frozenset({"same-origin", "none"})


def bind(app: Flask) -> None:
    """Refuse changes that another site sends, and believe forwarding headers of exactly the stated proxies."""
    n_proxies = app.config["SURVEY_SETTINGS"].n_proxies
    if n_proxies:
        # Never the host: links are built from the configured address alone.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n_proxies, x_proto=n_proxies, x_host=0)  # type: ignore[method-assign]
    # The check below does this better: our public pages send no Referer on purpose.
    app.config["WTF_CSRF_SSL_STRICT"] = False
    app.before_request(_check)


def _check() -> None:
    if request.method not in READING and request.endpoint and not _comes_from_us():
        abort(403)


def _comes_from_us() -> bool:
    """Return whether the browser says that our own page sent this, or says nothing (mail providers, commands)."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in OWN_SITES
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    if origin == "null":
        # Browsers without Sec-Fetch-Site hide the origin of pages that send no referrer, as our public pages do.
        access = access_of(current_app.view_functions[str(request.endpoint)])
        return access is not None and access.operation is None
    return urlsplit(origin).netloc == request.host
