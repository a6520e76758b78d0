"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import lazy_gettext as _l

from survey_app.campaigns import commands, labels
from survey_app.campaigns.kin import KIN
from survey_app.campaigns.merging import FIELDS
from survey_app.campaigns.outcomes import note_outcome
from survey_app.campaigns.routes import (
    audience,
    blueprint,
    codes,
    design,
    listing,
    sending,
    testing,
    trying,
    ways,
    wording,
)
from survey_app.campaigns.routes.preferences import blueprint as preferences
from survey_app.campaigns.routes.unsubscribing import blueprint as unsubscribing
from survey_app.campaigns.rules import may_be_done
from survey_app.campaigns.segment_fields import invited_fields, uses_of
from survey_app.customers.fields import register_fields
from survey_app.customers.kin import register_kin
from survey_app.customers.registry import register_uses
from survey_app.jobs.registry import Task, register_task
from survey_app.outbox.registry import on_outcome
from survey_app.questionnaires.printing import PrintKind, register_print
from survey_app.questionnaires.registry import TrialPlace, register_trial

if TYPE_CHECKING:
    from flask import Flask

TASKS = (
    Task("campaigns.send", "survey_app.campaigns.tasks:send_campaign"),
    Task("campaigns.remind", "survey_app.campaigns.tasks:remind_campaign"),
    Task("campaigns.close_due", "survey_app.campaigns.tasks:close_due_campaigns", every_minutes=5),
)
# Importing a module of pages binds them to the blueprint.
PAGES = (audience, codes, design, listing, sending, testing, trying, ways, wording)


def register(app: Flask) -> None:
    """Bind the room's pages, tasks and commands."""
    app.register_blueprint(blueprint)
    app.register_blueprint(unsubscribing)
    app.register_blueprint(preferences)
    app.jinja_env.globals.update(campaign_words=labels, campaign_step=may_be_done, merge_fields=FIELDS)
    app.jinja_env.filters["language_name"] = labels.language_name
    for task in TASKS:
        register_task(app, task)
    register_print(
        app,
        PrintKind(
            what="poster",
            path="survey_app.campaigns.posters:compose",
            title=_l("Poster"),
            back=lambda paper: url_for("campaigns.ways", campaign_id=paper.order["campaign_id"]),
        ),
    )
    trial = TrialPlace(
        _l("Answer it in a campaign"),
        lambda survey: url_for("campaigns.try_survey", code=survey.code),
        "campaigns.edit",
    )
    register_trial(app, trial)
    register_fields(app, "invitations", invited_fields)
    register_uses(app, uses_of)
    on_outcome(app, note_outcome)
    app.cli.add_command(commands.group)
    for kin in KIN:
        register_kin(app, kin)
