"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.customers.kin import register_kin
from survey_app.customers.registry import register_panel
from survey_app.followups import commands
from survey_app.followups.alarms import hear
from survey_app.followups.kin import KIN
from survey_app.followups.labels import TEMPLATE_NAMES
from survey_app.followups.panels import PANELS
from survey_app.followups.routes import alerts, cases, inbox
from survey_app.responses.signals import response_completed

if TYPE_CHECKING:
    from flask import Flask

# Importing these modules puts their routes on the one blueprint.
PAGES = (inbox, cases, alerts)


def register(app: Flask) -> None:
    """Bind the room's pages, panels and commands, and hear of completed responses."""
    for blueprint in {pages.blueprint for pages in PAGES}:
        app.register_blueprint(blueprint)
    for panel in PANELS:
        register_panel(app, panel)
    app.jinja_env.globals.update(TEMPLATE_NAMES)
    app.cli.add_command(commands.cases)
    response_completed.connect(hear)
    for kin in KIN:
        register_kin(app, kin)
