"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from survey_app.jobs.registry import Task, register_task
from survey_app.questionnaires.commands import questionnaires
from survey_app.questionnaires.library.commands import library_commands
from survey_app.questionnaires.printing import MAKE, PrintKind, register_print
from survey_app.questionnaires.routes import (
    blueprint,
    checking,
    designing,
    exporting,
    importing,
    items,
    languages,
    library,
    logic,
    look,
    pages,
    previewing,
    printing,
    publishing,
    surveys,
    texts,
    translating,
    versions,
)

if TYPE_CHECKING:
    from flask import Flask

PAGES = (
    surveys,
    library,
    importing,
    exporting,
    designing,
    items,
    pages,
    logic,
    texts,
    languages,
    translating,
    look,
    previewing,
    printing,
    checking,
    publishing,
    versions,
)


def register(app: Flask) -> None:
    """Bind the room's pages and commands."""
    app.register_blueprint(blueprint)
    app.cli.add_command(questionnaires)
    app.cli.add_command(library_commands)
    register_task(app, Task(name=MAKE, path="survey_app.questionnaires.tasks:make_print"))
    forget = Task("questionnaires.forget_prints", "survey_app.questionnaires.tasks:forget_prints", every_minutes=1440)
    register_task(app, forget)
    paper = "survey_app.questionnaires.printing.paper:compose"
    register_print(app, PrintKind("questionnaire", paper, _l("Paper copy"), back=exporting.paper_page))
