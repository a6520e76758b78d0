"""The values that checks of a questionnaire return: how grave, what, where, and what would mend it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """An error keeps a questionnaire from being published; a warning does not; a hint is a matter of craft."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Repair(StrEnum):
    """What a finding can offer to do by itself; `repairs.repaired` does it."""

    USUAL_LABELS = "usual-labels"
    MAKE_OPTIONAL = "make-optional"
    ALLOW_DONT_KNOW = "allow-dont-know"
    DROP_CONDITION = "drop-condition"
    DROP_JUMP = "drop-jump"
    DROP_QUOTA = "drop-quota"
    DROP_PAGE = "drop-page"
    DROP_SHUFFLE = "drop-shuffle"
    FREE_CODE = "free-code"
    ADD_CONSENT = "add-consent"
    ADD_NOTICE = "add-notice"
    MAKE_PRIMARY = "make-primary"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a finding stands: a page, perhaps one of its items, or a language; nothing means the whole."""

    page: str = ""
    item: str = ""
    language: str = ""


WHOLE = Spot()


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair, and which of several jumps, quotas or pages it is about where the spot does not say it."""

    repair: Repair
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One sentence about a questionnaire, with its gravity, its place, and the repair where one is possible."""

    level: Level
    message: str
    spot: Spot = WHOLE
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What a questionnaire's document does not say of itself.

    How answers are tied to people, what its translations were made from, and the codes of the customers' attributes
    (None where nobody looked them up).
    """

    identification: str = "identified"
    sources: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    attributes: Collection[str] | None = None

    @property
    def is_anonymous(self) -> bool:
        """Return whether nobody may ever know who answered."""
        return self.identification == "anonymous"


def error(message: str, spot: Spot = WHOLE, fix: Fix | None = None) -> CheckFinding:
    """Return a finding that keeps from publishing."""
    return CheckFinding(Level.ERROR, message, spot, fix)


def warning(message: str, spot: Spot = WHOLE, fix: Fix | None = None) -> CheckFinding:
    """Return a finding to consider."""
    return CheckFinding(Level.WARNING, message, spot, fix)


def hint(message: str, spot: Spot = WHOLE, fix: Fix | None = None) -> CheckFinding:
    """Return a finding about good craft."""
    return CheckFinding(Level.HINT, message, spot, fix)
