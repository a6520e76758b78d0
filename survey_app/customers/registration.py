"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.customers import api, commands
from survey_app.customers.contact_states import note_suppression
from survey_app.customers.exports import commands as export_commands
from survey_app.customers.fields import register_fields
from survey_app.customers.importing import TASK
from survey_app.customers.imports import commands as import_commands
from survey_app.customers.kin import register_kin
from survey_app.customers.labels import TEMPLATE_NAMES
from survey_app.customers.own_fields import own_fields
from survey_app.customers.own_kin import KIN
from survey_app.customers.record.commands import interactions, status
from survey_app.customers.routes import (
    attributes,
    companies,
    details,
    duplicates,
    exports,
    import_progress,
    imports,
    records,
    segment_builder,
    segments,
)
from survey_app.extensions import csrf
from survey_app.jobs.registry import Task, register_task
from survey_app.outbox.listeners import on_suppression

# Importing these modules puts their routes on the two blueprints.
PAGES = (
    records,
    details,
    companies,
    attributes,
    duplicates,
    imports,
    import_progress,
    exports,
    segments,
    segment_builder,
)

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Bind the room's pages, tasks and commands."""
    for each in {pages.blueprint for pages in PAGES}:
        app.register_blueprint(each)
    app.register_blueprint(api.blueprint)
    # Other systems send a key and no cookie, so nobody else's page can send in their name.
    csrf.exempt(api.blueprint)
    app.jinja_env.globals.update(TEMPLATE_NAMES)
    register_task(app, Task(name=TASK, path="survey_app.customers.tasks:import_customers"))
    sweep = "survey_app.customers.tasks:forget_files"
    register_task(app, Task(name="customers.forget_files", path=sweep, every_minutes=24 * 60))
    register_fields(app, "record", own_fields)
    on_suppression(app, note_suppression)
    commands.customers.add_command(status)
    import_commands.add_commands(commands.customers, interactions)
    export_commands.add_commands(commands.customers, interactions)
    app.cli.add_command(commands.customers)
    app.cli.add_command(interactions)
    register_task(app, Task(name=duplicates.MERGE_ALL, path="survey_app.customers.uniting.tasks:merge_same_addresses"))
    fold = "survey_app.customers.uniting.tasks:fold_names"
    register_task(app, Task(name=duplicates.FOLD, path=fold, every_minutes=30))
    for kin in KIN:
        register_kin(app, kin)
