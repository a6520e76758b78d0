"""The demo's staff: one account per role, an agent in each country, each with a random password shown once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from survey_app.accounts.models import User
from survey_app.accounts.operations import OrganisationDetails, create_staff, save_organisation
from survey_app.accounts.queries import find_organisation
from survey_app.demo.places import COMPANY
from survey_app.extensions import db

DOMAIN = "roble-sen.example"


@dataclass(frozen=True, slots=True)
class Account:
    """A member of staff of the demo; agents look after one country."""

    role: str
    name: str
    language: str
    country: str = ""

    @property
    def email(self) -> str:
        """Return the address to sign in with."""
        return f"{self.role}{'-' if self.country else ''}{self.country.lower()}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account with its password in clear: to be shown once and forgotten."""

    account: Account
    password: str


ACCOUNTS = (
    Account("marketer", "Marta Ortega", "en"),
    Account("manager", "Grace Walker", "en"),
    Account("analyst", "Elena Vidal", "es"),
    Account("agent", "Daniel Brooks", "en", "US"),
    Account("agent", "Nguyễn Thu Hà", "vi", "VN"),
    Account("agent", "Lucía Romero", "es", "ES"),
    Account("admin", "Sam Carter", "en"),
)


def add_organisation() -> None:
    """Let the demo's company stand as the organisation where there is none yet."""
    if find_organisation() is not None:
        return
    organisation = save_organisation(
        OrganisationDetails(
            name=COMPANY,
            sender_name=COMPANY,
            sender_address=f"surveys@{DOMAIN}",
            contact_address=f"care@{DOMAIN}",
            time_zone="UTC",
            default_language="en",
            retention_months=24,
        )
    )
    organisation.is_demo = True
    # The story's people live at domains that belong to nobody; for once, they are meant.
    organisation.test_addresses = [".test", ".invalid"]


def add_staff() -> list[Credentials]:
    """Create the accounts and return them with their random passwords."""
    made = []
    for account in ACCOUNTS:
        user, password = create_staff(account.email, account.name, [account.role], None, account.language)
        user.is_demo = True
        made.append(Credentials(account, password))
    db.session.flush()
    return made


def agents_by_country() -> dict[str, int]:
    """Return the agents' ids by the country they look after."""
    ids = {user.email: user.id for user in db.session.scalars(select(User).where(User.is_demo))}
    return {account.country: ids[account.email] for account in ACCOUNTS if account.country}


def id_of(role: str) -> int:
    """Return the id of the first account with this role."""
    email = next(account.email for account in ACCOUNTS if account.role == role)
    return db.session.scalars(select(User.id).where(User.email == email)).one()
