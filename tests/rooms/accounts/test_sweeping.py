"""What is over is forgotten; what counts stays."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select, update

from survey_app.accounts.models import PasswordReset, SignInAttempt, StaffSession
from survey_app.accounts.tasks import sweep
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from tests.signing_in import SignIn
from tests.strict import now


def counts(app: Flask) -> tuple[int, ...]:
    tables = (StaffSession, SignInAttempt, PasswordReset)
    with app.app_context():
        return tuple(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def test_only_what_is_over_is_forgotten(app: Flask, sign_in: SignIn) -> None:
    sign_in("agent", email="a@example.org")
    app.test_client().post("/password/forgotten", data={"email": "a@example.org"})
    with app.app_context():
        sweep(JobRun(None, {}, now()))
    assert counts(app) == (1, 1, 1)
    with app.app_context(), writing():
        past = now() - timedelta(days=8)
        db.session.execute(update(StaffSession).values(created_at=past))
        db.session.execute(update(SignInAttempt).values(attempted_at=past))
        db.session.execute(update(PasswordReset).values(created_at=past))
        db.session.commit()
    with app.app_context():
        sweep(JobRun(None, {}, now()))
    assert counts(app) == (0, 0, 0)
