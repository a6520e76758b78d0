"""What this room brings to the application."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask import g
from flask_login import current_user

from survey_app.accounts import commands, gate, security
from survey_app.accounts.commands.api import api
from survey_app.accounts.labels import SCOPE_NAMES, role_name
from survey_app.accounts.queries import find_organisation, get_organisation
from survey_app.accounts.routes import (
    audit,
    blueprint,
    organisation,
    profile,
    reset,
    second_factor,
    security_txt,
    sign_in,
    sign_in_code,
    staff,
    tokens,
)
from survey_app.accounts.sending_decisions import note_decision
from survey_app.accounts.suppressions import note_suppression
from survey_app.jobs.registry import Task, register_task
from survey_app.outbox.listeners import on_decision, on_suppression
from survey_app.web.navigation import Group, navigation

if TYPE_CHECKING:
    from flask import Flask

PRODUCT = "Survey App"
# Importing them puts their routes on the blueprint.
PAGES = (sign_in, sign_in_code, reset, profile, second_factor, staff, organisation, audit, security_txt, tokens)


def register(app: Flask) -> None:
    """Bind sign-in, the gate, the room's pages and commands, and what every staff page needs to know."""
    security.bind(app)
    gate.bind(app)
    app.register_blueprint(blueprint)
    for command in (commands.init, commands.staff, commands.audit, api):
        app.cli.add_command(command)
    on_suppression(app, note_suppression)
    on_decision(app, note_decision)
    register_task(app, Task("accounts.sweep", "survey_app.accounts.tasks:sweep", every_minutes=60))
    app.jinja_env.filters["role_name"] = role_name
    app.jinja_env.globals["scope_names"] = SCOPE_NAMES
    app.jinja_env.globals.update(
        may=gate.current_may,
        organisation=get_organisation,
        current_user=current_user,
        navigation=_navigation,
        site_name=_site_name,
    )
    app.extensions["babel"].timezone_selector = _time_zone


def _navigation() -> Iterator[Group]:
    return navigation(gate.current_may)


def _site_name() -> str:
    """Return the organisation's name to staff, the product's to everybody else: their pages read no database."""
    return get_organisation().name if g.get("staff_user") or g.get("names_organisation") else PRODUCT


def _time_zone() -> str:
    found = find_organisation()
    return found.time_zone if found else "UTC"
