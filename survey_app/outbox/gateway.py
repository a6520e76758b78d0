"""Short messages by any gateway that takes an HTTP request: its address and the request's body are settings.

`SURVEY_SMS_BODY` is JSON or a form with `{to}`, `{text}` and `{id}`, such as `{"to": "{to}", "body": "{text}"}`. The
values are escaped for where they land, by our own function from this closed list. Redirects are not followed.
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, quote_plus, urlsplit

from survey_app.config import SettingError, is_loopback
from survey_app.outbox.dialogue import Delivery, describe
from survey_app.outbox.rules import Outcome, clean_header

SECONDS = 10.0
LONGEST_REPLY = 2048
_FIELD = re.compile(r"\{(to|text|id)\}")
_BROKEN = (OSError, HTTPException)
# It is too early or too much now, or it concerns our sign-in and hence all messages: nobody's message fails for that.
_LATER = frozenset({401, 403, 407, 408, 425, 429})
_OK, _MOVED, _WRONG, _BUSY = 200, 300, 400, 500


@dataclass(frozen=True, slots=True)
class Sms:
    """One short message: to whom, what it says, and the number by which the gateway knows a second copy."""

    to_number: str
    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where short messages are handed over."""

    address: SplitResult
    body: str
    authorization: str

    @property
    def is_json(self) -> bool:
        """Return whether the body is JSON; otherwise it is a form."""
        return self.body.lstrip().startswith(("{", "["))

    def written(self, sms: Sms) -> bytes:
        """Return the body of the request for one message."""
        values = {"to": sms.to_number, "text": sms.text, "id": sms.id}

        def put(match: re.Match[str]) -> str:
            value = values[match.group(1)]
            return json.dumps(value)[1:-1] if self.is_json else quote_plus(value)

        return _FIELD.sub(put, self.body).encode("utf-8")

    def hand_over(self, sms: Sms) -> Delivery:
        """Hand one message over and return what the gateway made of it."""
        with closing(self._connection()) as connection:
            try:
                connection.connect()
            except _BROKEN as error:
                return Delivery(Outcome.LATER, describe(error), is_reachable=False)
            try:
                connection.request("POST", self._path(), self.written(sms), dict(self._headers()))
                answer = connection.getresponse()
                reply = answer.read(LONGEST_REPLY).decode("utf-8", "replace")
            except _BROKEN as error:
                return Delivery(Outcome.LATER, describe(error), is_reachable=False, is_uncertain=True)
            return _meaning(answer.status, reply)

    def _connection(self) -> HTTPConnection:
        host = self.address.hostname or ""
        if self.address.scheme == "https":
            return HTTPSConnection(host, self.address.port, timeout=SECONDS, context=ssl.create_default_context())
        return HTTPConnection(host, self.address.port, timeout=SECONDS)

    def _path(self) -> str:
        return (self.address.path or "/") + (f"?{self.address.query}" if self.address.query else "")

    def _headers(self) -> Mapping[str, str]:
        kind = "application/json" if self.is_json else "application/x-www-form-urlencoded"
        return {"Content-Type": kind} | ({"Authorization": self.authorization} if self.authorization else {})


def gateway_of(url: str, body: str, authorization: str) -> Gateway | None:
    """Return the gateway that the settings name, None where they name none; raise SettingError for a wrong one."""
    if not url:
        return None
    address = urlsplit(url)
    is_protected = address.scheme == "https" or (address.scheme == "http" and is_loopback(address.hostname or ""))
    if not is_protected or not address.hostname or address.username:
        raise SettingError(
            "SURVEY_SMS_URL must be an https address without a user name, such as https://sms.example/v1."
        )
    if not {"to", "text"} <= set(_FIELD.findall(body)):
        raise SettingError("SURVEY_SMS_BODY must hold {to} and {text}: JSON or a form, as the gateway wants it.")
    if not (authorization.isascii() and authorization.isprintable()):
        raise SettingError("SURVEY_SMS_AUTHORIZATION must be one line of plain characters.")
    return _readable(Gateway(address, body, authorization))


def _readable(gateway: Gateway) -> Gateway:
    if gateway.is_json:
        try:
            json.loads(gateway.written(Sms("+10000000000", 'a "text"', "1")))
        except ValueError as error:
            raise SettingError(f"SURVEY_SMS_BODY is no JSON: {error}. Put {{to}} and {{text}} in quotes.") from error
    return gateway


def _meaning(status: int, reply: str) -> Delivery:
    line = f"{status} {clean_header(reply, 300)}".strip()
    if _OK <= status < _MOVED:
        return Delivery(Outcome.ACCEPTED, line)
    if _WRONG <= status < _BUSY and status not in _LATER:
        return Delivery(Outcome.REFUSED, line)
    return Delivery(Outcome.LATER, line, is_reachable=False)
