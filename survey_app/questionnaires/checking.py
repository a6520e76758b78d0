"""The values that checks of a questionnaire return: how grave, what, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """An error keeps a questionnaire from being published; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a finding stands: a page, perhaps one of its items; nothing means the whole questionnaire."""

    page: str = ""
    item: str = ""


WHOLE = Spot()


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One sentence about a questionnaire, with its gravity and its place."""

    level: Level
    message: str
    spot: Spot = WHOLE


def error(message: str, spot: Spot = WHOLE) -> CheckFinding:
    """Return a finding that keeps from publishing."""
    return CheckFinding(level=Level.ERROR, message=message, spot=spot)


def warning(message: str, spot: Spot = WHOLE) -> CheckFinding:
    """Return a finding to consider."""
    return CheckFinding(level=Level.WARNING, message=message, spot=spot)
