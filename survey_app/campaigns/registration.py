"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import lazy_gettext as _l

from survey_app.campaigns import api, labels, sentences
from survey_app.campaigns.audience.rule_forms import CHANNELS
from survey_app.campaigns.audience.segment_fields import invited_fields, uses_of
from survey_app.campaigns.audience.standing import contact_reasons
from survey_app.campaigns.commands import group, schedule, status, sweep
from survey_app.campaigns.commands.audience import rules_group
from survey_app.campaigns.commands.series import series_group, triggers_group
from survey_app.campaigns.kin import KIN
from survey_app.campaigns.mail.merging import FIELDS
from survey_app.campaigns.plan import sender_domain
from survey_app.campaigns.plan.overview import plan_steps
from survey_app.campaigns.routes import (
    audience,
    blueprint,
    call_lists,
    codes,
    contact_rules,
    design,
    handing_over,
    listing,
    live,
    scheduling,
    sending,
    series,
    testing,
    trying,
    ways,
    wording,
)
from survey_app.campaigns.routes.preferences import blueprint as preferences
from survey_app.campaigns.routes.unsubscribing import blueprint as unsubscribing
from survey_app.campaigns.rules import may_be_done
from survey_app.campaigns.sending.outcomes import note_outcome, note_return
from survey_app.campaigns.sending.watching import watch_outcome, watch_return
from survey_app.campaigns.series import words
from survey_app.campaigns.timing.zones import wall_of
from survey_app.customers.fields import register_fields
from survey_app.customers.kin import register_kin
from survey_app.customers.registry import register_uses
from survey_app.customers.standing import register_reasons
from survey_app.extensions import csrf
from survey_app.jobs.registry import Task, register_task
from survey_app.outbox.listeners import on_return
from survey_app.outbox.queries import sends_to_nobody
from survey_app.outbox.registry import on_outcome
from survey_app.questionnaires.printing import PrintKind, register_print
from survey_app.questionnaires.registry import TrialPlace, register_trial

if TYPE_CHECKING:
    from flask import Flask

TASKS = (
    Task("campaigns.send", "survey_app.campaigns.tasks:send_campaign"),
    Task("campaigns.remind", "survey_app.campaigns.tasks:remind_campaign"),
    Task("campaigns.tend", "survey_app.campaigns.tasks:tend_campaigns", every_minutes=1, at_start=True),
    Task("campaigns.close_due", "survey_app.campaigns.tasks:close_due_campaigns", every_minutes=5),
    Task("campaigns.tick", "survey_app.campaigns.series.tasks:tick", every_minutes=1, at_start=True),
    Task("campaigns.sweep", "survey_app.campaigns.series.tasks:sweep_all", every_minutes=10, at_start=True),
)
# Importing a module of pages binds them to the blueprint, one of commands to the group.
COMMANDS = (schedule, status, sweep)
PAGES = (
    audience,
    call_lists,
    codes,
    design,
    handing_over,
    listing,
    live,
    scheduling,
    sending,
    series,
    testing,
    trying,
    ways,
    wording,
    contact_rules,
)


def register(app: Flask) -> None:
    """Bind the room's pages, tasks and commands."""
    app.register_blueprint(blueprint)
    app.register_blueprint(unsubscribing)
    app.register_blueprint(preferences)
    app.register_blueprint(api.blueprint)
    csrf.exempt(api.blueprint)
    app.jinja_env.globals.update(
        campaign_words=labels, campaign_step=may_be_done, merge_fields=FIELDS, plan_steps=plan_steps, said=sentences
    )
    app.jinja_env.globals["sends_to_nobody"] = sends_to_nobody
    app.jinja_env.globals.update(series_words=words, wall_of=wall_of, rule_channels=CHANNELS)
    app.jinja_env.filters["language_name"] = labels.language_name
    for task in TASKS:
        register_task(app, task)
    _register_papers(app)
    register_fields(app, "invitations", invited_fields)
    register_uses(app, uses_of)
    on_outcome(app, note_outcome)
    on_return(app, note_return)
    # After the line above: what it notes is what is counted.
    on_outcome(app, watch_outcome)
    on_return(app, watch_return)
    sender_domain.bind(app)
    for commands in (group, series_group, triggers_group, rules_group):
        app.cli.add_command(commands)
    for kin in KIN:
        register_kin(app, kin)
    register_reasons(app, contact_reasons)


def _register_papers(app: Flask) -> None:
    """Make known what the room prints, and where a survey can be tried."""
    papers = (
        ("poster", "survey_app.campaigns.reaching.posters:compose", _l("Poster"), "surveys.view", "campaigns.ways"),
        (
            "letters",
            "survey_app.campaigns.reaching.paper_letters:compose",
            _l("Letters"),
            "campaigns.send",
            "campaigns.links",
        ),
    )
    for what, path, title, operation, page in papers:
        register_print(
            app,
            PrintKind(
                what=what,
                path=path,
                title=title,
                operation=operation,
                back=lambda paper, page=page: url_for(page, campaign_id=paper.order["campaign_id"]),  # type: ignore[misc]
            ),
        )
    trial = TrialPlace(
        _l("Answer it in a campaign"),
        lambda survey: url_for("campaigns.try_survey", code=survey.code),
        "campaigns.edit",
    )
    register_trial(app, trial)
