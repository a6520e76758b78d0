"""What of this room follows a customer who is merged."""

from __future__ import annotations

from typing import cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import Table, select

from survey_app.customers.kin import Kin
from survey_app.questionnaires.models import Survey
from survey_app.responses.models import Response

_anonymous = select(Survey.id).where(Survey.identification == "anonymous")
KIN = (
    # A draft of an anonymous survey is nobody's once completed; no merge may write down whose it was.
    Kin(cast("Table", Response.__table__), _l("answers"), only=Response.survey_id.not_in(_anonymous)),
)
