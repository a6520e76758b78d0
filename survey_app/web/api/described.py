"""What a resource says of itself, for the API's document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Description:
    """A resource's summary, the schema of its body (None where it has none) and those of its answers by status."""

    summary: str
    body: Mapping[str, Any] | None = None
    answers: Mapping[int, str] = field(default_factory=dict)


def described(description: Description) -> Callable[[View], View]:
    """Say what a resource of the API is for."""

    def mark(view: View) -> View:
        view.api_description = description  # type: ignore[attr-defined]
        return view

    return mark


def description_of(view: Callable[..., Any]) -> Description | None:
    """Return what a resource says of itself."""
    found = getattr(view, "api_description", None)
    return found if isinstance(found, Description) else None
