"""What of this room follows a customer who is merged."""

from __future__ import annotations

from typing import cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import Table

from survey_app.customers.kin import Kin, Unique
from survey_app.followups.models import Case

KIN = (
    # A customer has one open case at most: the second open one stays where it is, is worked on there, and is shown.
    Kin(cast("Table", Case.__table__), _l("cases"), unique=(Unique(where=(("state", "open"),)),)),
)
