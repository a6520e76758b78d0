"""The pages of customers, their imports and their segments."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("customers", __name__, url_prefix="/customers")
segments_blueprint = Blueprint("segments", __name__, url_prefix="/segments")
