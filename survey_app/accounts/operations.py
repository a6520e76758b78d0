"""What is done with staff and the organisation, and the log of it."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from flask import g, has_request_context, request
from flask_security.utils import hash_password
from sqlalchemy import select

from survey_app.accounts.models import AuditEntry, Organisation, Role, User
from survey_app.accounts.queries import find_organisation, find_user, list_staff
from survey_app.accounts.rules import ROLES, account_name
from survey_app.accounts.sessions import end_all_sessions
from survey_app.extensions import db

PASSWORD_BYTES = 15


class StaffError(ValueError):
    """Something that cannot be done with a member of staff; the message says why, for the command line."""


def record(action: str, object_kind: str = "", object_id: str = "", **details: Any) -> AuditEntry:
    """Write down who does what to which object, from where; in the transaction of the act itself."""
    user: User | None = g.get("staff_user")
    entry = AuditEntry(
        at=datetime.now(UTC),
        user_id=user.id if user else None,
        actor=user.email if user else g.get("actor", "anonymous" if has_request_context() else "command line"),
        action=action,
        object_kind=object_kind,
        object_id=str(object_id),
        details=details,
        from_address=request.remote_addr if has_request_context() else None,
    )
    db.session.add(entry)
    return entry


def create_staff(
    email: str,
    name: str,
    roles: Collection[str],
    password: str | None = None,
    language: str = "en",
) -> tuple[User, str]:
    """Create a member of staff; without a password a random one is made, returned to be shown once."""
    if find_user(email):
        raise StaffError(f"There is already an account for {account_name(email)}.")
    chosen = password or secrets.token_urlsafe(PASSWORD_BYTES)
    now = datetime.now(UTC)
    user = User(
        email=account_name(email),
        name=name,
        password=hash_password(chosen),
        fs_uniquifier=secrets.token_hex(32),
        language=language,
        created_at=now,
        confirmed_at=now,
        roles=roles_named(roles),
    )
    db.session.add(user)
    db.session.flush()
    record("staff.created", "user", str(user.id), email=user.email, roles=sorted(roles))
    return user, chosen


def roles_named(names: Collection[str]) -> list[Role]:
    """Return the rows of these roles, made where they are missing; raise StaffError for an unknown one."""
    unknown = set(names) - set(ROLES)
    if unknown:
        raise StaffError(f"There is no role {', '.join(sorted(unknown))}. Roles: {', '.join(ROLES)}.")
    rows = {role.name: role for role in db.session.scalars(select(Role).where(Role.name.in_(names)))}
    return [rows.get(name) or Role(name=name) for name in sorted(set(names))]


def change_roles(user: User, names: Collection[str], now: datetime) -> None:
    """Give somebody other rights; they sign in anew."""
    before = sorted(role.name for role in user.roles)
    if before == sorted(set(names)):
        return
    user.roles = roles_named(names)
    end_all_sessions(user, now)
    record("staff.roles_changed", "user", str(user.id), before=before, after=sorted(set(names)))


def rename_staff(user: User, name: str, language: str) -> None:
    """Change a person's own details."""
    user.name = name
    user.language = language


def stays_governed(without: User) -> bool:
    """Return whether somebody else may still administer when this person no longer can."""
    return any(user.id != without.id for user in list_staff("admin"))


def disable_staff(user: User, now: datetime) -> None:
    """Shut somebody out at once."""
    user.active = False
    end_all_sessions(user, now)
    record("staff.disabled", "user", str(user.id), email=user.email)


def enable_staff(user: User) -> None:
    """Let somebody in again."""
    user.active = True
    record("staff.enabled", "user", str(user.id), email=user.email)


def set_password(user: User, password: str, now: datetime) -> None:
    """Give somebody a password; every session they have ends."""
    # The slow part first: where nothing was read yet, no lock is held during it.
    hashed = hash_password(password)
    user.password = hashed
    end_all_sessions(user, now)
    record("staff.password_changed", "user", str(user.id))


def give_random_password(user: User, now: datetime) -> str:
    """Give somebody a random password and return it, to be shown once."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    set_password(user, password, now)
    return password


@dataclass(frozen=True, slots=True)
class OrganisationDetails:
    """Who asks, and whom to ask."""

    name: str
    sender_name: str
    sender_address: str
    contact_address: str
    time_zone: str
    default_language: str
    retention_months: int
    admins_need_second_factor: bool = False


def save_organisation(details: OrganisationDetails) -> Organisation:
    """Set the organisation's details, made at the first time; the log holds what they were."""
    found = find_organisation()
    if found is None:
        found = g.organisation = Organisation(id=1, **asdict(details))
        db.session.add(found)
        record("organisation.created", "organisation", "1", name=details.name)
        return found
    changes = {name: value for name, value in asdict(details).items() if getattr(found, name) != value}
    before = {name: getattr(found, name) for name in changes}
    for name, value in changes.items():
        setattr(found, name, value)
    if changes:
        record("organisation.changed", "organisation", "1", before=before, after=changes)
    return found
