"""The body of a request: JSON that a database can hold, or a refusal in words."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from flask import request
from flask_babel import gettext as _

from survey_app.web.api.problems import refuse

# Far more digits than any number we keep; what is longer costs time to read.
LONGEST_NUMBER = 40


def read_json() -> Any:
    """Return the request's JSON; numbers with a point become Decimal."""
    if request.mimetype != "application/json":
        refuse(415, _("Send JSON"), _("The content type must be application/json."))
    try:
        text = request.get_data().decode("utf-8")
        found = json.loads(text, parse_constant=_not_a_number, parse_int=_whole, parse_float=_decimal)
    except UnicodeDecodeError:
        refuse(400, _("This is no JSON"), _("The text is not encoded as UTF-8."))
    except RecursionError:
        refuse(400, _("This is no JSON"), _("It is nested too deeply."))
    except (ValueError, InvalidOperation):
        refuse(400, _("This is no JSON"), _("It cannot be read. Look for missing quotes, brackets and commas."))
    return found


def _not_a_number(name: str) -> NoReturn:
    raise ValueError(name)


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(digits[:LONGEST_NUMBER])
    return int(digits)


def _decimal(digits: str) -> Decimal:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(digits[:LONGEST_NUMBER])
    return Decimal(digits)
