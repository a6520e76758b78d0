"""The session of a request: opened only where a browser brings one, since respondents' pages have no cookie."""

from __future__ import annotations

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface


class SessionWhereBrought(SecureCookieSessionInterface):
    """Flask's signed cookie, without making a signer for every request that carries none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session that the cookie holds, else an empty one."""
        if app.secret_key and not request.cookies.get(self.get_cookie_name(app)):
            return self.session_class()
        return super().open_session(app, request)


def bind(app: Flask) -> None:
    """Open sessions this way."""
    app.session_interface = SessionWhereBrought()
