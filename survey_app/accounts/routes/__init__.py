"""The pages of accounts: sign-in, reset, one's own account, staff, the organisation, the audit log."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
