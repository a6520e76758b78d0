"""What one light statement brings besides the link: who asks, what was answered before, and what is known of whom."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import String, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from survey_app.accounts.models import Organisation
from survey_app.customers.models import AttributeDefinition, Company, Customer
from survey_app.extensions import db
from survey_app.responses.models import Response


class Asker(NamedTuple):
    """Who asks: what the privacy line says."""

    name: str
    contact_address: str
    retention_months: int


class Started(NamedTuple):
    """What was answered before: a response as it stands."""

    id: int
    public_id: str
    survey_id: int
    campaign_id: int
    version_id: int
    invitation_id: int | None
    customer_id: int | None
    submission_id: str
    state: str
    language: str
    channel: str
    answers: dict[str, Any]
    missing: dict[str, str]
    typed: dict[str, list[str]]
    correction: dict[str, Any]
    outcome: float | None
    profile: dict[str, Any]
    weight: float
    shown: dict[str, Any]
    entered_by_id: int | None
    is_test: bool
    is_demo: bool
    started_at: datetime
    saved_at: datetime
    completed_at: datetime | None
    corrected_at: datetime | None
    import_id: int | None


class Recorded(NamedTuple):
    """What the customer's record says; `reporting` names the attributes that responses keep, with commas between."""

    name: str
    email: str | None
    language: str | None
    company: str | None
    created_at: datetime
    attributes: dict[str, Any]
    reporting: str | None

    @property
    def values(self) -> dict[str, object]:
        """Return the values by the names that conditions use."""
        own = {f"attribute.{code}": value for code, value in self.attributes.items()}
        return own | {
            "customer.name": self.name,
            "customer.email": self.email,
            "customer.language": self.language,
            "customer.company": self.company,
            "customer.added_on": self.created_at.astimezone(UTC).date().isoformat(),
        }

    @property
    def profile(self) -> dict[str, Any]:
        """Return the values of the attributes marked for reporting, by code."""
        codes = (self.reporting or "").split(",")
        return {code: self.attributes[code] for code in codes if code in self.attributes}


class Listed(GenericFunction[str]):
    """Texts of several rows with commas between.

    SQLAlchemy's `aggregate_strings` would write its separator into the statement anew at each of its executions,
    which three times an answer is 0.2 ms.
    """

    type = String()
    inherit_cache = True
    name = "listed"


@compiles(Listed, "sqlite")
def _listed_sqlite(element: Listed, compiler: SQLCompiler, **options: object) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)}, ',')"


@compiles(Listed, "postgresql")
def _listed_postgres(element: Listed, compiler: SQLCompiler, **options: object) -> str:
    return f"string_agg({compiler.process(element.clauses, **options)}, ',')"


ASKERS, RESPONSES = Organisation.__table__, Response.__table__
CUSTOMERS, COMPANIES, DEFINITIONS = Customer.__table__, Company.__table__, AttributeDefinition.__table__
ASKER = tuple(ASKERS.c[name] for name in Asker._fields)
STARTED = tuple(RESPONSES.c[name] for name in Started._fields)
RECORDED = (
    CUSTOMERS.c.name,
    CUSTOMERS.c.email,
    CUSTOMERS.c.language,
    COMPANIES.c.name,
    CUSTOMERS.c.created_at,
    CUSTOMERS.c.attributes,
    select(Listed(DEFINITIONS.c.code)).where(DEFINITIONS.c.for_reporting).scalar_subquery(),
)


def read_asker(values: Any) -> Asker | None:
    """Return who asks, where the columns hold somebody."""
    return Asker._make(values) if values[0] is not None else None


def read_started(values: Any) -> Started | None:
    """Return what was answered before, where the columns hold anything."""
    return Started._make(values) if values[0] is not None else None


def read_recorded(values: Any) -> Recorded | None:
    """Return what the record says, where the columns hold one."""
    return Recorded._make(values) if values[0] is not None else None


def take_up(started: Started) -> Response:
    """Return the response behind a row that was read in this transaction, without reading it again."""
    known = db.session.identity_map.get(db.session.identity_key(Response, started.id))
    if known is not None:
        return cast("Response", known)
    response = Response(**started._asdict())
    make_transient_to_detached(response)
    db.session.add(response)
    return response
