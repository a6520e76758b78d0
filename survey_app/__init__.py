"""Customer satisfaction measurement for CRM. One survey lives one life, and the code is laid out along it.

    design → invite → answer → store → analyse → report → follow up

Rooms, in the order in which they may look at one another (each only at those after it):

    cli → demo → followups → reports → datasets → responses → campaigns → questionnaires → customers
        → accounts → outbox → jobs → conditions → web → extensions | config

questionnaires DESIGN · customers WHOM · campaigns INVITE · responses ANSWER, STORE · datasets the bridge to
DataFrames · reports ANALYSE, REPORT · followups FOLLOW UP · accounts staff and audit · outbox mail · jobs work
that outlives a request · conditions typed condition trees · web what every page needs. `analysis`, beside this
package, holds the statistics and knows nothing of the web or the database. docs/architecture.md is the long form.
"""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from flask import Flask
from jinja2 import StrictUndefined

from survey_app.config import flask_config, project_folder, read_settings
from survey_app.extensions import bootstrap, csrf, db, migrate, settle

if TYPE_CHECKING:
    from collections.abc import Mapping

# Each room offers `register(app)` in `registration.py`: its blueprints, tasks, registry entries and commands.
ROOMS = (
    "web",
    "jobs",
    "outbox",
    "conditions",
    "accounts",
    "customers",
    "questionnaires",
    "campaigns",
    "responses",
    "datasets",
    "reports",
    "followups",
    "demo",
)


def create_app(environ: Mapping[str, str] | None = None, **overrides: Any) -> Flask:
    """Return the application for these environment variables; raise SettingError where they are wrong."""
    app = Flask("survey_app", template_folder=str(project_folder("templates")))
    settings = read_settings(os.environ if environ is None else environ, app.instance_path)
    app.config.update(flask_config(settings), **overrides)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    _bind_extensions(app)
    for room in ROOMS:
        # Every table must be known before the first query, whichever pages a room has.
        if find_spec(f"survey_app.{room}.models"):
            import_module(f"survey_app.{room}.models")
    for room in ROOMS:
        import_module(f"survey_app.{room}.registration").register(app)
    return app


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        settle(db.engine)
    migrate.init_app(app, db, directory=str(project_folder("migrations")))
    csrf.init_app(app)
    bootstrap.init_app(app)
