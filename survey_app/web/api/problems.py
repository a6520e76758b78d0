"""Refusals of the API as RFC 9457 has them: a title, a sentence, and for each field where it is and what is wrong."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from flask import Response, abort
from flask_babel import gettext as _

MEDIA_TYPE = "application/problem+json"
# As many faults as a person reads at once.
MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field; `pointer` leads to it as RFC 6901 has it."""

    pointer: str
    detail: str


def problem(status: int, title: str, detail: str = "", faults: Sequence[Fault] = ()) -> Response:
    """Return a refusal."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    if detail:
        body["detail"] = detail
    if faults:
        body["errors"] = [{"pointer": fault.pointer, "detail": fault.detail} for fault in faults[:MOST_FAULTS]]
    return Response(json.dumps(body, ensure_ascii=False), status, content_type=MEDIA_TYPE)


def refuse(status: int, title: str, detail: str = "", **headers: str) -> NoReturn:
    """End the request with a refusal."""
    answer = problem(status, title, detail)
    answer.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    abort(answer)


def refuse_fields(faults: Sequence[Fault]) -> NoReturn:
    """End the request by saying what is wrong with which field."""
    abort(problem(422, _("Something in there is not right"), _("Nothing was stored."), faults))


def pointer(*steps: str | int) -> str:
    """Return the way to a value in the body."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)
