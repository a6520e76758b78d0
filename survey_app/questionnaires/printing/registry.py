"""The kinds of paper that can be ordered; later rooms add theirs in `registration.register`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app
from flask_babel.speaklater import LazyString

from survey_app.questionnaires.models import Print

EXTENSION = "survey_app.questionnaires.prints"


class PrintError(ValueError):
    """There is nothing to print; the message says why, for the person who ordered it."""


@dataclass(frozen=True, slots=True)
class PrintKind:
    """One kind of paper: `path` is `package.module:function`, resolved by the worker alone.

    `operation` says who may order and fetch it; `back` leads to the page it was ordered on, else to the survey's.
    """

    what: str
    path: str
    title: str | LazyString
    operation: str = "surveys.view"
    back: Callable[[Print], str] | None = None


def register_print(app: Flask, kind: PrintKind) -> None:
    """Make a kind of paper known; raise ValueError when its name is taken."""
    kinds: dict[str, PrintKind] = app.extensions.setdefault(EXTENSION, {})
    if kind.what in kinds:
        message = f"two kinds of paper are named {kind.what}"
        raise ValueError(message)
    kinds[kind.what] = kind


def print_kind(what: str) -> PrintKind:
    """Return a kind of paper by its name; raise KeyError when there is none."""
    kinds: dict[str, PrintKind] = current_app.extensions.get(EXTENSION, {})
    return kinds[what]
