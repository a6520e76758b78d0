"""What of this room follows a customer who is merged; rows about who is who stay as they were said."""

from __future__ import annotations

from typing import cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import Table

from survey_app.customers.identity import AddressChange
from survey_app.customers.kin import Kin, Unique
from survey_app.customers.models import Consent, ContactPoint, Customer, ExternalId, Interaction
from survey_app.extensions import Base


def _table(model: type[Base]) -> Table:
    return cast("Table", model.__table__)


KIN = (
    Kin(_table(Customer), _l("records merged earlier"), "merged_into_id"),
    Kin(_table(ExternalId), _l("customer numbers")),
    Kin(
        _table(ContactPoint),
        _l("further addresses and telephone numbers"),
        unique=(Unique(("kind", "key")),),
    ),
    Kin(_table(Consent), _l("consents and objections")),
    Kin(_table(Interaction), _l("interactions")),
    Kin(_table(AddressChange), _l("address changes under way")),
)
