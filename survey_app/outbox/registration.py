"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.jobs.boards import Board, register_board
from survey_app.jobs.registry import Task, register_task
from survey_app.outbox import figures, routes
from survey_app.outbox.bounces.commands import bounces
from survey_app.outbox.bounces.hooks import routes as hooks
from survey_app.outbox.bounces.hooks.ses import CONFIRM, FETCH
from survey_app.outbox.bounces.mailboxes import mailbox_place
from survey_app.outbox.commands import outbox
from survey_app.outbox.gateway import gateway_of
from survey_app.outbox.suppressions import routes as list_of_suppressions
from survey_app.outbox.suppressions.commands import suppressions
from survey_app.outbox.tasks import MAILER
from survey_app.outbox.transport import Mailer
from survey_app.web.metrics import register_figures

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Bind the sender, its tasks, and the room's pages and commands."""
    app.extensions[MAILER] = Mailer(app)
    settings = app.config["SURVEY_SETTINGS"]
    # A wrong setting refuses to start, rather than to send.
    gateway_of(settings.sms_url, settings.sms_body, settings.sms_authorization)
    app.register_blueprint(routes.blueprint)
    app.cli.add_command(outbox)
    register_task(app, Task("outbox.send", "survey_app.outbox.tasks:send_due", every_minutes=5, at_start=True))
    register_figures(app, figures.figures)
    register_board(app, Board("outbox/board.html", figures.board))
    _register_returns(app)


def _register_returns(app: Flask) -> None:
    """Bind what takes in mail that came back."""
    mailbox = app.config["SURVEY_SETTINGS"].bounce_mailbox
    if mailbox:
        # A wrong setting refuses to start instead of failing every five minutes.
        mailbox_place(mailbox)
    path = "survey_app.outbox.bounces.tasks:empty_mailbox"
    register_task(app, Task("outbox.empty_mailbox", path, every_minutes=5 if mailbox else None))
    register_task(app, Task(FETCH, "survey_app.outbox.bounces.tasks:fetch_certificate"))
    register_task(app, Task(CONFIRM, "survey_app.outbox.bounces.tasks:confirm_subscription"))
    path = "survey_app.outbox.bounces.tasks:forget_unproven"
    register_task(app, Task("outbox.forget_unproven", path, every_minutes=24 * 60))
    app.register_blueprint(hooks.blueprint)
    app.register_blueprint(list_of_suppressions.blueprint)
    app.cli.add_command(bounces)
    app.cli.add_command(suppressions)
