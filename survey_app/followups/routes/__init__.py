"""The pages of cases and alert rules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("followups", __name__)
