"""The addresses of staff's pages with the demo story: a list by room, and what stands in them for `{draft}`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from survey_app.accounts.sessions import COOKIE_ENTRY, open_session
from survey_app.campaigns.models import Campaign, ContactRule, Series
from survey_app.customers.models import Company, Customer, ExternalId, Segment
from survey_app.demo.story import SURVEY
from survey_app.extensions import db, writing
from survey_app.outbox.models import Suppression
from tests.browser.demonstration import Demo
from tests.factories.answering import a_fielding, an_invitation
from tests.signing_in import make_user

# The designer's own tabs, files that come in and go out, and checking have tests beside theirs.
SURVEYS = (
    *("/surveys", "/surveys/new", "/surveys/library", "/surveys/library/relationship_nps"),
    *(f"/surveys/{SURVEY}", f"/surveys/{SURVEY}/look", f"/surveys/{SURVEY}/try", f"/reports/{SURVEY}", "/reports"),
)
CUSTOMERS = (
    *("/customers", "/customers/{first}", "/customers/{first}/edit", "/customers/{first}/contact"),
    *("/customers/{first}/interactions", "/customers/duplicates", "/customers/{first}/compare/{twin}"),
    *("/customers/companies/{company}", "/customers/companies/{company}/edit", "/customers/attributes"),
    *("/customers/imports", "/customers/export", "/customers/add"),
    *("/segments", "/segments/new", "/segments/{segment}", "/segments/{segment}/edit", "/segments/{segment}/customers"),
    *("/suppressions", "/suppressions/{suppression}/lift"),
)
CAMPAIGNS = (
    *("/campaigns", "/campaigns/new", "/campaigns/{form}", "/campaigns/{form}/ways", "/campaigns/{form}/entry"),
    *("/campaigns/{form}/entry?q=an", "/desk/campaign/{form}?lang=en"),
    *("/campaigns/{draft}/audience", "/campaigns/{draft}/message", "/campaigns/{draft}/message/second"),
    *("/campaigns/{draft}/schedule", "/campaigns/{draft}/review", "/campaigns/{draft}/mail"),
    *("/campaigns/{draft}/cancel", "/campaigns/{running}", "/campaigns/{running}/results?by=language"),
    *("/campaigns/{running}/schedule", "/campaigns/{running}/people/bounced", "/campaigns/{running}/links"),
    *("/campaigns/series", "/campaigns/series/{series}", "/campaigns/series/new/recurring"),
    *("/campaigns/series/new/triggered", "/contact-rules", "/contact-rules/new", "/contact-rules/{rule}"),
)
ADMINISTRATION = ("/admin/jobs", "/admin/outbox", "/admin/api-keys")
ROOMS = {"surveys": SURVEYS, "customers": CUSTOMERS, "campaigns": CAMPAIGNS, "administration": ADMINISTRATION}


def cookie(demo: Demo, language: str) -> Any:
    """Return the session of somebody who may see all this, in this language."""
    with demo.app.app_context(), writing():
        person = make_user("marketer", "manager", "agent", "admin", language=language)
        token = open_session(person, datetime.now(UTC))
        db.session.commit()
    serializer = demo.app.session_interface.get_signing_serializer(demo.app)  # type: ignore[attr-defined]
    return {"name": "session", "value": serializer.dumps({COOKIE_ENTRY: token}), "url": demo.address}


def numbers_in(demo: Demo) -> dict[str, int]:
    """Return the numbers of what the addresses name."""
    first = select(Customer).join(ExternalId).where(ExternalId.number == "shop:7000")
    with demo.app.app_context():
        customer = db.session.scalars(first).one()
        twin = select(Customer.id).where(Customer.external_id == "shop:9000")
        return {
            "first": customer.id,
            "twin": db.session.scalars(twin).one(),
            "form": _campaign("public", "open"),
            "draft": _campaign("mail", "draft"),
            "running": _campaign("mail", "open"),
        } | {
            name: db.session.scalars(select(model.id).order_by(model.id)).first() or 0
            for name, model in (
                ("company", Company),
                ("segment", Segment),
                ("suppression", Suppression),
                ("series", Series),
                ("rule", ContactRule),
            )
        }


def somebody_to_call(demo: Demo) -> None:
    """Store somebody whom a running campaign asks by telephone."""
    with demo.app.app_context(), writing():
        name = "By telephone"
        campaign = db.session.scalars(select(Campaign).where(Campaign.name == name)).first()
        campaign = campaign or a_fielding(code="telephone", name=name)
        campaign.contact_channel = "phone"
        invitation = an_invitation(campaign, channel="phone")
        assert invitation.customer is not None
        invitation.customer.phone = "+84 236 555 0199"
        db.session.commit()


def _campaign(mode: str, state: str) -> int:
    first = select(Campaign.id).where(Campaign.mode == mode, Campaign.state == state).order_by(Campaign.id)
    return db.session.scalars(first.limit(1)).one()
