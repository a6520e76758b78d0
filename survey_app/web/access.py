"""Every route declares who may use it: everybody, or staff who may carry out a named operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use a route: `operation` is None for everybody, `reason` says why that is right.

    `is_by_token`: other systems with a key of the API, and nobody with a browser's session.
    """

    operation: str | None
    reason: str = ""
    is_by_token: bool = False


def public(reason: str) -> Callable[[View], View]:
    """Declare that everybody may use a route, and why."""
    return _declare(Access(operation=None, reason=reason))


def requires(operation: str) -> Callable[[View], View]:
    """Declare that only staff who may carry out this operation (see `accounts.rules`) may use a route."""
    return _declare(Access(operation=operation))


def by_token(operation: str) -> Callable[[View], View]:
    """Declare that only other systems whose key of the API has this operation among its scopes may use a route."""
    return _declare(Access(operation=operation, is_by_token=True))


def access_of(view: Callable[..., Any]) -> Access | None:
    """Return what a route declares, or None where it declares nothing."""
    access = getattr(view, "declared_access", None)
    return access if isinstance(access, Access) else None


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.declared_access = access  # type: ignore[attr-defined]
        return view

    return mark
