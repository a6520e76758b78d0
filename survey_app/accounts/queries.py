"""Reads of staff, their sessions, the organisation and the audit log."""

from __future__ import annotations

from datetime import datetime

from flask import g
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select

from survey_app.accounts.models import AuditEntry, Organisation, Role, StaffSession, User
from survey_app.accounts.rules import account_name, session_counts, token_hash
from survey_app.extensions import db

PAGE_SIZE = 50


def find_organisation() -> Organisation | None:
    """Return the organisation, or None before `survey-app init`; read once per request."""
    if "organisation" not in g:
        g.organisation = db.session.get(Organisation, 1)
    found: Organisation | None = g.organisation
    return found


def get_organisation() -> Organisation:
    """Return the organisation; raise LookupError before `survey-app init`."""
    found = find_organisation()
    if found is None:
        raise LookupError("There is no organisation yet. Run: survey-app init")
    return found


def find_user(email: str) -> User | None:
    """Return the member of staff with this address, however it is typed."""
    return db.session.scalar(select(User).where(User.email == account_name(email)))


def find_staff(user_id: int) -> User | None:
    """Return the member of staff with this number."""
    return db.session.get(User, user_id)


def list_staff(role: str | None = None) -> list[User]:
    """Return staff by name, those who may sign in first; with a role, only those who have it and may sign in."""
    query = select(User).order_by(User.active.desc(), User.name, User.id)
    if role is not None:
        query = query.where(User.active, User.roles.any(Role.name == role))
    return list(db.session.scalars(query))


def find_live_session(token: str, now: datetime) -> tuple[StaffSession, User] | None:
    """Return the session a cookie names and whose it is, if it still counts."""
    query = select(StaffSession, User).join(User, User.id == StaffSession.user_id)
    found = db.session.execute(query.where(StaffSession.token_hash == token_hash(token))).one_or_none()
    if found is None:
        return None
    held, user = found
    counts = user.active and held.ended_at is None and session_counts(held.created_at, held.last_seen_at, now)
    return (held, user) if counts else None


def page_of_audit(action: str, actor: str, page: int) -> Pagination:
    """Return a page of the audit log, newest first; empty filters mean all."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc())
    if action:
        query = query.where(AuditEntry.action == action)
    if actor:
        query = query.where(AuditEntry.actor.icontains(actor, autoescape=True))
    return db.paginate(query, page=page, per_page=PAGE_SIZE, error_out=False)


def list_audit_actions() -> list[str]:
    """Return the kinds of acts that were recorded."""
    return list(db.session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def password_context(user: User) -> list[str]:
    """Return what people know of somebody and of this place: poor passwords are made of it."""
    organisation = find_organisation()
    return [user.email, user.name, organisation.name if organisation else ""]
