"""The pages of questionnaires: surveys, the designer, translation, checks, preview, versions."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("questionnaires", __name__)
