"""What the person who brings a file chose beside its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Choices:
    """Whether values and customers that are not known are added, and in which zone times without one are."""

    adds_choices: bool = False
    adds_customers: bool = False
    time_zone: str = "UTC"

    def stored(self) -> dict[str, Any]:
        """Return the choices as a row keeps them."""
        return asdict(self)


def choices_of(stored: Mapping[str, Any]) -> Choices:
    """Return what a row keeps, and the usual where it keeps nothing."""
    names = {each.name for each in fields(Choices)}
    return Choices(**{name: value for name, value in stored.items() if name in names})
