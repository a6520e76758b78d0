"""What this room brings to the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

def register(app: Flask) -> None:
    """Bind the room's pages, tasks and commands."""
