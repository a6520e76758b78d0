"""What of this room follows a customer who is merged."""

from __future__ import annotations

from typing import cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import Table

from survey_app.campaigns.models import Invitation, TriggerEvent
from survey_app.customers.kin import Kin, Unique

KIN = (
    # Both were invited in one campaign: that invitation stays where it is and is shown there.
    Kin(cast("Table", Invitation.__table__), _l("invitations"), unique=(Unique(("campaign_id",)),)),
    Kin(cast("Table", TriggerEvent.__table__), _l("requests after something happened")),
)
